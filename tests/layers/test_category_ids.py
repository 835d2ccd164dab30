from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.layers.category_ids import CategoryIds

MONTHS = ["May", "Nov", "May", "Dec", "Nov", "May", "", "Jan"]
CODES = [3.0, 3.0, 7.0, np.nan, 7.0, 3.0, np.inf, 1.0]


@pytest.fixture(scope="module")
def layer() -> CategoryIds:
    layer = CategoryIds(["month", "code"], min_count=2)
    layer.adapt({"month": np.array(MONTHS), "code": np.array(CODES, np.float32)})
    return layer


def ids(layer: CategoryIds, months: list[str], codes: list[float]) -> list[list[int]]:
    return layer({"month": tf.constant(months), "code": tf.constant(codes, tf.float32)}).numpy().tolist()


def test_the_commonest_category_comes_first(layer: CategoryIds) -> None:
    assert ids(layer, ["May", "Nov"], [3.0, 7.0]) == [[1, 1], [2, 2]]


def test_equally_common_categories_are_in_the_order_of_the_alphabet() -> None:
    layer = CategoryIds(["month"], min_count=1)
    layer.adapt({"month": np.array(["Nov", "May", "Dec"])})
    assert layer({"month": tf.constant(["Dec", "May", "Nov"])}).numpy().ravel().tolist() == [1, 2, 3]


def test_a_category_never_seen_in_training_is_unknown(layer: CategoryIds) -> None:
    assert ids(layer, ["Feb"], [5.0]) == [[0, 0]]


def test_a_rare_category_is_unknown(layer: CategoryIds) -> None:
    assert ids(layer, ["Dec"], [1.0]) == [[0, 0]]


@pytest.mark.parametrize("code", [np.nan, np.inf])
def test_a_missing_category_is_one_where_it_is_not_rare(layer: CategoryIds, code: float) -> None:
    assert ids(layer, [""], [code]) == [[0, 3]]
    assert layer.categories("code") == ["3", "7"]


def test_the_sizes_count_the_unknown_one(layer: CategoryIds) -> None:
    assert layer.vocabulary_sizes == (3, 4)


def test_a_column_without_a_common_category_knows_none() -> None:
    layer = CategoryIds(["month"], min_count=9)
    layer.adapt({"month": np.array(MONTHS)})
    assert not layer({"month": tf.constant(MONTHS)}).numpy().any()
    assert layer.categories("month") == []


def test_large_codes_keep_their_last_digit() -> None:
    layer = CategoryIds(["code"], min_count=1)
    layer.adapt({"code": np.array([2**24 - 1, 2**24 - 2], np.float32)})
    assert sorted(layer({"code": tf.constant([2**24 - 1, 2**24 - 2], tf.float32)}).numpy().ravel()) == [1, 2]


def test_a_saved_layer_gives_the_same_ids(layer: CategoryIds, tmp_path: Path) -> None:
    inputs = {"month": keras.Input((), dtype="string", name="month"), "code": keras.Input((), name="code")}
    model = keras.Model(inputs, layer(inputs))
    model.save(tmp_path / "model.keras")
    restored = keras.models.load_model(tmp_path / "model.keras")
    rows = {"month": tf.constant(MONTHS), "code": tf.constant(CODES, tf.float32)}
    np.testing.assert_array_equal(restored(rows), model(rows))


def test_a_missing_input_is_named(layer: CategoryIds) -> None:
    with pytest.raises(InputError, match="received month; expected 'code' too"):
        layer({"month": tf.constant(["May"])})
