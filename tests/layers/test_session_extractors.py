"""The extractors of sessions beside the convolution: shapes, padding, order, recency, round trips."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from intent_tf.layers.recency_attention import RecencyAttention
from intent_tf.layers.token_gru import TokenGRU

MAKERS: list[Callable[[], keras.layers.Layer]] = [
    lambda: RecencyAttention(20, output_dim=4, heads=2),
    lambda: TokenGRU(20, output_dim=4, units=3),
]
both = pytest.mark.parametrize("make", MAKERS)


@both
def test_padding_changes_nothing(make: Callable[[], keras.layers.Layer]) -> None:
    layer = make()
    np.testing.assert_allclose(
        layer(tf.constant([[3, 7, 9]])), layer(tf.constant([[3, 7, 9, 0, 0, 0]])), rtol=1e-5, atol=1e-7
    )


@both
@pytest.mark.parametrize("ids", [np.zeros((2, 3), "int32"), np.zeros((2, 0), "int32")])
def test_a_session_without_a_token_is_zeros(make: Callable[[], keras.layers.Layer], ids: np.ndarray) -> None:
    np.testing.assert_array_equal(make()(ids), 0.0)


@both
def test_the_order_of_the_tokens_counts(make: Callable[[], keras.layers.Layer]) -> None:
    layer = make()
    assert not np.allclose(layer(tf.constant([[3, 7, 9]])), layer(tf.constant([[9, 7, 3]])), atol=1e-6)


@both
def test_it_comes_back_from_a_file(make: Callable[[], keras.layers.Layer], tmp_path: Path) -> None:
    inputs = keras.Input((None,), dtype="int32")
    model = keras.Model(inputs, make()(inputs))
    model.save(tmp_path / "model.keras")
    ids = np.array([[3, 7, 0], [5, 6, 8]], "int32")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "model.keras")(ids), model(ids))


@both
def test_it_learns_what_the_last_token_says(make: Callable[[], keras.layers.Layer]) -> None:
    keras.utils.set_random_seed(0)
    ids = np.random.default_rng(0).integers(1, 20, (512, 6)).astype("int32")
    label = (ids[:, -1] > 10).astype("float32")
    model = keras.Sequential([make(), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.03), "binary_crossentropy", metrics=["accuracy"])
    model.fit(ids, label, epochs=25, batch_size=64, verbose=0)
    assert model.evaluate(ids, label, verbose=0)[1] > 0.9


def test_attention_weighs_by_age_as_the_formula_says() -> None:
    layer = RecencyAttention(3, output_dim=1, heads=1)
    layer.build(None)
    layer.table.assign([[0.0], [1.0], [2.0]])
    layer.rates.assign([np.log(np.expm1(np.log(2.0)))])  # each token counts twice as much as the one before
    assert float(layer(tf.constant([[1, 2]]))[0, 0]) == pytest.approx((1 * 1 + 2 * 2) / 3)
