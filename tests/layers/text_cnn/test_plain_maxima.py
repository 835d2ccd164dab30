from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from intent_tf.layers.text_cnn.plain_maxima import plain_maxima

VECTORS = tf.constant([[[-1.0], [-2.0], [0.0], [0.0]]])
KERNEL = tf.constant([[[1.0]], [[10.0]]])


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_without_lengths_every_window_counts(padding: str) -> None:
    assert plain_maxima(VECTORS, KERNEL, padding).numpy().tolist() == [[0.0]]


@pytest.mark.parametrize(("padding", "expected"), [("valid", -21.0), ("same", -2.0)])
def test_windows_beyond_a_text_do_not_count(padding: str, expected: float) -> None:
    assert plain_maxima(VECTORS, KERNEL, padding, tf.constant([2])).numpy().tolist() == [[expected]]


def test_an_empty_text_has_one_window() -> None:
    maxima = plain_maxima(tf.zeros((1, 4, 1)), KERNEL, "valid", tf.constant([0]))
    np.testing.assert_array_equal(maxima, [[0.0]])


def test_the_maximum_is_taken_of_what_an_activation_makes() -> None:
    assert plain_maxima(VECTORS, KERNEL, "valid", tf.constant([3]), tf.abs).numpy().tolist() == [[21.0]]
