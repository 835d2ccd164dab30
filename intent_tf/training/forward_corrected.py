"""The loss that undoes flipped labels."""

from typing import Any

import keras
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.text.configured import Configured


@keras.saving.register_keras_serializable(package="intent_tf")
class ForwardCorrectedCrossentropy(Configured, keras.losses.Loss):
    """Binary cross-entropy of labels of which a known share is flipped.

    A model that learns from labels flipped at rate r learns the probability of *seeing* a purchase,
    ``q = (1 - r) p + r (1 - p)``, not that of a purchase, p. This loss compares q with the flipped labels, so
    that its minimum is at the p of the true ones::

        loss = - y log q - (1 - y) log(1 - q)

    Args:
        rate: Share of flipped labels, in [0, 1/2).
        **kwargs: Those of every Keras loss.

    Shapes: labels and probabilities ``(batch, members)``, the loss ``(batch,)``.

    Raises:
        InputError: If the rate is not in [0, 1/2).

    Example:
        >>> loss = ForwardCorrectedCrossentropy(0.1)
        >>> round(float(loss(tf.constant([[1.0]]), tf.constant([[1.0]]))), 4)  # - log 0.9
        0.1054

    Reference:
        Patrini et al., *Making Deep Neural Networks Robust to Label Noise: a Loss Correction Approach*, 2017.
    """

    def __init__(self, rate: float, name: str = "forward_corrected_crossentropy", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        if not 0 <= rate < 0.5:
            raise InputError(f"the rate of flipped labels is {rate}", expected="a share in [0, 0.5)")
        self.rate = rate

    def call(self, y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
        """Compute the loss of each row."""
        seen = (1.0 - self.rate) * y_pred + self.rate * (1.0 - y_pred)
        return keras.losses.binary_crossentropy(y_true, seen)
