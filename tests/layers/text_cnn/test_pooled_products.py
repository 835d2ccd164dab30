from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from intent_tf.layers.text_cnn.pooled_products import pooled_products

ROWS, KERNEL = tf.constant([[1.0], [10.0]]), tf.constant([[[2.0]], [[3.0]]])
WINDOWS = tf.constant([[[0, 1]], [[1, 0]]])  # the rows 0 1, and 1 0


@pytest.mark.parametrize("training", [False, True])
def test_the_largest_window_is_given(training: bool) -> None:
    pooled = pooled_products(ROWS, KERNEL, WINDOWS, training=training)
    assert pooled.numpy().tolist() == [[32.0]]  # 2 · 1 + 3 · 10 against 2 · 10 + 3 · 1


@pytest.mark.parametrize("training", [False, True])
def test_the_gradient_goes_to_the_window_that_won(training: bool) -> None:
    with tf.GradientTape() as tape:
        tape.watch([ROWS, KERNEL])
        pooled = pooled_products(ROWS, KERNEL, WINDOWS, training=training)
    by_rows, by_kernel = tape.gradient(pooled, [ROWS, KERNEL])
    np.testing.assert_array_equal(tf.convert_to_tensor(by_rows), [[2.0], [3.0]])
    np.testing.assert_array_equal(by_kernel, [[[1.0]], [[10.0]]])
