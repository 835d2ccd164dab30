"""Losses, by hand-computed numbers, and where their minima are."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from intent_tf.errors import InputError
from intent_tf.options.training import TrainingConfig
from intent_tf.training.losses import FocalLoss, WeightedCrossentropy

PROBABILITIES = np.linspace(0.001, 0.999, 999)


def expected_loss(loss: keras.losses.Loss, rate: float) -> np.ndarray:
    """The mean loss of stating each probability where purchases have the rate."""
    values = PROBABILITIES[:, None]
    bought, not_bought = (loss.call(np.full_like(values, label), values).numpy() for label in (1.0, 0.0))
    return rate * bought + (1 - rate) * not_bought


def test_without_focus_it_is_cross_entropy() -> None:
    label, probability = np.array([[1.0], [0.0]]), np.array([[0.3], [0.9]])
    assert float(FocalLoss(0.0)(label, probability)) == pytest.approx(-np.log(0.3) / 2 - np.log(0.1) / 2)


def test_focus_counts_a_sure_row_less_by_the_square_of_what_is_missing() -> None:
    label, probability = np.array([[1.0]]), np.array([[0.9]])
    assert float(FocalLoss(2.0)(label, probability)) == pytest.approx(-0.01 * np.log(0.9))


@pytest.mark.parametrize("loss", [FocalLoss(0.5), WeightedCrossentropy(5.0)])
def test_certainty_has_a_finite_loss_and_gradient(loss: keras.losses.Loss) -> None:
    probability = tf.constant([[0.0], [1.0], [0.0], [1.0]])
    with tf.GradientTape() as tape:
        tape.watch(probability)
        value = loss(np.array([[0.0], [1.0], [1.0], [0.0]]), probability)
    assert np.isfinite(float(value))
    assert np.isfinite(tape.gradient(value, probability).numpy()).all()


@given(st.floats(0.05, 0.95), st.floats(0.2, 20.0))
def test_weights_leave_the_minimum_at_the_true_probability(rate: float, weight: float) -> None:
    best = PROBABILITIES[expected_loss(WeightedCrossentropy(weight), rate).argmin()]
    assert best == pytest.approx(rate, abs=0.0011)


def test_focal_strengths_are_too_near_one_half() -> None:
    best = PROBABILITIES[expected_loss(FocalLoss(2.0), 0.2).argmin()]
    assert 0.2 < best < 0.5


def test_weight_one_is_cross_entropy() -> None:
    label, probability = np.array([[1.0], [0.0]]), np.array([[0.3], [0.9]])
    expected = float(keras.losses.BinaryCrossentropy()(label, probability))
    assert float(WeightedCrossentropy(1.0)(label, probability)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("loss", [FocalLoss(1.5), WeightedCrossentropy(4.0)])
def test_a_loss_comes_back_from_its_configuration(loss: keras.losses.Loss) -> None:
    restored = keras.losses.deserialize(keras.losses.serialize(loss))
    assert restored.get_config() == loss.get_config()


def test_a_weight_with_another_loss_is_refused() -> None:
    with pytest.raises(InputError, match="the loss binary_crossentropy with it"):
        TrainingConfig(loss="focal", positive_weight=3.0)


@pytest.mark.parametrize("make", [lambda: FocalLoss(-1.0), lambda: WeightedCrossentropy(0.0)])
def test_a_value_outside_the_range_is_refused(make) -> None:
    with pytest.raises(ValueError, match="received"):
        make()
