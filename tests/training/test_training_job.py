"""The job for Kubernetes starts the cluster that its pods find."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from intent_tf.options.command_line import parse_configuration
from intent_tf.options.devices import StrategyConfig
from intent_tf.options.preprocessing import PreprocessingConfig
from intent_tf.options.run import RunConfig
from intent_tf.options.source import SourceConfig
from intent_tf.options.training import TrainingConfig
from intent_tf.training.cluster import PORT, find_cluster

FILE = Path(__file__).parents[2] / "deploy" / "training.yaml"


@pytest.fixture(scope="module")
def manifests() -> dict[str, Any]:
    return {each["kind"]: each for each in yaml.safe_load_all(FILE.read_text())}


@pytest.fixture(scope="module")
def container(manifests: dict[str, Any]) -> dict[str, Any]:
    (found,) = manifests["Job"]["spec"]["template"]["spec"]["containers"]
    return found


def test_every_pod_finds_the_workers(manifests: dict[str, Any], container: dict[str, Any]) -> None:
    job, name = manifests["Job"]["spec"], manifests["Job"]["metadata"]["name"]
    environment = {each["name"]: each["value"] for each in container["env"]}
    cluster = find_cluster(environment | {"JOB_COMPLETION_INDEX": "1"})
    assert cluster.index == 1
    assert len(cluster.workers) == job["completions"] == job["parallelism"]
    service = job["template"]["spec"]["subdomain"]
    assert cluster.workers[2] == f"{name}-2.{service}:{PORT}"
    assert [port["containerPort"] for port in container["ports"]] == [PORT]


def test_the_service_finds_the_pods(manifests: dict[str, Any]) -> None:
    service, template = manifests["Service"], manifests["Job"]["spec"]["template"]
    assert service["spec"]["selector"] == template["metadata"]["labels"]
    assert service["metadata"]["name"] == template["spec"]["subdomain"]


def test_the_options_are_those_of_train(container: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "examples.parquet").touch()
    arguments = [each.replace("/work/examples", f"{tmp_path}/examples") for each in container["args"]]
    kinds = (SourceConfig, PreprocessingConfig, TrainingConfig, RunConfig, StrategyConfig)
    (*_, run, devices), _ = parse_configuration("train", "", kinds, arguments)
    assert run.resume and run.preempted_status != 0
    assert devices.strategy == "auto"
