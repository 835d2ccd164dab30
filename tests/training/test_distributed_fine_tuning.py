"""An encoder is fine-tuned on several devices and machines as on one, though gradients are clipped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tensorflow_text", reason="tensorflow-text is not installed")
pytestmark = pytest.mark.slow
WORKER = str(Path(__file__).with_name("fine_tuned_worker.py"))

Tune = Callable[..., list[np.ndarray]]


@pytest.fixture(scope="module")
def tune(run_workers: Callable[..., None], tmp_path_factory: pytest.TempPathFactory) -> Tune:
    def run(workers: int, **environment: str) -> list[np.ndarray]:
        out = tmp_path_factory.mktemp("workers")
        run_workers(workers, WORKER, str(out), **environment)
        with np.load(out / f"{workers - 1}.npz") as found:
            return list(found.values())

    return run


@pytest.fixture(scope="module")
def alone(tune: Tune) -> list[np.ndarray]:
    return tune(1)


def assert_same(found: list[np.ndarray], expected: list[np.ndarray]) -> None:
    for value, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(value, other, rtol=1e-5, atol=1e-5)


def test_two_devices_fine_tune_as_one_does(tune: Tune, alone: list[np.ndarray]) -> None:
    assert_same(tune(1, LOGICAL_CPUS="2"), alone)


def test_two_workers_fine_tune_as_one_does(tune: Tune, alone: list[np.ndarray]) -> None:
    assert_same(tune(2), alone)
