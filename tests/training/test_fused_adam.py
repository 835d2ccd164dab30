"""The fused optimiser takes Keras' steps."""

from __future__ import annotations

import keras
import numpy as np

from intent_tf.training.fused_adam import FusedAdam


def test_ten_steps_are_those_of_keras_adam() -> None:
    gradients = np.random.default_rng(0).normal(size=(10, 7, 3)).astype("float32")
    ends = []
    for kind in (FusedAdam, keras.optimizers.Adam):
        weight, optimizer = keras.Variable(np.ones((7, 3), "float32")), kind(learning_rate=0.01)
        for gradient in gradients:
            optimizer.apply([keras.ops.convert_to_tensor(gradient)], [weight])
        ends.append(weight.numpy())
    np.testing.assert_allclose(*ends, rtol=1e-6, atol=1e-7)
