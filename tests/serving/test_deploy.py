"""The manifests say the same as each other and as TF Serving, and suit how it starts, serves and ends."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from batching_session import BatchingParameters

DEPLOY = Path(__file__).parents[2] / "deploy"


def settings(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((DEPLOY / "docker-compose.yaml").read_text())["services"]


@pytest.fixture(scope="module")
def kubernetes():
    return {each["kind"]: each for each in yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text())}


@pytest.fixture(scope="module")
def container(kubernetes):
    (container,) = kubernetes["Deployment"]["spec"]["template"]["spec"]["containers"]
    return container


def test_both_run_the_real_image(compose, container) -> None:
    for image in (compose["serving"]["image"], container["image"]):
        assert image.startswith("tensorflow/serving:")


def test_both_have_the_same_settings(kubernetes) -> None:
    for name, text in kubernetes["ConfigMap"]["data"].items():
        assert settings(text) == settings((DEPLOY / "serving" / name).read_text())


def test_both_have_the_same_options_but_for_threads(compose, container) -> None:
    threads = {each for each in container["args"] if each.startswith("--tensorflow_")}
    assert {*container["args"]} - threads == {*compose["serving"]["command"]}


def test_shorter_sessions_are_padded_and_large_requests_are_split() -> None:
    parameters = BatchingParameters.read((DEPLOY / "serving/batching.txt").read_text())
    assert parameters.pad_variable_length_inputs
    assert parameters.enable_large_batch_splitting
    assert parameters.max_execution_batch_size < parameters.max_batch_size


def test_every_configuration_file_is_there(container) -> None:
    files = [each.partition("=/config/")[2] for each in container["args"] if "=/config/" in each]
    assert sorted(files) == sorted(path.name for path in (DEPLOY / "serving").iterdir())


def test_tf_serving_reads_the_labels_of_the_versions() -> None:
    messages = pytest.importorskip("tensorflow_serving.config.model_server_config_pb2")
    from google.protobuf import text_format

    text = (DEPLOY / "serving/models.txt").read_text()
    [config] = text_format.Parse(text, messages.ModelServerConfig()).model_config_list.config
    assert (config.name, config.base_path) == ("shop", "/models/shop")
    assert config.version_labels.keys() == {"stable", "canary"}
    assert config.model_version_policy.latest.num_versions == 2


def test_a_slow_load_is_waited_for_before_anyone_asks_whether_it_lives(container) -> None:
    startup = container["startupProbe"]
    assert startup["periodSeconds"] * startup["failureThreshold"] >= 600
    assert "initialDelaySeconds" not in container["livenessProbe"]


def test_memory_and_processors_are_bounded(compose, container) -> None:
    assert container["resources"]["limits"].keys() == {"cpu", "memory"}
    assert all("mem_limit" in service for service in compose.values())
    assert "cpus" in compose["serving"]


def test_what_is_in_flight_is_answered_before_the_end(container, kubernetes) -> None:
    [_, seconds] = container["lifecycle"]["preStop"]["exec"]["command"]
    longest = int(next(each for each in container["args"] if "timeout_in_ms" in each).partition("=")[2])
    assert longest / 1000 < int(seconds) < 30  # Kubernetes kills after 30 s


def test_compose_listens_on_loopback_only(compose) -> None:
    ports = [port for service in compose.values() for port in service["ports"]]
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_service_finds_its_pods(kubernetes) -> None:
    labels = kubernetes["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert kubernetes["Service"]["spec"]["selector"] == labels
    assert kubernetes["Deployment"]["spec"]["selector"]["matchLabels"] == labels
