"""The manifests say the same as each other and as TF Serving."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"


def settings(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((DEPLOY / "docker-compose.yaml").read_text())


@pytest.fixture(scope="module")
def kubernetes():
    return {each["kind"]: each for each in yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text())}


def test_both_run_the_real_image(compose, kubernetes) -> None:
    (container,) = kubernetes["Deployment"]["spec"]["template"]["spec"]["containers"]
    for image in (compose["services"]["serving"]["image"], container["image"]):
        assert image.startswith("tensorflow/serving:")


def test_both_have_the_same_settings(kubernetes) -> None:
    for name, text in kubernetes["ConfigMap"]["data"].items():
        assert settings(text) == settings((DEPLOY / "serving" / name).read_text())


def test_shorter_sessions_are_padded_and_large_requests_are_split() -> None:
    text = settings((DEPLOY / "serving/batching.txt").read_text())
    assert "pad_variable_length_inputs: true" in text
    assert "enable_large_batch_splitting { value: true }" in text


def test_every_configuration_file_is_there(compose, kubernetes) -> None:
    (container,) = kubernetes["Deployment"]["spec"]["template"]["spec"]["containers"]
    for arguments in (compose["services"]["serving"]["command"], container["args"]):
        files = [each.partition("=/config/")[2] for each in arguments if "=/config/" in each]
        assert sorted(files) == ["batching.txt", "monitoring.txt"]
        assert all((DEPLOY / "serving" / name).is_file() for name in files)


def test_compose_listens_on_loopback_only(compose) -> None:
    ports = [port for service in compose["services"].values() for port in service["ports"]]
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_service_finds_its_pods(kubernetes) -> None:
    labels = kubernetes["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert kubernetes["Service"]["spec"]["selector"] == labels
    assert kubernetes["Deployment"]["spec"]["selector"]["matchLabels"] == labels
