"""What shoppers who do not buy do at most: a second output beside the probability."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.layers.optioned_layer import OptionedLayer


@keras.saving.register_keras_serializable(package="intent_tf")
class ActionHead(OptionedLayer):
    r"""One dense layer that tells how likely each strongest action short of a purchase is.

    The probability of what a shopper does at most factorises into that of a purchase, which the predictor
    states, and that of each lesser action where none follows:

    .. math:: P(a) = (1 - s) \, \mathrm{softmax}(W v + b)_a, \qquad P(\text{purchase}) = s

    So all of them sum to 1 with whatever the probability :math:`s` becomes by calibration, and the loss of
    the whole is the sum of the predictor's and of this layer's on the rows without a purchase. Purchases are
    rare, clicks and carts are not: what tells them apart trains the extractors too.

    Args:
        actions: Sequence of strings, the actions from the weakest to the strongest, without the purchase.
            Defaults to none, click and cart.
        kernel_initializer: Initializer of W. Defaults to `"zeros"`.
        bias_initializer: Initializer of b. Defaults to `"zeros"`.
        kernel_regularizer: Regularizer of W. Defaults to None.
        bias_regularizer: Regularizer of b. Defaults to None.
        kernel_constraint: Constraint of W. Defaults to None.
        bias_constraint: Constraint of b. Defaults to None.
        **kwargs: Keyword arguments of `keras.layers.Layer`, such as ``name``.

    Call arguments:
        vectors: float tensor of shape ``(batch, input_dim)``.

    Returns:
        Logits of the actions, float32 of shape ``(batch, actions)``.

    Raises:
        InputError: If there is no action.
        ValueError: If the input has not two axes.

    Example:
        >>> head = ActionHead()
        >>> logits = head(tf.zeros((1, 8)))
        >>> head.probabilities(logits, tf.constant([0.4])).numpy().round(2)
        array([[0.2, 0.2, 0.2, 0.4]], dtype=float32)
    """

    def __init__(
        self,
        actions: Sequence[str] = ("none", "click", "cart"),
        *,
        kernel_initializer: Any = "zeros",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if isinstance(actions, str) or not actions:
            raise InputError(f"ActionHead got actions={actions!r}", expected="at least one, in a tuple")
        self.actions = tuple(actions)
        self.keep_options("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.keep_options("bias", bias_initializer, bias_regularizer, bias_constraint)
        self.dense = keras.layers.Dense(
            len(self.actions),
            kernel_initializer=self.kernel_initializer,
            bias_initializer=self.bias_initializer,
            kernel_regularizer=self.kernel_regularizer,
            bias_regularizer=self.bias_regularizer,
            kernel_constraint=self.kernel_constraint,
            bias_constraint=self.bias_constraint,
            dtype="float32",
        )
        self.input_spec = keras.layers.InputSpec(ndim=2)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the kernel and the bias."""
        self.dense.build(input_shape)

    def call(self, vectors: Any) -> tf.Tensor:
        """Map ``(batch, input_dim)`` to logits ``(batch, actions)``."""
        return self.dense(tf.cast(vectors, tf.float32))

    def loss(self, grade: tf.Tensor, logits: tf.Tensor, weight: tf.Tensor | None = None) -> tf.Tensor:
        """Compute the cross-entropy of the rows without a purchase, as a mean over all rows.

        Args:
            grade: What followed, float ``(batch,)`` in [0, 1]: action ``k`` of ``n`` is ``k / n``, and a
                purchase is 1.
            logits: What `call` returned, float32 ``(batch, actions)``.
            weight: Weights of the rows, ``(batch,)``. Defaults to None: every row weighs 1.

        Returns:
            The loss, a float32 scalar in nats.
        """
        count = len(self.actions)
        index = tf.cast(tf.round(grade * count), tf.int32)
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.minimum(index, count - 1), logits)
        each = tf.where(index < count, each, 0.0)
        return tf.reduce_mean(each if weight is None else each * tf.cast(weight, tf.float32))

    def probabilities(self, logits: tf.Tensor, probability: tf.Tensor) -> tf.Tensor:
        """Compute the probabilities of all actions, the purchase last.

        Args:
            logits: What `call` returned, float32 ``(batch, actions)``.
            probability: Probability of a purchase, float32 ``(batch,)`` in [0, 1].

        Returns:
            float32 of shape ``(batch, actions + 1)``, each row of which sums to 1.
        """
        lesser = tf.nn.softmax(logits) * (1 - probability)[:, None]
        return tf.concat([lesser, probability[:, None]], axis=1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of the logits, ``(batch, actions)``."""
        return (input_shape[0], len(self.actions))
