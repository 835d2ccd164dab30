from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from intent_tf.models.base_rate import BaseRate


def answered(label: np.ndarray, weight: np.ndarray, blank: np.ndarray) -> float:
    layer = BaseRate()
    layer.adapt(label, weight, blank)
    return float(layer(tf.constant([0.5]), tf.constant([True]))[0])


LABEL = np.arange(1000) % 4 == 0
NONE = np.zeros(1000, bool)


def test_without_blank_training_rows_the_answer_is_the_weighted_rate() -> None:
    assert answered(LABEL, np.ones(1000), NONE) == pytest.approx(0.25)
    assert answered(LABEL, np.where(LABEL, 3.0, 1.0), NONE) == pytest.approx(0.5)


def test_blank_training_rows_say_otherwise_the_more_they_are() -> None:
    blank = np.arange(1000) >= 500
    label = np.where(blank, 1.0, LABEL)
    assert answered(label, np.full(1000, 7.0), blank) == pytest.approx((500 + 20 * 0.625) / 520)
    few = np.arange(1000) >= 999
    assert answered(np.where(few, 1.0, LABEL), np.ones(1000), few) == pytest.approx(0.251, abs=0.05)


def test_other_rows_keep_their_probability() -> None:
    layer = BaseRate()
    layer.adapt(LABEL, np.ones(1000), NONE)
    np.testing.assert_array_equal(layer(tf.constant([0.5, 0.75]), tf.constant([False, False])), [0.5, 0.75])
