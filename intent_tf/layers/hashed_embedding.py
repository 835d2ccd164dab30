"""An embedding whose ids share the rows of a small table."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from intent_tf.errors import InputError


@keras.saving.register_keras_serializable(package="intent_tf")
class HashedEmbedding(keras.layers.Layer):
    """Embeds any number of ids with a table of few rows, by signed feature hashing.

    ``vector[id] = Σₖ signₖ(id) · table[bucketₖ(id)] / √hashes``

    Two ids that meet in a bucket meet there with random signs, so that what one learns is noise of mean zero
    to the other; with two hashes they hardly meet in both. The functions are fixed: no seed is to be kept.

    Args:
        buckets: Rows of the table.
        output_dim: Length of each vector. Default 128.
        hashes: Rows that are added up for an id. Default 2.
        embeddings_initializer: Initialiser of the table.
        **kwargs: Those of every Keras layer.

    Shapes: int ``(…)``, ids of at least 0, to float ``(…, output_dim)``.

    Raises:
        InputError: If an argument is below 1.

    Example:
        >>> layer = HashedEmbedding(buckets=10, output_dim=4)
        >>> layer(tf.constant([[3, 1_000_000_000]])).shape
        TensorShape([1, 2, 4])

    References:
        K. Weinberger, A. Dasgupta, J. Attenberg, J. Langford and A. Smola, "Feature Hashing for Large Scale
        Multitask Learning", ICML 2009 (several hashes: section 4.4).
    """

    def __init__(
        self,
        buckets: int,
        output_dim: int = 128,
        hashes: int = 2,
        *,
        embeddings_initializer: Any = "uniform",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if min(buckets, output_dim, hashes) < 1:
            raise InputError(
                f"HashedEmbedding got buckets, dimension, hashes = {buckets}, {output_dim}, {hashes}",
                expected="at least 1 each",
            )
        self.buckets = buckets
        self.output_dim = output_dim
        self.hashes = hashes
        self.embeddings_initializer = keras.initializers.get(embeddings_initializer)

    def build(self, input_shape: Any) -> None:
        """Create the table."""
        self.table = self.add_weight(
            name="hashed_embeddings",
            shape=(self.buckets, self.output_dim),
            initializer=self.embeddings_initializer,
            autocast=False,
        )

    def call(self, ids: Any) -> tf.Tensor:
        """Look up ids ``(…)``."""
        indices, signs = self.indices(ids)
        vectors = tf.gather(self.table.value, indices)
        total = tf.reduce_sum(vectors * tf.cast(signs, vectors.dtype)[..., tf.newaxis], axis=-2)
        return total * self.hashes**-0.5

    def indices(self, ids: Any) -> tuple[tf.Tensor, tf.Tensor]:
        """Find the buckets, int64 ``(…, hashes)``, and the signs there, −1 or 1."""
        ids = tf.cast(ids, tf.int64)[..., tf.newaxis]
        mixed = (ids + 1) * tf.range(1, 2 * self.hashes, 2, dtype=tf.int64)
        # The finaliser of MurmurHash3 (32 bits): every bit of an id moves every bit of the result.
        for factor in (0x85EBCA6B, 0xC2B2AE35):
            mixed = (mixed ^ mixed // 2**16) * factor % 2**32
        mixed ^= mixed // 2**16
        return mixed // 2 % self.buckets, 1 - 2 * (mixed % 2)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Add the dimension."""
        return (*input_shape, self.output_dim)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "buckets": self.buckets,
            "output_dim": self.output_dim,
            "hashes": self.hashes,
            "embeddings_initializer": keras.initializers.serialize(self.embeddings_initializer),
        }
