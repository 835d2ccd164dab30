"""Rows in memory: every epoch visits each once, in an order that the seed decides."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from intent_tf.columns.prepared import PreparedData
from intent_tf.columns.rows import Rows
from intent_tf.errors import InputError


def test_no_rows_cannot_be_preprocessed(shop: pd.DataFrame, shop_data: PreparedData) -> None:
    with pytest.raises(InputError, match="the table has no rows"):
        Rows.of(shop[:0], shop_data.preprocessor, np.zeros(0))


def test_batches_hold_all_rows_in_order(shop_data: PreparedData) -> None:
    rows = shop_data.validation
    batches = list(rows.batches(8))
    assert np.concatenate([label for _, label, _ in batches]).tolist() == rows.label.tolist()
    numbers = np.concatenate([features["numbers"] for features, _, _ in batches])
    np.testing.assert_array_equal(numbers, rows.features["numbers"])


def test_batches_hold_the_features_of_raw_columns(shop_data: PreparedData) -> None:
    from intent_tf.columns.raw_columns import padded, raw_columns

    rows, preprocessor = shop_data.validation, shop_data.preprocessor
    ((cached, _, _),) = rows.batches(1000)
    fresh = preprocessor(padded(raw_columns(rows.frame, preprocessor.specification)))
    for part, expected in zip(cached, fresh, strict=True):
        np.testing.assert_array_equal(part, expected)


def epochs(rows: Rows, count: int, seed: int, first: int = 0) -> list[list[float]]:
    """The order in which epochs visit the rows, told by a number that all rows differ in."""
    steps = -(-len(rows) // 32)
    batches = list(rows.shuffled_batches(32, seed, first).take(count * steps))
    numbers = [weight.numpy() for _, _, weight in batches]
    return [np.concatenate(numbers[at : at + steps]).tolist() for at in range(0, count * steps, steps)]


@pytest.fixture(scope="module")
def numbered(shop_data: PreparedData) -> Rows:
    rows = shop_data.train
    return Rows(rows.frame, rows.features, rows.label, np.arange(len(rows), dtype=np.float32))


def test_an_epoch_visits_every_row_once(numbered: Rows) -> None:
    for epoch in epochs(numbered, 2, seed=3):
        assert sorted(epoch) == list(range(len(numbered)))


def test_every_epoch_has_another_order(numbered: Rows) -> None:
    first, second = epochs(numbered, 2, seed=3)
    assert first != second


def test_the_seed_decides_the_order(numbered: Rows) -> None:
    assert epochs(numbered, 1, seed=3) == epochs(numbered, 1, seed=3) != epochs(numbered, 1, seed=4)


def test_an_epoch_has_its_order_wherever_training_begins(numbered: Rows) -> None:
    assert epochs(numbered, 3, seed=3)[2:] == epochs(numbered, 1, seed=3, first=2)
