"""Categories to ids, in the graph, whether they come as text or as coded integers."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.options.as_tuple import as_tuple
from intent_tf.text.configured import Configured

#: What Unicode calls no characters, for what is missing, which would be an empty line of a saved
#: vocabulary, and for a vocabulary of nothing.
_MISSING, _NONE = "\ufffe", "\uffff"


@keras.saving.register_keras_serializable(package="intent_tf")
class CategoryIds(Configured, keras.layers.Layer):
    """Looks up each categorical input in its own vocabulary, learnt from training rows.

    Id 0 means a category that is unknown or rarer than ``min_count`` in training; ids 1, 2, … are the
    others, the commonest first, and equally common ones in the order of the alphabet. What is missing is a
    category like the others. Coded integers arrive as floats (``3.0``) and are looked up by their whole
    number.

    Args:
        columns: str or sequence of strings, the names of the inputs, in the order of the output's columns.
        min_count: int, the number of training rows in which a category must occur. Defaults to 5: a vector
            for a category seen less often would be learnt from noise.
        **kwargs: Keyword arguments of `keras.layers.Layer`, such as ``name``.

    Call arguments:
        inputs: Mapping of each name to a string or float32 tensor of shape ``(batch,)``.

    Returns:
        int32 tensor of shape ``(batch, columns)``, the ids.

    Raises:
        InputError: If an input is missing.

    Example:
        >>> layer = CategoryIds(["month"], min_count=1)
        >>> layer.adapt({"month": np.array(["May", "Nov", "May"])})
        >>> layer({"month": tf.constant(["May", "Feb", "Nov"])}).numpy().ravel().tolist()
        [1, 0, 2]
    """

    def __init__(self, columns: str | Sequence[str], min_count: int = 5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.columns = as_tuple(columns)
        self.min_count = min_count
        self.lookups = [
            keras.layers.StringLookup(num_oov_indices=1, name=f"lookup_{index}")
            for index in range(len(self.columns))
        ]

    def build(self, input_shape: Any = None) -> None:
        """Create nothing: what is learnt comes with `adapt`."""

    def adapt(self, values: Mapping[str, Any]) -> None:
        """Learn the vocabularies from training rows.

        Args:
            values: Mapping of each name to strings or floats of shape ``(rows,)``.
        """
        for column, lookup in zip(self.columns, self.lookups, strict=True):
            categories, counts = np.unique(
                _as_strings(self._input(values, column)).numpy(), return_counts=True
            )
            order = np.lexsort((categories, -counts))
            vocabulary = [categories[i].decode() for i in order if counts[i] >= self.min_count]
            # A vocabulary of nothing cannot be set.
            lookup.set_vocabulary(vocabulary or [_NONE])

    def categories(self, column: str) -> list[str]:
        """List the categories of a column that have ids, the commonest first, without the missing one."""
        vocabulary = self.lookups[self.columns.index(column)].get_vocabulary()[1:]
        return [each for each in vocabulary if each[0] not in (_MISSING, _NONE)]

    @property
    def vocabulary_sizes(self) -> tuple[int, ...]:
        """Number of ids of each column, id 0 included: the ``input_dims`` of a `CategoryEmbedding`."""
        return tuple(lookup.vocabulary_size() for lookup in self.lookups)

    def call(self, inputs: Mapping[str, Any]) -> tf.Tensor:
        """Look up all inputs."""
        ids = [
            tf.cast(lookup(_as_strings(self._input(inputs, column))), tf.int32)
            for column, lookup in zip(self.columns, self.lookups, strict=True)
        ]
        return tf.stack(ids, axis=1)

    def _input(self, inputs: Mapping[str, Any], column: str) -> tf.Tensor:
        if column not in inputs:
            raise InputError(
                f"the layer {self.name!r} received {', '.join(inputs) or 'nothing'}",
                expected=f"{column!r} too",
            )
        return tf.convert_to_tensor(inputs[column])

    def compute_output_spec(self, inputs: Mapping[str, keras.KerasTensor]) -> keras.KerasTensor:
        """Return shape and type of the ids, which are known before there is a vocabulary."""
        batch = next(iter(inputs.values())).shape[0] if inputs else None
        return keras.KerasTensor((batch, len(self.columns)), dtype="int32")


def _as_strings(values: tf.Tensor) -> tf.Tensor:
    if values.dtype == tf.string:
        # A vocabulary is saved as lines.
        return tf.where(values == "", _MISSING, tf.strings.regex_replace(values, r"[\r\n]", " "))
    finite = tf.math.is_finite(values)
    whole = tf.strings.as_string(tf.cast(tf.where(finite, values, 0.0), tf.int64))
    return tf.where(finite, whole, _MISSING)
