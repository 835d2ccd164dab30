"""What `import intent_tf` does to a process that had nothing imported before."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

PROBE = """
import json, socket, sys, threading, time

opened, connect = [], socket.socket.connect
socket.socket.connect = lambda self, address: opened.append(str(address)) or connect(self, address)
before = time.perf_counter()
import tensorflow
tensorflow_seconds = time.perf_counter() - before
threads = threading.active_count()
import intent_tf
seconds = time.perf_counter() - before - tensorflow_seconds
print(json.dumps({
    "opened": opened,
    "threads": threading.active_count() - threads,
    "modules": sorted(sys.modules),
    "share": seconds / tensorflow_seconds,
}))
"""
OPTIONAL = (
    "pyspark",
    "redis",
    "tensorflow_serving",
    "grpc",
    "starlette",
    "uvicorn",
    "tensorboard",
    "lightgbm",
    "jieba",
    "keras_hub",
)


@pytest.fixture(scope="module")
def imported() -> dict[str, object]:
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_no_socket_is_opened(imported: dict[str, object]) -> None:
    assert imported["opened"] == []


def test_no_thread_is_started(imported: dict[str, object]) -> None:
    assert imported["threads"] == 0


def test_no_optional_package_is_needed() -> None:
    block = f"""
import sys, tensorflow
for package in {(*OPTIONAL, "tf_keras")}:
    sys.modules.setdefault(package, None)  # importing it raises ModuleNotFoundError from here on
import intent_tf
"""
    done = subprocess.run([sys.executable, "-c", block], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_importing_costs_less_than_importing_tensorflow_does(imported: dict[str, object]) -> None:
    assert float(str(imported["share"])) < 1


def test_keras_files_of_this_package_need_no_more_than_its_import(imported: dict[str, object]) -> None:
    assert "intent_tf.models.intent_model" in list(imported["modules"])  # type: ignore[call-overload]
