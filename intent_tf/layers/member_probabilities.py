"""What each member of an ensemble says: its logit as a probability."""

from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="intent_tf")
class MemberProbabilities(keras.layers.Layer):
    """Takes the sigmoid of each member's logit, to which a logit that all members share may be added.

    ::

        probability_m = sigmoid(logit_m + shared)

    It computes in float32 whatever the precision of the layers before it.

    Args:
        **kwargs: Keyword arguments of `keras.layers.Layer`, such as ``name``.

    Call arguments:
        logits: float tensor of shape ``(batch, members)``.
        shared: float tensor of shape ``(batch, 1)``, such as that of `WideText`. Defaults to None: nothing.

    Returns:
        float32 tensor of shape ``(batch, members)``, in [0, 1].

    Example:
        >>> MemberProbabilities()(tf.constant([[0.0, 2.0]]), tf.constant([[-2.0]])).numpy().round(3)
        array([[0.119, 0.5  ]], dtype=float32)
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.input_spec = keras.layers.InputSpec(ndim=2)

    def call(self, logits: Any, shared: Any = None) -> tf.Tensor:
        """Map logits ``(batch, members)`` to probabilities."""
        logits = tf.convert_to_tensor(logits)
        return tf.sigmoid(logits if shared is None else logits + tf.convert_to_tensor(shared))

    def compute_output_shape(self, logits_shape: Any, shared_shape: Any = None) -> tuple[int | None, ...]:
        """Return the shape of the probabilities."""
        return tuple(logits_shape)
