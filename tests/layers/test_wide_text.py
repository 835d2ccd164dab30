from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.layers.wide_text import WideText


def as_ids(ids: list[list[int]]) -> tf.Tensor:
    return tf.constant(ids, tf.int32)


def row(first: int, second: int, num_bins: int, input_dim: int) -> int:
    mixed = np.int64((first * 2_654_435_761 + second) * 40_503)
    return int(mixed % num_bins) + input_dim


@pytest.fixture
def layer() -> WideText:
    """Ten words and 100 bins, all with different weights."""
    layer = WideText(10, num_bins=100, scale=2.0)
    layer(as_ids([[1]]))
    layer.table.assign(np.arange(110, dtype=np.float32)[:, None] / 100)
    return layer


def logits(layer: WideText, ids: list[list[int]]) -> list[float]:
    return layer(as_ids(ids)).numpy().ravel().tolist()


def test_a_text_is_the_scaled_sum_of_its_words_and_pairs_over_the_root_of_their_number(
    layer: WideText,
) -> None:
    words = [3, 5, 7]
    pairs = [row(3, 5, 100, 10), row(5, 7, 100, 10)]
    expected = 2.0 * sum(words + pairs) / 100 / 5**0.5
    assert logits(layer, [words])[0] == pytest.approx(expected, rel=1e-6)


def test_a_text_of_one_word_has_no_pair(layer: WideText) -> None:
    assert logits(layer, [[4]])[0] == pytest.approx(2.0 * 0.04)


def test_an_empty_text_says_nothing(layer: WideText) -> None:
    assert logits(layer, [[0, 0, 0]]) == [0.0] and logits(layer, [[]]) == [0.0]


def test_the_order_of_words_counts(layer: WideText) -> None:
    assert logits(layer, [[3, 5]]) != logits(layer, [[5, 3]])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 9), max_size=6), st.integers(0, 4))
def test_padding_changes_nothing(ids: list[int], padding: int) -> None:
    layer = WideText(10, num_bins=100)
    layer(as_ids([[1]]))
    layer.table.assign(np.random.default_rng(0).normal(size=(110, 1)))
    # Terms of size ten may cancel, so what is left is as near as their own last places.
    alone = logits(layer, [ids])[0]
    assert logits(layer, [ids + [0] * padding])[0] == pytest.approx(alone, rel=1e-5, abs=5e-6)


def test_a_new_layer_says_nothing() -> None:
    assert logits(WideText(10), [[1, 2, 3]]) == [0.0]


def test_the_largest_ids_stay_within_the_table() -> None:
    layer = WideText(20_000, num_bins=64)
    rng = np.random.default_rng(0)
    layer(as_ids(rng.integers(1, 20_000, size=(50, 40)).tolist()))
    assert layer.table.shape == (20_064, 1)


def test_the_scale_speeds_learning_up() -> None:
    steps = []
    for scale in (1.0, 10.0):
        layer = WideText(10, num_bins=8, scale=scale)
        layer(as_ids([[1]]))
        optimizer = keras.optimizers.Adam(1e-3)
        with tf.GradientTape() as tape:
            loss = -tf.reduce_sum(layer(as_ids([[1, 2]])))
        optimizer.apply([tape.gradient(loss, layer.table.value)], [layer.table])
        steps.append(logits(layer, [[1, 2]])[0])
    assert steps[1] == pytest.approx(10 * steps[0], rel=1e-3)


def test_three_words_are_told_from_pairs() -> None:
    features = WideText(10, num_bins=1 << 20, ngrams=3).features(np.array([[1, 2, 3]])).numpy()[0]
    assert features[:3].tolist() == [1, 2, 3]
    assert len(set(features[3:])) == 3  # the pairs 1 2 and 2 3, and 1 2 3


def test_no_ngram_reaches_into_the_padding() -> None:
    features = WideText(10, ngrams=3).features(np.array([[1, 2, 0, 0]])).numpy()[0]
    assert (features != 0).sum() == 3  # two words and their pair


def test_a_configuration_gives_the_same_layer() -> None:
    layer = WideText(10, num_bins=7, scale=3.0)
    restored = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert restored.get_config() == layer.get_config()
