"""What shoppers who do not buy do at most: a second output beside the probability."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="intent_tf")
class ActionHead(keras.layers.Layer):
    r"""One dense layer that tells how likely each strongest action short of a purchase is.

    The probability of what a shopper does at most factorises into that of a purchase, which the predictor
    states, and that of each lesser action where none follows:

    .. math:: P(a) = (1 - s) \, \mathrm{softmax}(W v + b)_a, \qquad P(\text{purchase}) = s

    So all of them sum to 1 with whatever the probability :math:`s` becomes by calibration, and the loss of
    the whole is the sum of the predictor's and of this layer's on the rows without a purchase. Purchases are
    rare, clicks and carts are not: what tells them apart trains the extractors too.

    Args:
        actions: From the weakest to the strongest, without the purchase. Default: none, click, cart.
        **kwargs: Those of every Keras layer.

    Shapes: vectors ``(batch, width)`` to logits, float32 ``(batch, actions)``.

    Example:
        >>> head = ActionHead()
        >>> logits = head(tf.zeros((1, 8)))
        >>> head.probabilities(logits, tf.constant([0.4])).numpy().round(2)
        array([[0.2, 0.2, 0.2, 0.4]], dtype=float32)
    """

    def __init__(self, actions: Sequence[str] = ("none", "click", "cart"), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.actions = tuple(actions)
        self.dense = keras.layers.Dense(len(self.actions), kernel_initializer="zeros", dtype="float32")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the kernel."""
        self.dense.build(input_shape)

    def call(self, vectors: Any) -> tf.Tensor:
        """Map ``(batch, width)`` to logits ``(batch, actions)``."""
        return self.dense(tf.cast(vectors, tf.float32))

    def loss(self, grade: tf.Tensor, logits: tf.Tensor, weight: tf.Tensor | None = None) -> tf.Tensor:
        """Cross-entropy of the rows without a purchase, as a mean over all rows.

        Args:
            grade: What followed, in [0, 1]: action ``k`` of ``n`` is ``k / n``, a purchase 1; ``(batch,)``.
            logits: Of `call`.
            weight: Of the rows, ``(batch,)``; 1 each by default.
        """
        count = len(self.actions)
        index = tf.cast(tf.round(grade * count), tf.int32)
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.minimum(index, count - 1), logits)
        each = tf.where(index < count, each, 0.0)
        return tf.reduce_mean(each if weight is None else each * tf.cast(weight, tf.float32))

    def probabilities(self, logits: tf.Tensor, probability: tf.Tensor) -> tf.Tensor:
        """Probabilities of all actions, the purchase last: float32 ``(batch, actions + 1)``.

        Args:
            logits: Of `call`.
            probability: Of a purchase, ``(batch,)``.
        """
        lesser = tf.nn.softmax(logits) * (1 - probability)[:, None]
        return tf.concat([lesser, probability[:, None]], axis=1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Batch, actions."""
        return (input_shape[0], len(self.actions))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "actions": self.actions}
