"""One block of BERT: attention, then two dense layers, each added to its input and normalised."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="intent_tf")
class TransformerBlock(keras.layers.Layer):
    """``x ← norm(x + attention(x))``, then ``x ← norm(x + down(gelu(up(x))))``.

    Query, key and value are one matrix product, and all dense layers work on the tokens of the whole batch as
    the rows of one matrix, which TensorFlow multiplies faster than a batch of matrices. Dropout is on what is
    added, not on the attention's weights, whose random numbers cost more than they help in fine-tuning.

    Args:
        heads: Attention heads; divides the width.
        hidden: Width between the two dense layers.
        dropout: Share dropped of what is added, in training. Default 0.1.
        epsilon: Of the layer normalisations. Default 1e-12.
        tanh_gelu: Compute gelu with tanh, as Google's BERT and KerasHub do; exactly, as Hugging Face does, if
            not. Default False.
        **kwargs: Those of every Keras layer.

    Shapes: tokens ``(batch, tokens, width)`` and a bias of the attention, ``(batch, 1, 1, tokens)`` or
        ``(batch, 1, tokens, tokens)``, 0 where a token may be looked at and very negative where not, to
        ``(batch, tokens, width)``, or ``(batch, 1, width)`` where only the first token's vector is wanted.

    References:
        - Vaswani et al. (2017), Attention Is All You Need.
    """

    def __init__(
        self,
        heads: int,
        hidden: int,
        dropout: float = 0.1,
        epsilon: float = 1e-12,
        tanh_gelu: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.heads = heads
        self.hidden = hidden
        self.dropout = dropout
        self.epsilon = epsilon
        self.tanh_gelu = tanh_gelu

    def build(self, input_shape: Any) -> None:
        """Create the weights, small as BERT's are."""
        width = input_shape[-1]
        rows = (None, width)
        small = keras.initializers.TruncatedNormal(stddev=0.02)
        layers = keras.layers
        options: dict[str, Any] = {"kernel_initializer": small, "dtype": self.dtype_policy}
        self.attend = layers.Dense(3 * width, name="query_key_value", **options)
        self.project = layers.Dense(width, name="projection", **options)
        self.up = layers.Dense(self.hidden, name="up", **options)
        self.down = layers.Dense(width, name="down", **options)
        norm = {"epsilon": self.epsilon, "dtype": self.dtype_policy}
        self.attention_norm = layers.LayerNormalization(name="attention_norm", **norm)
        self.output_norm = layers.LayerNormalization(name="output_norm", **norm)
        self.drop = layers.Dropout(self.dropout, dtype=self.dtype_policy)
        for layer in (self.attend, self.project, self.up, self.attention_norm, self.output_norm):
            layer.build(rows)
        self.down.build((None, self.hidden))

    def call(self, x: Any, bias: Any, first_only: bool = False, training: bool | None = None) -> tf.Tensor:
        """Map the tokens' vectors; with ``first_only`` all look on, and the first alone is computed."""
        batch, tokens, width = tf.shape(x)[0], tf.shape(x)[1], x.shape[-1]
        joined = self.attend(tf.reshape(x, (-1, width)))
        joined = tf.reshape(joined, (batch, tokens, 3, self.heads, width // self.heads))
        query, key, value = tf.unstack(tf.transpose(joined, (2, 0, 3, 1, 4)))
        if first_only:
            x, query, bias = x[:, :1], query[:, :, :1], bias[:, :, :1]
        rows = tf.reshape(x, (-1, width))
        attended = tf.reshape(self._attention(query, key, value, bias), (-1, width))
        rows = self.attention_norm(rows + self.drop(self.project(attended), training=training))
        hidden = tf.nn.gelu(self.up(rows), approximate=self.tanh_gelu)
        rows = self.output_norm(rows + self.drop(self.down(hidden), training=training))
        return tf.reshape(rows, tf.shape(x))

    def _attention(self, query: Any, key: Any, value: Any, bias: Any) -> tf.Tensor:
        """Map ``(batch, heads, tokens, width of a head)`` to ``(batch, tokens, heads, width of a head)``."""
        scores = tf.matmul(query * query.shape[-1] ** -0.5, key, transpose_b=True)
        scores += tf.cast(bias, query.dtype)
        # The softmax of half precision loses the small weights.
        weights = tf.cast(tf.nn.softmax(tf.cast(scores, tf.float32)), value.dtype)
        return tf.transpose(tf.matmul(weights, value), (0, 2, 1, 3))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        config = {"heads": self.heads, "hidden": self.hidden, "dropout": self.dropout}
        return {**super().get_config(), **config, "epsilon": self.epsilon, "tanh_gelu": self.tanh_gelu}
