"""An embedding whose ids share the rows of a small table."""

from typing import Any

import keras
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.layers.integer_ids import integer_ids
from intent_tf.layers.optioned_layer import OptionedLayer


@keras.saving.register_keras_serializable(package="intent_tf")
class HashedEmbedding(OptionedLayer):
    """Embeds any number of ids with a table of few rows, by signed feature hashing.

    ``vector[id] = Σₖ signₖ(id) · table[binₖ(id)] / √num_hashes``

    Two ids that meet in a bin meet there with random signs, so that what one learns is noise of mean zero to
    the other; with two hashes they hardly meet in both. The functions are fixed: no seed is to be kept.

    Args:
        num_bins: int, the number of rows of the table.
        output_dim: int, the length of each vector. Defaults to 128.
        num_hashes: int, the number of rows that are added up for an id. Defaults to 2.
        embeddings_initializer: Initializer of the table. Defaults to `"uniform"`.
        embeddings_regularizer: Regularizer of the table. Defaults to None.
        embeddings_constraint: Constraint of the table. Defaults to None.
        **kwargs: Keyword arguments of `keras.layers.Layer`, such as ``name``.

    Call arguments:
        ids: integer tensor of any shape ``(…)``, ids of at least 0.

    Returns:
        float tensor of shape ``(…, output_dim)``.

    Raises:
        InputError: If a number is below 1, or the ids are no integers.

    Example:
        >>> layer = HashedEmbedding(num_bins=10, output_dim=4)
        >>> layer(tf.constant([[3, 1_000_000_000]])).shape
        TensorShape([1, 2, 4])

    References:
        - Weinberger, Dasgupta, Attenberg, Langford and Smola (2009), Feature Hashing for Large Scale
          Multitask Learning (several hashes: section 4.4).
    """

    def __init__(
        self,
        num_bins: int,
        output_dim: int = 128,
        num_hashes: int = 2,
        *,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if min(num_bins, output_dim, num_hashes) < 1:
            raise InputError(
                f"HashedEmbedding got num_bins={num_bins}, output_dim={output_dim}, num_hashes={num_hashes}",
                expected="at least 1 each",
            )
        self.num_bins = num_bins
        self.output_dim = output_dim
        self.num_hashes = num_hashes
        self.keep_options("embeddings", embeddings_initializer, embeddings_regularizer, embeddings_constraint)

    def build(self, input_shape: Any) -> None:
        """Create the table."""
        shape = (self.num_bins, self.output_dim)
        self.table = self.new_weight("embeddings", shape, name="hashed_embeddings", autocast=False)

    def call(self, ids: Any) -> tf.Tensor:
        """Look up ids ``(…)``."""
        indices, signs = self.indices(ids)
        vectors = tf.gather(self.table.value, indices)
        total = tf.reduce_sum(vectors * tf.cast(signs, vectors.dtype)[..., tf.newaxis], axis=-2)
        return total * self.num_hashes**-0.5

    def indices(self, ids: Any) -> tuple[tf.Tensor, tf.Tensor]:
        """Find an id's rows of the table.

        Args:
            ids: integer tensor of any shape ``(…)``, ids of at least 0.

        Returns:
            The rows, int64 of shape ``(…, num_hashes)``, and the signs of their entries there, −1 or 1.
        """
        ids = integer_ids(ids, self.name, tf.int64)[..., tf.newaxis]
        mixed = (ids + 1) * tf.range(1, 2 * self.num_hashes, 2, dtype=tf.int64)
        # The finaliser of MurmurHash3 (32 bits): every bit of an id moves every bit of the result.
        for factor in (0x85EBCA6B, 0xC2B2AE35):
            mixed = (mixed ^ mixed // 2**16) * factor % 2**32
        mixed ^= mixed // 2**16
        return mixed // 2 % self.num_bins, 1 - 2 * (mixed % 2)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Return the shape of the vectors, ``(…, output_dim)``."""
        return (*input_shape, self.output_dim)
