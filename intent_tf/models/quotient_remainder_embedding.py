"""An embedding that composes a vector of its own for each id from two small tables."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from intent_tf.errors import InputError


@keras.saving.register_keras_serializable(package="intent_tf")
class QuotientRemainderEmbedding(keras.layers.Layer):
    """Embeds ids by the product of two rows, which together belong to one id alone.

    ``vector[id] = quotients[id // buckets] · remainders[id % buckets]``, entry by entry

    A full table has ``vocabulary_size`` rows, the two ``buckets + ⌈vocabulary_size / buckets⌉``: few, and the
    fewest with ``buckets`` near its root. Unlike hashing, no two ids have the same vector; but those with a
    quotient or a remainder in common cannot learn by themselves. Ids in order of frequency, as vocabularies
    have them, give the ``buckets`` most frequent tokens a row each, scaled by the first quotient.

    Args:
        vocabulary_size: Ids are in ``[0, vocabulary_size)``.
        buckets: Rows of the table of remainders.
        dimension: Length of each vector. Default 128.
        embeddings_initializer: Initialiser of both tables. By default uniform in ±0.3: the product of two
            such numbers has the spread of Keras' ``"uniform"``.
        **kwargs: Those of every Keras layer.

    Shapes: int ``(…)`` to float ``(…, dimension)``.

    Raises:
        InputError: If an argument is below 1.

    Example:
        >>> layer = QuotientRemainderEmbedding(vocabulary_size=1000, buckets=50, dimension=4)
        >>> layer(tf.constant([[3, 999]])).shape, layer.count_params()
        (TensorShape([1, 2, 4]), 280)

    References:
        H.-J. M. Shi, D. Mudigere, M. Naumov and J. Yang, "Compositional Embeddings Using Complementary
        Partitions for Memory-Efficient Recommendation Systems", KDD 2020, arXiv 1909.02107.
    """

    def __init__(
        self, vocabulary_size: int, buckets: int, dimension: int = 128, *,
        embeddings_initializer: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        if min(vocabulary_size, buckets, dimension) < 1:
            raise InputError(
                "QuotientRemainderEmbedding got vocabulary_size, buckets, dimension = "
                f"{vocabulary_size}, {buckets}, {dimension}",
                expected="at least 1 each",
            )
        self.vocabulary_size = vocabulary_size
        self.buckets = buckets
        self.dimension = dimension
        self.embeddings_initializer = keras.initializers.get(
            embeddings_initializer or keras.initializers.RandomUniform(-0.3, 0.3)
        )

    def build(self, input_shape: Any) -> None:
        """Create the tables."""
        rows = {"quotient": -(-self.vocabulary_size // self.buckets), "remainder": self.buckets}
        self.quotients, self.remainders = (
            self.add_weight(
                name=f"{name}_embeddings", shape=(count, self.dimension), autocast=False,
                # A copy: an unseeded initialiser object draws the same numbers each time.
                initializer=self.embeddings_initializer.clone(),
            )
            for name, count in rows.items()
        )  # fmt: skip

    def call(self, ids: Any) -> tf.Tensor:
        """Look up ids ``(…)``."""
        ids = tf.cast(ids, tf.int32)
        quotients = tf.gather(self.quotients.value, ids // self.buckets)
        return quotients * tf.gather(self.remainders.value, ids % self.buckets)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Add the dimension."""
        return (*input_shape, self.dimension)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(), "vocabulary_size": self.vocabulary_size, "buckets": self.buckets,
            "dimension": self.dimension,
            "embeddings_initializer": keras.initializers.serialize(self.embeddings_initializer),
        }  # fmt: skip
