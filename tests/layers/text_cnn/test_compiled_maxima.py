"""The compiled loop gives what the plain one gives."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from intent_tf.layers.text_cnn.compiled_maxima import _scan, compiled_maxima, compiling_pays
from intent_tf.layers.text_cnn.to_keras_layers import to_keras_layers
from intent_tf.layers.text_cnn.window_maxima import window_maxima


@pytest.mark.parametrize(("batch", "length"), [(128, 1), (200, 37), (257, 5)])
def test_maxima_and_windows_are_those_of_the_plain_loop(batch: int, length: int) -> None:
    rng = np.random.default_rng(batch)
    table = tf.constant(rng.normal(size=(90, 3 * 4)).astype("float32"))
    windows = tf.constant(rng.integers(0, 90, (3, batch, length)).astype("int32"))
    expected = window_maxima(table, windows, best=True)
    for ours, plain in zip(compiled_maxima(table, windows), expected, strict=True):
        np.testing.assert_array_equal(ours, plain)


def test_of_equal_windows_the_first_is_told() -> None:
    _, best = compiled_maxima(tf.zeros([5, 2]), tf.zeros([1, 128, 9], tf.int32))
    assert not best.numpy().any()


def test_texts_of_a_like_length_share_what_was_compiled() -> None:
    def compile_for(length: int) -> int:
        compiled_maxima(tf.zeros([60, 6]), tf.zeros([2, 128, length], tf.int32))
        return _scan.experimental_get_tracing_count()

    assert compile_for(33) == compile_for(40) == compile_for(64) < compile_for(65)


def test_the_length_is_an_argument_of_what_was_compiled_and_no_constant() -> None:
    compiled = _scan.experimental_get_compiler_ir(
        tf.zeros([64, 6]), tf.zeros([2, 128, 64], tf.int32), tf.constant(33)
    )
    assert "entry_computation_layout={(f32[64,6]{1,0}, s32[2,128,64]{2,1,0}, s32[])" in compiled(stage="hlo")


def test_small_batches_are_not_worth_compiling() -> None:
    assert bool(compiling_pays(tf.zeros([3, 256, 98], tf.int32)))
    assert not bool(compiling_pays(tf.zeros([3, 127, 300], tf.int32)))
    assert not bool(compiling_pays(tf.zeros([3, 256, 20], tf.int32)))


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_the_gradients_of_a_large_batch_are_those_of_the_keras_layers(
    build_extractor, gradients, padding: str
) -> None:
    layer = build_extractor(2000, kernel_sizes=(1, 3), padding=padding)
    ids = np.random.default_rng(0).integers(1, 2000, (200, 90))
    for ours, stock in zip(gradients(layer, ids), gradients(to_keras_layers(layer), ids), strict=True):
        np.testing.assert_allclose(ours, stock, rtol=0, atol=1e-5 * np.abs(stock).max())
