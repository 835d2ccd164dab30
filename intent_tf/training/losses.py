"""Losses beside those of Keras: focal, and weighted classes with probabilities that stay true."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="intent_tf")
class FocalLoss(keras.losses.Loss):
    """Cross-entropy that counts rows less the surer the model is of them already.

    ``loss = −(1 − p)^focus · log p``, with ``p`` the probability of what happened; with a focus of 0, binary
    cross-entropy. It ranks hard rows better where easy ones are many, but its minimum is not at the true
    probability: probabilities come out too near 1/2, which the calibrator, fitted afterwards, takes back.

    Args:
        focus: Not negative. Default 2, as in the paper.
        **kwargs: Those of every Keras loss.

    Shapes: labels and probabilities in [0, 1] of the same shape, to the mean over the last axis.

    Reference:
        Lin et al. (2017), Focal Loss for Dense Object Detection; Mukhoti et al. (2020), Calibrating Deep
        Neural Networks using Focal Loss.

    Example:
        >>> import numpy as np
        >>> loss = FocalLoss(2.0)(np.array([[1.0]]), np.array([[0.5]]))
        >>> bool(np.isclose(float(loss), 0.25 * np.log(2)))
        True
    """

    def __init__(self, focus: float = 2.0, **kwargs: Any) -> None:
        super().__init__(**{"name": "focal", **kwargs})
        if focus < 0:
            raise ValueError(f"The focus is not negative; received {focus}.")
        self.focus = focus

    def call(self, y_true: Any, y_pred: Any) -> tf.Tensor:
        """Compute the loss of each row."""
        y_pred = tf.convert_to_tensor(y_pred)
        label, tiny = tf.cast(y_true, y_pred.dtype), keras.config.epsilon()
        of_truth = label * y_pred + (1 - label) * (1 - y_pred)
        # Beyond the border the power of 0 has no gradient that is a number.
        of_truth = tf.clip_by_value(of_truth, tiny, 1 - tiny)
        return tf.reduce_mean(-((1 - of_truth) ** self.focus) * tf.math.log(of_truth), axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "focus": self.focus}


@keras.saving.register_keras_serializable(package="intent_tf")
class WeightedCrossentropy(keras.losses.Loss):
    """Cross-entropy in which purchases weigh more, and probabilities stay probabilities.

    Weights of classes, as they are usually given, make a model state odds that are ``positive_weight`` times
    too high. Here the odds are multiplied *before* the weighted loss is taken::

        s' = w·s / (w·s + 1 − s)         loss = −w·y·log s' − (1 − y)·log(1 − s')

    so that ``s'`` learns the weighted odds, and the probability ``s``, which validation rows and shoppers
    see, the true ones.

    Args:
        positive_weight: Of a purchase, where another row weighs 1. Positive. Default 1: plain cross-entropy.
        **kwargs: Those of every Keras loss.

    Shapes: labels and probabilities in [0, 1] of the same shape, to the mean over the last axis.

    References:
        - Elkan (2001), The Foundations of Cost-Sensitive Learning, on weights and odds.
        - Menon et al. (2021), Long-tail Learning via Logit Adjustment.

    Example:
        >>> import numpy as np
        >>> loss = WeightedCrossentropy(3.0)(np.array([[1.0]]), np.array([[0.5]]))
        >>> bool(np.isclose(float(loss), -3 * np.log(0.75)))
        True
    """

    def __init__(self, positive_weight: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**{"name": "weighted_crossentropy", **kwargs})
        if not positive_weight > 0:
            raise ValueError(f"The weight of a purchase is positive; received {positive_weight}.")
        self.positive_weight = positive_weight

    def call(self, y_true: Any, y_pred: Any) -> tf.Tensor:
        """Compute the loss of each row."""
        y_pred = tf.convert_to_tensor(y_pred)
        label, tiny, weight = tf.cast(y_true, y_pred.dtype), keras.config.epsilon(), self.positive_weight
        probability = tf.clip_by_value(y_pred, tiny, 1 - tiny)
        total = weight * probability + (1 - probability)
        purchase = -weight * tf.math.log(weight * probability / total)
        other = -tf.math.log((1 - probability) / total)
        return tf.reduce_mean(label * purchase + (1 - label) * other, axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "positive_weight": self.positive_weight}
