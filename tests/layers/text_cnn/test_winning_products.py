from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from intent_tf.layers.text_cnn import winning_products as module
from intent_tf.layers.text_cnn.winning_products import winning_gradients, winning_products


def random_arguments(rows: int) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    rng = np.random.default_rng(0)
    vectors, kernel = rng.normal(size=(rows, 4)), rng.normal(size=(3, 4, 5))
    winners = rng.integers(0, rows, (3, 5, 6)).astype("int32")
    return tf.constant(vectors, tf.float32), tf.constant(kernel, tf.float32), tf.constant(winners)


def test_a_filter_adds_up_the_products_of_its_window() -> None:
    rows, kernel = tf.constant([[1.0], [10.0]]), tf.constant([[[2.0]], [[3.0]]])
    assert winning_products(rows, kernel, tf.constant([[[0]], [[1]]])).numpy().tolist() == [[32.0]]


@pytest.mark.parametrize("dense", [0, 1000], ids=["sparse", "dense"])
def test_the_gradients_are_those_of_the_plain_sum(dense: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DENSE", dense)
    rows, kernel, winners = random_arguments(20)
    upstream = tf.constant(np.random.default_rng(1).normal(size=(6, 5)), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch([rows, kernel])
        plain = tf.einsum("jfbd,jdf->bf", tf.gather(rows, winners), kernel)
    expected = tape.gradient(plain, [rows, kernel], output_gradients=upstream)
    for gradient, wanted in zip(winning_gradients(upstream, rows, kernel, winners), expected, strict=True):
        np.testing.assert_allclose(gradient, tf.convert_to_tensor(wanted), rtol=0, atol=1e-5)
