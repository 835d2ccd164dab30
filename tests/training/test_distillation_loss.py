from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from intent_tf.training.distillation_loss import DistillationLoss


def entropy(target: float, probability: float) -> float:
    return -target * np.log(probability) - (1 - target) * np.log(1 - probability)


def test_it_mixes_the_labels_and_the_softened_teacher() -> None:
    # σ(logit(0.8) / 2) = 2/3 and σ(logit(0.9) / 2) = 3/4: the odds 4 and 9 become 2 and 3.
    found = float(DistillationLoss(temperature=2.0, share=0.25)(np.array([[[1.0, 0.8]]]), np.array([[0.9]])))
    expected = 0.75 * entropy(1, 0.9) + 0.25 * 4 * entropy(2 / 3, 3 / 4)
    assert found == pytest.approx(expected, rel=1e-5)


def test_at_temperature_1_it_is_cross_entropy_with_the_mean_of_both() -> None:
    found = float(DistillationLoss(share=0.5)(np.array([[[1.0, 0.4]]]), np.array([[0.9]])))
    assert found == pytest.approx(entropy(0.7, 0.9), rel=1e-5)


def test_labels_alone_give_plain_cross_entropy() -> None:
    labels, probabilities = np.array([[1.0], [0.0]]), np.array([[0.9], [0.3]])
    expected = float(keras.losses.BinaryCrossentropy()(labels, probabilities))
    assert float(DistillationLoss(3.0, 0.9)(labels, probabilities)) == pytest.approx(expected, rel=1e-5)


def test_a_teacher_alone_is_matched_at_its_own_strength() -> None:
    loss, probability = DistillationLoss(temperature=4.0, share=1.0), tf.constant([[0.3]])
    with tf.GradientTape() as tape:
        tape.watch(probability)
        value = loss(tf.constant([[[1.0, 0.3]]]), probability)
    assert float(tape.gradient(value, probability)[0, 0]) == pytest.approx(0.0, abs=1e-5)


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_sure_strengths_give_a_number(probability: float) -> None:
    loss = DistillationLoss(2.0)(np.array([[[1.0, probability]]]), np.array([[1.0 - probability]]))
    assert np.isfinite(float(loss))


def test_it_comes_back_from_its_configuration() -> None:
    config = keras.losses.serialize(DistillationLoss(2.0, 0.3))
    back = keras.losses.deserialize(config)
    assert (back.temperature, back.share) == (2.0, 0.3)


@pytest.mark.parametrize("options", [{"temperature": 0.0}, {"share": 1.1}])
def test_what_is_out_of_range_is_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="received"):
        DistillationLoss(**options)
