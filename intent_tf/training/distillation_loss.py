"""The loss of a model that learns from a larger one."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="intent_tf")
class DistillationLoss(keras.losses.Loss):
    """Cross-entropy with the labels, mixed with that with a teacher's probabilities.

    ::

        loss = (1 − share) · H(label, σ(z)) + share · temperature² · H(σ(z'/temperature), σ(z/temperature))

    with the logits ``z`` of the model and ``z'`` of its teacher, and H the binary cross-entropy. A
    temperature above 1 makes more of the teacher's shades between rows that it is sure of. The square keeps
    both parts' gradients in proportion. Labels alone give plain cross-entropy, as validation rows need it.

    Args:
        temperature: Divides both logits. Positive. Default 1.
        share: Of the teacher in the loss, in [0, 1]. Default 0.5.
        **kwargs: Those of every Keras loss.

    Shapes: labels ``(batch, members)``, or label and teacher's probability ``(batch, members, 2)``;
        probabilities ``(batch, members)`` in [0, 1]; to the mean over the members.

    Reference:
        Hinton, Vinyals & Dean (2015), Distilling the Knowledge in a Neural Network.

    Example:
        >>> import numpy as np
        >>> loss = DistillationLoss(share=0.5)
        >>> value = float(loss(np.array([[[1.0, 0.5]]]), np.array([[0.5]])))
        >>> bool(np.isclose(value, np.log(2)))
        True
    """

    def __init__(self, temperature: float = 1.0, share: float = 0.5, **kwargs: Any) -> None:
        super().__init__(**{"name": "distillation", **kwargs})
        if not temperature > 0:
            raise ValueError(f"The temperature is positive; received {temperature}.")
        if not 0 <= share <= 1:
            raise ValueError(f"The teacher's share is in [0, 1]; received {share}.")
        self.temperature = temperature
        self.share = share

    def call(self, y_true: Any, y_pred: Any) -> tf.Tensor:
        """Compute the loss of each row."""
        logits, targets = _logits(y_pred), tf.cast(y_true, tf.float32)
        if targets.shape.rank == logits.shape.rank:
            return tf.reduce_mean(_cross_entropy(targets, logits), axis=-1)
        label, taught = targets[..., 0], tf.sigmoid(_logits(targets[..., 1]) / self.temperature)
        soft = self.temperature**2 * _cross_entropy(taught, logits / self.temperature)
        hard = _cross_entropy(label, logits)
        return tf.reduce_mean((1 - self.share) * hard + self.share * soft, axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "temperature": self.temperature, "share": self.share}


def _logits(probabilities: Any) -> tf.Tensor:
    tiny = keras.config.epsilon()
    probabilities = tf.clip_by_value(tf.cast(probabilities, tf.float32), tiny, 1 - tiny)
    return tf.math.log(probabilities) - tf.math.log1p(-probabilities)


def _cross_entropy(targets: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    return tf.nn.sigmoid_cross_entropy_with_logits(targets, logits)
