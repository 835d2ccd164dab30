"""Input workers make the batches that the process that trains would make, whatever happens to them."""

from __future__ import annotations

import itertools
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from intent_tf.addresses import free_ports
from intent_tf.data import served_batches
from intent_tf.data.augmentation import Augmentation
from intent_tf.data.shard import Shard
from intent_tf.errors import InputError
from intent_tf.features import served_rows
from intent_tf.features.prepared import PreparedData
from intent_tf.features.rows import Rows
from intent_tf.features.served_rows import ServedRows, serve_training_rows


@pytest.fixture(scope="module")
def workers(input_service: Any) -> list[subprocess.Popen[str]]:
    return input_service.add_workers(2)


def assert_same(found: Iterator[Any], expected: Iterator[Any], count: int) -> None:
    for one, other in zip(itertools.islice(found, count), itertools.islice(expected, count), strict=True):
        for part, wanted in zip(tf.nest.flatten(one), tf.nest.flatten(other), strict=True):
            np.testing.assert_array_equal(part, wanted)


def both(rows: Rows, service: Any, **options: Any) -> tuple[Iterator[Any], Iterator[Any]]:
    """Batches that input workers make, and those made here: 14 an epoch."""
    served = ServedRows(rows.frame, rows.features, rows.label, rows.weight, service=service.address)
    return iter(served.shuffled_batches(13, 5, **options)), iter(rows.shuffled_batches(13, 5, **options))


@pytest.mark.parametrize(
    "options",
    [
        {"first_epoch": 3, "first_batch": 2, "augmentation": Augmentation(token_dropout=0.5, label_flip=0.2)},
        {"shard": Shard(1, 2, 3), "augmentation": Augmentation(swap=0.5)},
        {"by_length": True},
    ],
    ids=["resumed and changed", "shared by three replicas", "by length"],
)
def test_batches_are_those_made_here_in_the_same_order(
    options: dict[str, Any], shop_data: PreparedData, input_service: Any, workers: list[Any]
) -> None:
    assert_same(*both(shop_data.train, input_service, **options), count=60)


def test_batches_are_made_here_while_nobody_else_does(
    shop_data: PreparedData, input_service: Any, workers: list[subprocess.Popen[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(served_batches, "PATIENCE", 0.5)
    for worker in workers:
        worker.send_signal(signal.SIGSTOP)
    found, expected = both(shop_data.train, input_service)
    with pytest.warns(UserWarning, match=r"no batch for 0.5 seconds; batches are made here"):
        assert_same(found, expected, 50)
    for worker in workers:
        worker.send_signal(signal.SIGCONT)
    assert_same(found, expected, 300)


def test_an_input_worker_killed_in_mid_epoch_takes_no_batch_with_it(
    shop_data: PreparedData, input_service: Any, workers: list[subprocess.Popen[str]]
) -> None:
    found, expected = both(shop_data.train, input_service)
    assert_same(found, expected, 20)
    workers.pop().kill()
    assert_same(found, expected, 300)


def test_a_service_that_is_not_there_is_named_in_time(shop_data: PreparedData) -> None:
    (port,) = free_ports(1)
    started = time.monotonic()
    with pytest.raises(InputError, match=rf"grpc://127.0.0.1:{port} cannot be reached within 0.3 seconds"):
        serve_training_rows(shop_data, f"grpc://127.0.0.1:{port}", timeout=0.3)
    assert time.monotonic() - started < 5


def test_rows_too_large_to_be_sent_are_refused(
    shop_data: PreparedData, input_service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served_rows, "_MOST", 1000)
    with pytest.raises(InputError, match=r"the rows' features take 0.0 GB; expected at most 0.0 GB"):
        serve_training_rows(shop_data, input_service.address)
