"""Categories of several columns together: each combination is one category."""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
import tensorflow as tf

Crosses = Sequence[Sequence[int]]
"""Category columns whose categories count together, several times."""


def crossed_ids(ids: Any, input_dims: Sequence[int], crosses: Crosses) -> tf.Tensor:
    """Give each combination of categories a number, int32 ``(batch, crosses)``.

    ::

        id = (ids[a] · input_dims[b] + ids[b]) · input_dims[c] + ids[c]

    Args:
        ids: Ids of the category columns, int32 ``(batch, columns)``.
        input_dims: Number of ids of each column; higher ones count as 0, which is unknown.
        crosses: Columns that count together; a single one keeps its ids.

    Example:
        >>> crossed_ids(np.array([[2, 1], [0, 9]]), (3, 4), [(0, 1), (1,)]).numpy()
        array([[9, 1],
               [0, 0]], dtype=int32)
    """
    strides = np.zeros((len(input_dims), len(crosses)), np.int32)
    for number, columns in enumerate(crosses):
        for place, column in enumerate(columns):
            strides[column, number] = prod(input_dims[each] for each in columns[place + 1 :])
    known = tf.cast(ids, tf.int32)
    known = tf.where(known < tf.constant(input_dims, tf.int32), known, 0)
    # Not by a product of matrices, which GPUs have none of for integers.
    return tf.reduce_sum(known[:, :, None] * strides, axis=1)


def cross_sizes(input_dims: Sequence[int], crosses: Crosses) -> list[int]:
    """Count the ids of each cross."""
    return [prod(input_dims[column] for column in columns) for columns in crosses]
