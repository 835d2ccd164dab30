"""Categories to ids, in the graph, whether they come as text or as coded integers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf


@keras.saving.register_keras_serializable(package="intent_tf")
class CategoryIds(keras.layers.Layer):
    """Looks up each categorical column in its own vocabulary, learnt from training rows.

    Id 0 means a category that is unknown, rarer than ``min_count`` in training, or missing. Coded integers
    arrive as floats (``3.0``) and are looked up by their whole number.

    Args:
        columns: Names of the columns, in order.
        min_count: Training rows in which a category must occur. Default 5: a vector for a category seen
            less often would be learnt from noise.
        **kwargs: Those of every Keras layer.

    Shapes: a mapping of column to string or float32 ``(batch,)``, to int32 ``(batch, columns)``.

    Example:
        >>> layer = CategoryIds(["month"], min_count=1)
        >>> layer.adapt({"month": np.array(["May", "Nov", "May"])})
        >>> layer({"month": tf.constant(["May", "Feb", "Nov"])}).numpy().ravel().tolist()
        [1, 0, 2]
    """

    def __init__(self, columns: Sequence[str], min_count: int = 5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.columns = tuple(columns)
        self.min_count = min_count
        self.lookups = [
            keras.layers.StringLookup(num_oov_indices=1, name=f"lookup_{position}")
            for position in range(len(self.columns))
        ]

    def build(self, input_shape: Any = None) -> None:
        """Create nothing: what is learnt comes with `adapt`."""

    def adapt(self, values: dict[str, Any]) -> None:
        """Learn the vocabularies from training rows, the commonest category first."""
        for column, lookup in zip(self.columns, self.lookups, strict=True):
            words = _words(tf.convert_to_tensor(values[column])).numpy()
            words, counts = np.unique(words, return_counts=True)
            order = np.lexsort((words, -counts))
            known = [words[i].decode() for i in order if counts[i] >= self.min_count and words[i]]
            # A vocabulary of nothing cannot be set; what Unicode calls no character stands for it.
            lookup.set_vocabulary(known or ["\uffff"])

    @property
    def vocabulary_sizes(self) -> tuple[int, ...]:
        """Ids of each column, 0 included."""
        return tuple(lookup.vocabulary_size() for lookup in self.lookups)

    def call(self, inputs: dict[str, Any]) -> tf.Tensor:
        """Look up all columns."""
        ids = [
            tf.cast(lookup(_words(inputs[column])), tf.int32)
            for column, lookup in zip(self.columns, self.lookups, strict=True)
        ]
        return tf.stack(ids, axis=1)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "columns": self.columns, "min_count": self.min_count}


def _words(values: tf.Tensor) -> tf.Tensor:
    if values.dtype == tf.string:
        return values
    known = tf.math.is_finite(values)
    whole = tf.strings.as_string(tf.cast(tf.where(known, values, 0.0), tf.int64))
    return tf.where(known, whole, "")
