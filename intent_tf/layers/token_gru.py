"""A session as the last state of a recurrent network that has read its tokens in order."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="intent_tf")
class TokenGRU(keras.layers.Layer):
    """Embedding → GRU; the state after the last token stands for the sequence.

    It reads the order of all tokens, one after the other, which no core of a processor can share: expect
    several times the time of a convolution.

    Args:
        input_dim: int, the number of token ids, which are in ``[0, input_dim)``; 0 is padding at the end.
        output_dim: Width of a token's vector. Default 64.
        units: Width of the state. Default 64.
        **kwargs: Keyword arguments of `keras.layers.Layer`, such as ``name``.

    Shapes: int32 ``(batch, tokens)`` to float32 ``(batch, units)``; zeros for no token.

    Reference:
        Hidasi et al. (2016), Session-based Recommendations with Recurrent Neural Networks.

    Example:
        >>> TokenGRU(10, output_dim=3, units=5)(tf.constant([[4, 7, 0]])).shape
        TensorShape([1, 5])
    """

    def __init__(self, input_dim: int, output_dim: int = 64, units: int = 64, **kwargs: Any) -> None:
        super().__init__(**{"autocast": False, **kwargs})
        self.input_dim = input_dim
        self.output_dim = output_dim
        self.units = units
        self.embedding = keras.layers.Embedding(input_dim, output_dim, name="embedding")
        self.gru = keras.layers.GRU(units, name="gru")

    def build(self, input_shape: Any) -> None:
        """Create the weights of both layers."""
        self.embedding.build(input_shape)
        self.gru.build((None, None, self.output_dim))

    def call(self, inputs: Any) -> tf.Tensor:
        """Read ids ``(batch, tokens)``."""
        ids = tf.pad(tf.cast(inputs, tf.int32), [[0, 0], [0, 1]])  # a recurrence needs a step
        return self.gru(self.embedding(ids), mask=ids != 0)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, int]:
        """Batch, units."""
        return (input_shape[0], self.units)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "input_dim": self.input_dim,
            "output_dim": self.output_dim,
            "units": self.units,
        }
