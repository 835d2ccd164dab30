"""The extractor's gradients, of first and second order and of each example, are those of the Keras layers."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.layers.text_cnn.to_keras_layers import to_keras_layers

SHAPES = {
    "batch": st.integers(1, 40),
    "tokens": st.integers(5, 60),
    "vocabulary": st.integers(2, 300),
    "output_dim": st.integers(1, 9),
    "filters": st.integers(1, 6),
    "kernel_sizes": st.lists(st.integers(1, 5), min_size=1, max_size=3),
    "padding": st.sampled_from(["valid", "same"]),
}


def assert_close(ours, theirs, relative: float = 1e-5) -> None:
    assert len(ours) == len(theirs)
    for mine, stock in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, stock, rtol=0, atol=relative * np.abs(stock).max())


# Not drawn anew each time: where two windows are equal but for rounding, either may win in float32.
@settings(max_examples=20, deadline=None, derandomize=True)
@given(**SHAPES)
def test_texts_of_any_shape_have_the_gradients_of_the_keras_layers(
    build_extractor, gradients, batch, tokens, vocabulary, output_dim, filters, kernel_sizes, padding
) -> None:
    layer = build_extractor(vocabulary, output_dim, filters, kernel_sizes, padding=padding, mask_zero=False)
    ids = np.random.default_rng(batch).integers(0, vocabulary, (batch, tokens))
    assert_close(gradients(layer, ids), gradients(to_keras_layers(layer), ids))


@pytest.mark.parametrize("kernel_sizes", [(3,), (1, 4)])
def test_the_gradients_are_those_of_keras_layers_in_float64(build_extractor, gradients, kernel_sizes) -> None:
    ids = np.random.default_rng(0).integers(1, 200, (64, 40))
    exact = to_keras_layers(build_extractor(200, kernel_sizes=kernel_sizes, dtype="float64"))
    assert_close(gradients(build_extractor(200, kernel_sizes=kernel_sizes), ids), gradients(exact, ids))


@pytest.mark.parametrize("texts", [2, 64], ids=["plain", "shared"])
def test_padding_has_no_gradient(build_extractor, random_texts, gradients, texts: int) -> None:
    _, table, _ = gradients(build_extractor(), random_texts([20] * texts + [2]))
    assert not table[0].any() and table[1:].any()


def test_windows_of_the_same_tokens_share_what_the_keras_layers_share(build_extractor, gradients) -> None:
    layer = build_extractor()
    ids = np.tile([3, 7, 7, 9], (64, 10))  # each window comes ten times
    assert_close(gradients(layer, ids), gradients(to_keras_layers(layer), ids))


def test_of_equal_windows_of_different_tokens_the_first_takes_the_gradient(
    build_extractor, gradients
) -> None:
    layer = build_extractor(kernel_sizes=(1,), use_bias=False, activation="linear")
    layer.embeddings.assign(tf.repeat(layer.embeddings[:1], 30, axis=0))
    table = gradients(layer, np.tile(np.arange(1, 21), (64, 2)))[0]
    assert np.flatnonzero(table.any(axis=1)).tolist() == [1]


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_in_mixed_precision_the_gradients_are_about_as_near_as_those_of_the_keras_layers(
    build_extractor, gradients, policy: str
) -> None:
    ids = np.random.default_rng(0).integers(1, 300, (64, 40))
    exact = gradients(build_extractor(300), ids)
    mixed = build_extractor(300, dtype=policy)
    errors = [
        [np.linalg.norm(x - y) / np.linalg.norm(y) for x, y in zip(gradients(each, ids), exact, strict=True)]
        for each in (mixed, to_keras_layers(mixed))
    ]
    # In bfloat16 a window's products are rounded one by one, not their sum, so more maxima change windows.
    assert all(ours <= 1.5 * stock for ours, stock in zip(*errors, strict=True))


@pytest.mark.parametrize("texts", [2, 64, 256], ids=["plain", "shared", "compiled"])
def test_gradients_of_second_order_are_those_of_the_keras_layers(
    build_extractor, weights_in_order, texts: int
) -> None:
    def second(layer):
        weights = weights_in_order(layer)
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                loss = tf.reduce_sum(layer(ids, training=True) ** 2)
            first = inner.gradient(loss, weights)
            size = tf.add_n([tf.reduce_sum(tf.convert_to_tensor(each) ** 2) for each in first])
        return [tf.convert_to_tensor(each).numpy() for each in outer.gradient(size, weights)]

    ids, layer = np.random.default_rng(0).integers(1, 300, (texts, 80)), build_extractor(300)
    assert_close(second(layer), second(to_keras_layers(layer)))


@pytest.mark.parametrize("group", [1, 64])
def test_the_gradient_of_each_group_of_texts_comes_from_one_vectorised_map(
    build_extractor, random_texts, gradients, group: int
) -> None:
    layer = build_extractor()
    ids = np.stack([random_texts([40] * group, seed=seed) for seed in range(3)])
    mapped = tf.vectorized_map(lambda texts: _gradients_of_the_squares(layer, texts), ids)
    for index, texts in enumerate(ids):
        assert_close([each[index] for each in mapped], _gradients_of_the_squares(layer, texts))


def _gradients_of_the_squares(layer, ids) -> list[tf.Tensor]:
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(ids, training=True) ** 2)
    gradients = tape.gradient(loss, [weight.value for weight in layer.trainable_weights])
    return [tf.convert_to_tensor(gradient) for gradient in gradients]
