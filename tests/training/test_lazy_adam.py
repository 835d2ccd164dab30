"""The lazy optimiser takes Adam's steps, on the rows that a batch holds and on no others."""

from __future__ import annotations

from functools import partial

import keras
import numpy as np
import pytest
import tensorflow as tf

from intent_tf.training.fused_adam import FusedAdam
from intent_tf.training.lazy_adam import LazyAdam

RNG = np.random.default_rng(0)


def slices(rows: list[int]) -> tf.IndexedSlices:
    values = RNG.normal(size=(len(rows), 3)).astype("float32")
    return tf.IndexedSlices(tf.constant(values), tf.constant(rows), tf.constant([5, 3]))


def ends(gradients: list[tf.IndexedSlices], *kinds: type, jit: bool = False) -> list[np.ndarray]:
    found = []
    for kind in kinds:
        table, optimizer = keras.Variable(np.ones((5, 3), "float32")), kind(learning_rate=0.1)
        optimizer.build([table])
        step = tf.function(partial(_step, optimizer, table), jit_compile=jit)
        for gradient in gradients:
            step(gradient)
        found.append(table.numpy())
    return found


def _step(optimizer: keras.optimizers.Optimizer, table: keras.Variable, gradient: tf.IndexedSlices) -> None:
    optimizer.apply([gradient], [table])


@pytest.mark.parametrize("jit", [False, True])
def test_with_a_gradient_for_every_row_it_equals_dense_adam(jit: bool) -> None:
    gradients = [slices([4, 2, 0, 1, 3, 1]) for _ in range(5)]
    np.testing.assert_allclose(*ends(gradients, LazyAdam, FusedAdam, jit=jit), rtol=1e-5, atol=1e-6)


def test_a_row_stays_where_its_last_gradient_left_it_and_dense_adam_moves_it_on() -> None:
    first, second = slices([0]), slices([1])
    (lazy_once, dense_once), (lazy, dense) = (
        ends(gradients, LazyAdam, FusedAdam) for gradients in ([first], [first, second])
    )
    np.testing.assert_array_equal(lazy[0], lazy_once[0])
    assert np.abs(dense[0] - dense_once[0]).min() > 0.01


def test_gradients_of_the_same_row_are_added() -> None:
    (twice,) = ends([tf.IndexedSlices(tf.ones([2, 3]), tf.constant([1, 1]), tf.constant([5, 3]))], LazyAdam)
    (once,) = ends([tf.IndexedSlices(2 * tf.ones([1, 3]), tf.constant([1]), tf.constant([5, 3]))], LazyAdam)
    np.testing.assert_array_equal(twice, once)


def test_a_dense_gradient_is_applied_as_by_dense_adam() -> None:
    weights = []
    for kind in (LazyAdam, FusedAdam):
        weight = keras.Variable([1.0, 2.0])
        kind(learning_rate=0.1).apply([tf.constant([0.5, -0.5])], [weight])
        weights.append(weight.numpy())
    np.testing.assert_array_equal(*weights)
