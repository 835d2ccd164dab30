"""One device, two devices and several processes take the same steps on the same batches."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import prepare_examples
from intent_tf.simulator.simulator import simulate

WORKER = str(Path(__file__).with_name("worker.py"))
# 167 training rows and 13 in a batch: the last batch of an epoch holds 11, so shares are uneven.
ROWS, BATCH = "232", "13"
# Enough tokens for each of three workers to compute once per distinct token what its rows have in common.
TEXTS = {"rows": "900", "batch": "640"}


@dataclass(frozen=True)
class Trained:
    """What one worker found."""

    found: dict[str, Any]
    weights: list[np.ndarray]


Train = Callable[..., list[Trained]]


@pytest.fixture(scope="module")
def train(run_workers: Callable[..., None], tmp_path_factory: pytest.TempPathFactory) -> Train:
    def run(
        workers: int, *parts: str, batch: str = BATCH, rows: str = ROWS, **environment: str
    ) -> list[Trained]:
        out = tmp_path_factory.mktemp("workers")
        run_workers(workers, WORKER, str(out), rows, batch, *parts, **environment)
        return [
            Trained(
                json.loads((out / f"{index}.json").read_text()),
                list(np.load(out / f"{index}.npz").values()),
            )
            for index in range(workers)
        ]

    return run


@pytest.fixture(scope="module")
def alone(train: Train) -> Trained:
    return train(1)[0]


@pytest.fixture(scope="module")
def two(train: Train) -> list[Trained]:
    return train(2)


def assert_same_training(found: Trained, expected: Trained) -> None:
    for name in ("loss", "log_loss", "auroc", "val_loss", "val_log_loss", "val_auroc"):
        np.testing.assert_allclose(found.found["history"][name], expected.found["history"][name], rtol=1e-5)
    for weight, other in zip(found.weights, expected.weights, strict=True):
        np.testing.assert_allclose(weight, other, rtol=1e-5, atol=1e-5)
    for name, value in expected.found["test"].items():
        assert found.found["test"][name] == pytest.approx(value, rel=1e-5)


@pytest.mark.guard
def test_two_workers_train_as_one_does(two: list[Trained], alone: Trained) -> None:
    assert two[0].found["replicas"] == 2
    assert_same_training(two[0], alone)


@pytest.mark.slow
def test_every_worker_ends_with_the_same_weights_and_figures(two: list[Trained]) -> None:
    for weight, other in zip(two[0].weights, two[1].weights, strict=True):
        np.testing.assert_array_equal(weight, other)
    assert two[0].found["history"] == two[1].found["history"]
    assert two[0].found["test"] == two[1].found["test"]


@pytest.mark.slow
def test_one_worker_is_the_chief(two: list[Trained]) -> None:
    assert [worker.found["chief"] for worker in two] == [True, False]


@pytest.mark.slow
def test_a_worker_computes_alone_what_all_compute_together(two: list[Trained], alone: Trained) -> None:
    assert two[1].found["local"] == pytest.approx(two[1].found["test"], rel=1e-6)
    np.testing.assert_allclose(two[1].found["probabilities"], alone.found["probabilities"], rtol=1e-4)


@pytest.mark.guard
def test_two_devices_of_one_process_train_as_one_does(train: Train, alone: Trained) -> None:
    (mirrored,) = train(1, LOGICAL_CPUS="2")
    assert mirrored.found["replicas"] == 2
    assert_same_training(mirrored, alone)


@pytest.mark.slow
def test_three_workers_train_as_one_does(train: Train, alone: Trained) -> None:
    assert_same_training(train(3)[2], alone)


@pytest.fixture(scope="module")
def texts_alone(train: Train) -> Trained:
    return train(1, "text", **TEXTS)[0]


@pytest.mark.slow
@pytest.mark.parametrize("workers", [2, 3])
def test_texts_and_sessions_train_on_several_workers_as_on_one(
    train: Train, texts_alone: Trained, workers: int
) -> None:
    assert_same_training(train(workers, "text", **TEXTS)[-1], texts_alone)


@pytest.mark.slow
def test_a_replica_without_rows_takes_part(train: Train) -> None:
    # 168 training rows in batches of 167: the last holds one row, so one worker of two has none.
    found, expected = train(2, batch="167", rows="233"), train(1, batch="167", rows="233")
    assert_same_training(found[1], expected[0])


@pytest.mark.slow
def test_examples_that_are_streamed_train_on_two_workers_as_on_one(train: Train, tmp_path: Path) -> None:
    folder = tmp_path / "examples"
    prepare_examples(simulate(300, seed=1), ExampleDefinition(negative_rate=0.5), out=folder)
    found, expected = (train(count, str(folder), batch="100", rows="400") for count in (2, 1))
    assert_same_training(found[1], expected[0])
