"""In which order an epoch takes the rows, and which of them stand in one batch."""

from typing import Any

import numpy as np
import tensorflow as tf

from intent_tf.columns.feature_batches import Features

#: Batches whose rows are sorted by length together.
_POOL = 50


def epoch_order(
    rows: int, batch_size: int, seed: tuple[int, tf.Tensor], lengths: tf.Tensor | None = None
) -> tuple[tf.Tensor, tf.Tensor]:
    """Order of the rows in one epoch, int64 ``(rows,)``, and where in it each batch begins, ``(batches,)``.

    Args:
        rows: Number of rows.
        batch_size: Rows a batch; the last of the order may have fewer.
        seed: Seed of the order.
        lengths: Put documents of about one length into one batch, so that little of it is padding: of every
            50 batches' rows, shuffled, the shortest make a batch, and so on; then the batches are shuffled. A
            row's companions still change from epoch to epoch. int64 ``(rows,)``.
    """
    indices, starts = tf.range(rows, dtype=tf.int64), tf.range(0, rows, batch_size)
    shuffled = tf.random.experimental.stateless_shuffle(indices, seed=seed)
    if lengths is None:
        return shuffled, starts
    pools = indices // (_POOL * batch_size) * (tf.reduce_max(lengths) + 1)
    shuffled = tf.gather(shuffled, tf.argsort(pools + tf.gather(lengths, shuffled), stable=True))
    return shuffled, tf.random.experimental.stateless_shuffle(starts, seed=seed)


def epoch_batches(
    rows: int, batch_size: int, seed: tuple[int, tf.Tensor], lengths: tf.Tensor | None = None
) -> tf.data.Dataset:
    """Places of the rows of each batch of one epoch, int64 ``(batch,)``; see `epoch_order`."""
    order, starts = epoch_order(rows, batch_size, seed, lengths)
    return tf.data.Dataset.from_tensor_slices(starts).map(lambda start: order[start : start + batch_size])


def numbered_batches(
    numbers: tf.data.Dataset, rows: int, batch_size: int, seed: int, lengths: tf.Tensor | None = None
) -> tf.data.Dataset:
    """Places of the rows of the batches that are asked for: pairs of a number and int64 ``(batch,)``.

    What stands in a batch depends on its number and the seed alone, whoever asks for it and after which one.

    Args:
        numbers: Numbers of batches, counted over all epochs, int64 scalars. An epoch's order is made whenever
            another epoch's number comes.
        rows: Number of rows.
        batch_size: Number of rows in a batch.
        seed: Seed of the orders.
        lengths: Length of each row's document, int64 ``(rows,)``, by which `epoch_order` sorts.
    """
    batches = -(-rows // batch_size)

    def order(epoch: tf.Tensor) -> tuple[tf.Tensor, ...]:
        return epoch, *epoch_order(rows, batch_size, (seed, tf.cast(epoch, tf.int32)), lengths)

    def step(state: tuple[tf.Tensor, ...], number: tf.Tensor) -> Any:
        epoch = number // batches
        state = tf.cond(tf.equal(epoch, state[0]), lambda: state, lambda: order(epoch))
        start = state[2][number % batches]
        return state, (number, state[1][start : start + batch_size])

    none = (tf.constant(-1, tf.int64), tf.zeros((rows,), tf.int64), tf.zeros((batches,), tf.int32))
    return numbers.scan(none, step)


def document_lengths(features: Features) -> np.ndarray:
    """Tokens of each row's longest document, int64 ``(rows,)``; 0 where it has none.

    Args:
        features: Of all rows; documents are ragged.
    """
    return np.max(
        [
            part.row_lengths().numpy() if isinstance(part, tf.RaggedTensor) else np.zeros(len(part), np.int64)
            for part in features.values()
        ],
        axis=0,
    )


def longest_first(features: Features) -> np.ndarray:
    """Places of the rows so ordered that batches need little padding; rows alike keep their order."""
    return np.argsort(-document_lengths(features), kind="stable")
