"""A short vector for each category of each categorical column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf


@keras.saving.register_keras_serializable(package="intent_tf")
class CategoryEmbedding(keras.layers.Layer):
    """Embeds the category ids of all columns with one table and one look-up.

    Id 0 means a category that is unknown, rare or missing; ids that a column does not have are read as 0.
    Its vector starts at zero, so that where training rows held no such category it says nothing. The other
    vectors start at random, which keeps the members of an ensemble behind this layer from learning the same.

    Args:
        vocabulary_sizes: Ids of each column, 0 included: column ``c`` takes ``0 … vocabulary_sizes[c] − 1``.
        output_dim: Length of each vector. Default 4.
        **kwargs: Those of every Keras layer, such as ``name``.

    Shapes: int32 ``(batch, columns)`` to float32 ``(batch, columns, output_dim)``.

    Raises:
        ValueError: If the input does not have one column for each vocabulary, or a vocabulary has no id.

    Example:
        >>> import numpy as np
        >>> layer = CategoryEmbedding(vocabulary_sizes=(3, 12))
        >>> layer(np.array([[2, 11], [0, 5]])).shape
        TensorShape([2, 2, 4])
    """

    def __init__(self, vocabulary_sizes: Sequence[int], output_dim: int = 4, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.vocabulary_sizes = tuple(vocabulary_sizes)
        self.output_dim = output_dim
        if min(self.vocabulary_sizes, default=1) < 1:
            raise ValueError(f"Every vocabulary holds at least the id 0; received {self.vocabulary_sizes}.")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the table of all columns' vectors, one column below the other."""
        if input_shape[-1] != len(self.vocabulary_sizes):
            raise ValueError(
                f"There are {len(self.vocabulary_sizes)} vocabularies, and so many columns were expected; "
                f"received the input shape {tuple(input_shape)}."
            )
        self.embeddings = self.add_weight(
            shape=(sum(self.vocabulary_sizes), self.output_dim), initializer=self._start, name="embeddings"
        )

    def _start(self, shape: tuple[int, int], dtype: Any = None) -> tf.Tensor:
        spread = self.output_dim**-0.5
        vectors = keras.initializers.RandomUniform(-spread, spread)(shape, dtype)
        known = np.concatenate([[], *map(np.arange, self.vocabulary_sizes)]) > 0
        return tf.where(known[:, None], vectors, tf.zeros_like(vectors))

    def call(self, inputs: Any) -> tf.Tensor:
        """Look up ids ``(batch, columns)``."""
        ids = tf.cast(inputs, tf.int32)
        sizes = tf.constant(self.vocabulary_sizes, tf.int32)
        known = tf.where((ids >= 0) & (ids < sizes), ids, 0)
        return tf.gather(tf.convert_to_tensor(self.embeddings), known + tf.cumsum(sizes, exclusive=True))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Add the dimension."""
        return (*input_shape, self.output_dim)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        config = {"vocabulary_sizes": self.vocabulary_sizes, "output_dim": self.output_dim}
        return {**super().get_config(), **config}
