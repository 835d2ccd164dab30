"""A session as weighted means of its tokens: what they say, and how recent they are."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from intent_tf.layers.text_cnn.text_windows import text_lengths


@keras.saving.register_keras_serializable(package="intent_tf")
class RecencyAttention(keras.layers.Layer):
    """Pools the embeddings of a sequence by learnt attention in which recent tokens can count for more.

    The maximum over a session says *whether* something happened; means weighted by recency say what happens
    *now*. Head *h* weighs token *t* of *n* by::

        softmax over t of   eₜ · q_h − decay_h · (n − 1 − t)

    with a query q_h and a decay ≥ 0 of its own; decays start on a doubling scale of half-lives, so that from
    the start some heads see the last tokens and some the whole. The queries start at zero.

    Args:
        input_dim: int, the number of token ids, which are in ``[0, input_dim)``; 0 is padding at the end.
        output_dim: Width of a token's vector. Default 64.
        num_heads: int, the number of weighted means. Defaults to 4.
        **kwargs: Keyword arguments of `keras.layers.Layer`, such as ``name``.

    Shapes: int32 ``(batch, tokens)`` to float32 ``(batch, num_heads * output_dim)``; zeros for no token.

    Reference:
        Lin et al. (2017), A Structured Self-attentive Sentence Embedding; the decay as in Press et al.
        (2022), Train Short, Test Long (ALiBi).

    Example:
        >>> RecencyAttention(10, output_dim=3, num_heads=2)(tf.constant([[4, 7, 0]])).shape
        TensorShape([1, 6])
    """

    def __init__(self, input_dim: int, output_dim: int = 64, num_heads: int = 4, **kwargs: Any) -> None:
        super().__init__(**{"autocast": False, **kwargs})
        self.input_dim = input_dim
        self.output_dim = output_dim
        self.num_heads = num_heads

    def build(self, input_shape: Any) -> None:
        """Create the vectors, the queries and the decays."""
        self.table = self.add_weight(
            name="embeddings", shape=(self.input_dim, self.output_dim), initializer="uniform"
        )
        self.queries = self.add_weight(
            name="query_embedding", shape=(self.output_dim, self.num_heads), initializer="zeros"
        )
        self.rates = self.add_weight(name="decay_scale", shape=(self.num_heads,), initializer=self._start)

    def _start(self, shape: tuple[int], dtype: Any = None) -> tf.Tensor:
        # Half-lives of 4, 16, 64, … tokens; the inverse of the softplus that keeps decays positive.
        decays = tf.math.log(2.0) / 4.0 ** tf.range(1.0, shape[0] + 1.0)
        return tf.math.log(tf.math.expm1(decays))

    def call(self, inputs: Any) -> tf.Tensor:
        """Pool ids ``(batch, tokens)``."""
        ids = tf.cast(inputs, tf.int32)
        ids = tf.pad(ids, [[0, 0], [0, 1]])  # a softmax needs an entry, also where there is no token
        length = text_lengths(ids, 0)[:, None]
        index = tf.range(tf.shape(ids)[1])
        age = tf.cast(length - 1 - index, tf.float32)[:, :, None]
        vectors = tf.gather(self.table.value, ids)
        scores = (
            tf.einsum("btd,dh->bth", vectors, self.queries.value) - tf.nn.softplus(self.rates.value) * age
        )
        there = (index < length)[:, :, None]
        weights = tf.nn.softmax(tf.where(there, scores, scores.dtype.min), axis=1) * tf.cast(
            there, tf.float32
        )
        pooled = tf.einsum("bth,btd->bhd", weights, vectors)
        return tf.reshape(pooled, (-1, self.num_heads * self.output_dim))

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, int]:
        """Batch, heads times dimension."""
        return (input_shape[0], self.num_heads * self.output_dim)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "input_dim": self.input_dim,
            "output_dim": self.output_dim,
            "num_heads": self.num_heads,
        }
