"""Workers are killed in mid-epoch and started again: training ends as if nothing had happened."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from intent_tf.training.addresses import free_ports

PROGRAM = str(Path(__file__).with_name("restarted_worker.py"))
#: Only something that hangs takes so long, also on a busy machine.
SECONDS = 600


@pytest.fixture(scope="module")
def start() -> Callable[..., object]:
    @contextmanager
    def workers(out: Path, count: int = 2) -> Iterator[list[subprocess.Popen[str]]]:
        addresses = [f"127.0.0.1:{port}" for port in free_ports(count)]
        processes = []
        try:
            for index in range(count):
                task = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}}
                environment = {**os.environ, "TF_NUM_INTRAOP_THREADS": "1", "TF_CONFIG": json.dumps(task)}
                processes.append(
                    subprocess.Popen(
                        [sys.executable, PROGRAM, str(out)],
                        env=environment,
                        text=True,
                        stdout=subprocess.PIPE,
                        stderr=subprocess.STDOUT,
                    )
                )
            yield processes
        finally:
            for process in processes:
                process.kill()
                process.wait()
                process.stdout.close()

    return workers


def wait_until(process: subprocess.Popen[str], words: str) -> None:
    """Read a worker's output up to some words."""
    timer = threading.Timer(SECONDS, process.kill)
    timer.start()
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            timer.cancel()
            return
    pytest.fail(f"the worker never said {words!r}:\n{''.join(lines[-30:])}")


def end(process: subprocess.Popen[str]) -> str:
    """Wait for a worker's end; its last words."""
    return process.communicate(timeout=SECONDS)[0]


def finish(start: Callable[..., object], out: Path) -> list[np.ndarray]:
    """Start all workers, let them end, and return the weights."""
    with start(out) as workers:
        words = [end(worker) for worker in workers]
        assert [worker.returncode for worker in workers] == [0, 0], words[0][-2000:] + words[1][-2000:]
    with np.load(out / "weights.npz") as weights:
        return list(weights.values())


@pytest.fixture(scope="module")
def undisturbed(start: Callable[..., object], tmp_path_factory: pytest.TempPathFactory) -> list[np.ndarray]:
    return finish(start, tmp_path_factory.mktemp("undisturbed"))


def assert_same(found: list[np.ndarray], expected: list[np.ndarray]) -> None:
    for weight, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(weight, other, rtol=1e-6, atol=1e-7)


@pytest.mark.slow
@pytest.mark.parametrize("victim", [1, 0], ids=["a worker", "the chief"])
def test_kill_9_in_mid_epoch_and_a_restart_end_with_the_weights_of_an_undisturbed_run(
    victim: int, start: Callable[..., object], undisturbed: list[np.ndarray], tmp_path: Path
) -> None:
    with start(tmp_path) as workers:
        wait_until(workers[0], "epoch 1 batch 12")
        workers[victim].send_signal(signal.SIGKILL)
        words = end(workers[1 - victim])
        assert workers[1 - victim].returncode == 2, words[-2000:]
        assert "another worker was lost. Start all workers again, with --resume." in words
    assert not (tmp_path / "weights.npz").exists()
    state = json.loads((tmp_path / "run" / "checkpoint" / "state.json").read_text())
    assert state["epoch"] == 0 and state["batch"] in (8, 16)
    assert_same(finish(start, tmp_path), undisturbed)


@pytest.mark.slow
def test_sigterm_to_one_worker_stops_all_with_a_checkpoint_in_mid_epoch(
    start: Callable[..., object], undisturbed: list[np.ndarray], tmp_path: Path
) -> None:
    with start(tmp_path) as workers:
        wait_until(workers[0], "epoch 1 batch 12")
        workers[1].send_signal(signal.SIGTERM)
        for worker in workers:
            assert "stopped in epoch 2 after batch" in end(worker)
            assert worker.returncode == 0
    state = json.loads((tmp_path / "run" / "checkpoint" / "state.json").read_text())
    assert state["epoch"] == 0 and state["batch"] > 12
    assert_same(finish(start, tmp_path), undisturbed)
