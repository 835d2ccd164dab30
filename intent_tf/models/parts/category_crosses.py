"""Categories of several columns together: each combination is one category."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from intent_tf.options.as_tuple import as_tuple
from intent_tf.text.configured import Configured


@keras.saving.register_keras_serializable(package="intent_tf")
class CategoryCrosses(Configured, keras.layers.Layer):
    """Gives each combination of categories an id.

    ::

        id = (ids[a] · sizes[b] + ids[b]) · sizes[c] + ids[c]

    A number of few values, such as a flag, counts as a category, too: its id is 0 where it is missing, else 1
    and one more for each cut that it is above.

    Args:
        input_dims: int or sequence of ints, the number of ids of each category column; higher ids count as 0,
            which is unknown.
        crosses: sequence of sequences of ints, the columns that count together: those of categories, and
            behind them those of ``cuts``. A single column keeps its ids. Defaults to none.
        cuts: sequence of pairs of an int, a column of numbers, and floats, rising. Defaults to none.
        **kwargs: Those of every Keras layer.

    Shapes: a mapping of feature to tensor, as `Preprocessor` returns it, to int32 ids ``(batch, crosses)``.

    Example:
        >>> layer = CategoryCrosses((3, 4), [(0, 1), (1,)])
        >>> layer({"categories": np.array([[2, 1], [0, 9]])}).numpy()
        array([[9, 1],
               [0, 0]], dtype=int32)
    """

    def __init__(
        self,
        input_dims: int | Sequence[int],
        crosses: Sequence[Sequence[int]] = (),
        cuts: Sequence[tuple[int, Sequence[float]]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"trainable": False, **kwargs})
        self.input_dims = as_tuple(input_dims)
        self.crosses = tuple(map(tuple, crosses))
        self.cuts = tuple((column, tuple(values)) for column, values in cuts)

    @property
    def column_sizes(self) -> tuple[int, ...]:
        """Number of ids of each column, of categories and of cut numbers."""
        return (*self.input_dims, *(len(values) + 2 for _, values in self.cuts))

    @property
    def sizes(self) -> list[int]:
        """Number of ids of each cross."""
        return [prod(self.column_sizes[column] for column in columns) for columns in self.crosses]

    def names(self, categories: Sequence[str], numbers: Sequence[str]) -> list[str]:
        """Name the columns that count together, such as ``month × device``, by the names of all columns."""
        columns = [*categories, *(numbers[column] for column, _ in self.cuts)]
        return [" × ".join(columns[each] for each in cross) for cross in self.crosses if len(cross) > 1]

    def column_ids(self, features: Mapping[str, Any]) -> tf.Tensor:
        """Compute the ids of the columns one by one, int32 ``(batch, columns)``."""
        columns = []
        if self.input_dims:
            ids = tf.cast(features["categories"], tf.int32)
            columns.append(tf.where(ids < tf.constant(self.input_dims, tf.int32), ids, 0))
        if self.cuts:
            cut = [column for column, _ in self.cuts]
            numbers, missing = (
                tf.gather(tf.convert_to_tensor(features[name]), cut, axis=1)
                for name in ("numbers", "missing")
            )
            most = max(len(values) for _, values in self.cuts)
            edges = [(*values, *[np.inf] * (most - len(values))) for _, values in self.cuts]
            above = numbers[:, :, None] > tf.constant(edges, numbers.dtype)
            ids = 1 + tf.reduce_sum(tf.cast(above, tf.int32), axis=2)
            columns.append(tf.where(missing > 0, 0, ids))
        return tf.concat(columns, axis=1)

    def call(self, features: Mapping[str, Any]) -> tf.Tensor:
        """Compute the ids of the crosses, int32 ``(batch, crosses)``."""
        strides = np.zeros((len(self.column_sizes), len(self.crosses)), np.int32)
        for number, columns in enumerate(self.crosses):
            for place, column in enumerate(columns):
                strides[column, number] = prod(self.column_sizes[each] for each in columns[place + 1 :])
        # Not by a product of matrices, which GPUs have none of for integers.
        return tf.reduce_sum(self.column_ids(features)[:, :, None] * strides, axis=1)

    def compute_output_spec(self, features: Mapping[str, Any]) -> keras.KerasTensor:
        """Return shape and type of the ids."""
        return keras.KerasTensor((None, len(self.crosses)), "int32")
