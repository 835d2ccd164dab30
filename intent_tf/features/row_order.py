"""In which order an epoch takes the rows, and which of them stand in one batch."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from intent_tf.features.features import Features

#: Batches whose rows are sorted by length together.
_POOL = 50


def epoch_batches(
    rows: int, batch_size: int, seed: tuple[int, tf.Tensor], lengths: tf.Tensor | None = None
) -> tf.data.Dataset:
    """Places of the rows of each batch of one epoch, int64 ``(batch,)``.

    Args:
        rows: How many there are.
        batch_size: Rows a batch; the last of the order may have fewer.
        seed: Of the order.
        lengths: Put documents of about one length into one batch, so that little of it is padding: of every
            50 batches' rows, shuffled, the shortest make a batch, and so on; then the batches are shuffled. A
            row's companions still change from epoch to epoch. int64 ``(rows,)``.
    """
    places = tf.range(rows, dtype=tf.int64)
    shuffled = tf.random.experimental.stateless_shuffle(places, seed=seed)
    if lengths is None:
        return tf.data.Dataset.from_tensor_slices(shuffled).batch(batch_size)
    pools = places // (_POOL * batch_size) * (tf.reduce_max(lengths) + 1)
    shuffled = tf.gather(shuffled, tf.argsort(pools + tf.gather(lengths, shuffled), stable=True))
    starts = tf.random.experimental.stateless_shuffle(tf.range(0, rows, batch_size), seed=seed)
    return tf.data.Dataset.from_tensor_slices(starts).map(lambda start: shuffled[start : start + batch_size])


def document_lengths(features: Features) -> np.ndarray:
    """Tokens of each row's longest document, int64 ``(rows,)``; 0 where it has none.

    Args:
        features: Of all rows; documents are ragged.
    """
    ragged = [part for part in features if isinstance(part, tf.RaggedTensor)]
    lengths = [part.row_lengths().numpy() for part in ragged]
    return np.max([np.zeros(len(features.numbers), np.int64), *lengths], axis=0)


def longest_first(features: Features) -> np.ndarray:
    """Places of the rows so ordered that batches need little padding; rows alike keep their order."""
    return np.argsort(-document_lengths(features), kind="stable")
