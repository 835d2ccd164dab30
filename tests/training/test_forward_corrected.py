"""The corrected loss has its minimum where that of true labels has it."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.training.forward_corrected import ForwardCorrectedCrossentropy


def best_strength(loss: keras.losses.Loss, positives: float) -> float:
    """The probability with the least loss where this share of the labels is positive."""
    probabilities = tf.constant(np.linspace(0.01, 0.99, 99)[:, None], tf.float32)
    ones, zeros = tf.ones_like(probabilities), tf.zeros_like(probabilities)
    losses = positives * loss.call(ones, probabilities) + (1 - positives) * loss.call(zeros, probabilities)
    return float(probabilities[int(tf.argmin(losses))][0])


@pytest.mark.parametrize("truth", [0.1, 0.5, 0.8])
def test_the_minimum_is_at_the_strength_of_true_labels(truth: float) -> None:
    seen = 0.8 * truth + 0.2 * (1 - truth)
    assert best_strength(ForwardCorrectedCrossentropy(0.2), seen) == pytest.approx(truth, abs=0.005)
    assert best_strength(keras.losses.BinaryCrossentropy(), seen) == pytest.approx(seen, abs=0.011)


def test_without_flips_it_is_the_cross_entropy() -> None:
    labels, probabilities = tf.constant([[1.0], [0.0]]), tf.constant([[0.7], [0.2]])
    expected = keras.losses.BinaryCrossentropy()(labels, probabilities)
    np.testing.assert_allclose(ForwardCorrectedCrossentropy(0.0)(labels, probabilities), expected, rtol=1e-6)


def test_it_survives_its_configuration() -> None:
    loss = ForwardCorrectedCrossentropy(0.1)
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert copy.get_config() == loss.get_config()


def test_half_of_the_labels_flipped_are_refused() -> None:
    with pytest.raises(InputError, match="a share in"):
        ForwardCorrectedCrossentropy(0.5)
