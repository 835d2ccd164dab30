"""Batches that all have one shape, as XLA and TPUs want them."""

from typing import Any

import tensorflow as tf

from intent_tf.columns.feature_batches import Features
from intent_tf.columns.rows import Rows
from intent_tf.errors import InputError


def static_batches(batches: tf.data.Dataset, rows: Rows, batch_size: int) -> tf.data.Dataset:
    """Give all batches one shape that is known before the first: XLA compiles a step for each shape anew.

    Texts and sessions are padded, or cut, to the longest of the rows in memory. A batch of fewer rows, such
    as the last of an epoch, is excluded; where rows are shuffled, others are in it in the next epoch.

    Args:
        batches: ``(features, label, weight)``.
        rows: The rows that the batches are of.
        batch_size: Rows a batch.

    Returns:
        A dataset of the same elements, all of static shape.

    Raises:
        InputError: If the rows do not fill a batch.
    """
    if rows.number_of_rows < batch_size:
        raise InputError(
            f"{rows.number_of_rows} rows for batches of {batch_size}",
            expected="at least one whole batch",
            remedy="lower the batch size",
        )
    widths = {
        name: max(1, int(part.bounding_shape()[1]))
        for name, part in rows.features.items()
        if isinstance(part, tf.RaggedTensor)
    }

    def fix(features: Features, *others: tf.Tensor) -> Any:
        for name, width in widths.items():
            ids = features[name][:, :width]
            ids = tf.pad(ids, [[0, 0], [0, width - tf.shape(ids)[1]]])
            features = {**features, name: tf.ensure_shape(ids, (None, width))}
        return tf.nest.map_structure(
            lambda part: tf.ensure_shape(part, (batch_size, *part.shape[1:])), (features, *others)
        )

    whole = batches.filter(lambda features, label, *others: tf.shape(label)[0] == batch_size)
    return whole.map(fix, tf.data.AUTOTUNE)
