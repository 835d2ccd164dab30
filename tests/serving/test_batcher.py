"""Requests that wait together run together, and each gets its own answer."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from intent_tf.serving.batcher import Batcher


class Model:
    """Doubles; remembers the rows of its runs, and can be held up."""

    def __init__(self) -> None:
        self.runs: list[int] = []
        self.go_on = threading.Event()
        self.entered = threading.Event()
        self.go_on.set()

    def __call__(self, columns):
        self.entered.set()
        assert self.go_on.wait(10)
        self.runs.append(len(columns["x"]))
        if (columns["x"] < 0).any():
            raise ValueError("negative")
        return {"y": columns["x"] * 2}


def column(*values: float):
    return {"x": np.array(values, np.float32)}


@pytest.fixture
def model():
    return Model()


@pytest.fixture
def batcher(model):
    batcher = Batcher(model, max_rows=4)
    yield batcher
    model.go_on.set()
    batcher.close()


@pytest.fixture
def while_busy(model, batcher):
    """A function that submits requests while the model runs another one, and gives their futures."""

    def submit(*requests):
        model.go_on.clear()
        first = batcher.submit(column(0.0))
        assert model.entered.wait(10)
        futures = [batcher.submit(each) for each in requests]
        model.go_on.set()
        first.result(10)
        return futures

    return submit


def test_waiting_requests_run_as_one_batch(model, while_busy) -> None:
    answers = [each.result(10)["y"].tolist() for each in while_busy(column(1.0), column(2.0, 3.0))]
    assert answers == [[2.0], [4.0, 6.0]]
    assert model.runs == [1, 3]


def test_a_batch_has_no_more_rows_than_it_may(model, while_busy) -> None:
    for each in while_busy(column(1, 2, 3), column(4, 5), column(6)):
        each.result(10)
    assert model.runs == [1, 3, 3]


def test_a_large_request_runs_in_parts(model, batcher) -> None:
    assert batcher.submit(column(*range(9))).result(10)["y"].tolist() == [2.0 * i for i in range(9)]
    assert model.runs == [4, 4, 1]


def test_a_request_that_fails_fails_alone(while_busy) -> None:
    good, bad = while_busy(column(1.0), column(-1.0))
    assert good.result(10)["y"].tolist() == [2.0]
    with pytest.raises(ValueError, match="negative"):
        bad.result(10)


def test_shorter_sequences_are_padded_at_the_end() -> None:
    seen, held, entered = [], threading.Event(), threading.Event()

    def run(columns):
        entered.set()
        assert held.wait(10)
        seen.append(columns)
        return {"y": np.zeros(len(columns["e"]))}

    batcher = Batcher(run)
    batcher.submit({"e": np.zeros((1, 0), np.float32), "t": np.full((1, 0), b"", object)})
    assert entered.wait(10)
    rows = [
        {"e": np.array([[1.0]], np.float32), "t": np.array([[b"a"]], object)},
        {"e": np.array([[1.0, 2.0]], np.float32), "t": np.array([[b"a", b"b"]], object)},
    ]
    futures = [batcher.submit(each) for each in rows]
    held.set()
    for each in futures:
        each.result(10)
    batcher.close()
    assert seen[-1]["t"].tolist() == [[b"a", b""], [b"a", b"b"]]
    np.testing.assert_array_equal(seen[-1]["e"], np.array([[1.0, np.nan], [1.0, 2.0]], np.float32))
    assert seen[-1]["e"].dtype == np.float32


def test_closing_answers_what_waits(model, batcher, while_busy) -> None:
    futures = while_busy(column(1.0))
    batcher.close()
    assert futures[0].done()
