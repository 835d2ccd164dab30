"""Small computations on padded event arrays ``(batch, events)``, shared by the session features."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

NAN = float("nan")


def present(values: tf.Tensor) -> tf.Tensor:
    """Where an entry is no padding and not missing: bool ``(batch, events)``."""
    return values != "" if values.dtype == tf.string else tf.math.is_finite(values)


def padded_to(events: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    """Pad an array at the end to ``(batch, events)``."""
    nothing = "" if values.dtype == tf.string else NAN
    return tf.pad(values, [[0, 0], [0, events - tf.shape(values)[1]]], constant_values=nothing)


def event_before(values: tf.Tensor, first: Any = NAN) -> tf.Tensor:
    """Each event's predecessor, ``(batch, events)``; ``first`` where there is none."""
    return tf.pad(values, [[0, 0], [1, 0]], constant_values=first)[:, :-1]


def dwell(elapsed: tf.Tensor) -> tf.Tensor:
    """Seconds from the event before to each event, ``(batch, events)``; NaN for the first and padding."""
    return elapsed - event_before(elapsed)


def last(values: tf.Tensor, where: tf.Tensor) -> tf.Tensor:
    """Return the last entry a row for which ``where`` holds, ``(batch,)``; NaN where there is none."""
    positions = tf.range(1, tf.shape(values)[1] + 1)
    position = tf.reduce_max(tf.pad(tf.where(where, positions, 0), [[0, 0], [1, 0]]), axis=1)
    return tf.gather(tf.pad(values, [[0, 0], [1, 0]], constant_values=NAN), position, batch_dims=1)


def count(where: tf.Tensor) -> tf.Tensor:
    """Events a row for which ``where`` holds: float32 ``(batch,)``."""
    return tf.reduce_sum(tf.cast(where, tf.float32), axis=1)


def total(values: tf.Tensor, where: tf.Tensor) -> tf.Tensor:
    """Sum of the entries a row for which ``where`` holds: float32 ``(batch,)``.

    It is computed in double precision: the order in which single numbers are added depends on the padding,
    and the last digit of their sum must not.
    """
    entries = tf.cast(tf.where(where, values, 0.0), tf.float64)
    return tf.cast(tf.reduce_sum(entries, axis=1), tf.float32)


def count_distinct(values: tf.Tensor) -> tf.Tensor:
    """Distinct entries a row, empty strings apart: float32 ``(batch,)``, by a 62-bit hash."""
    codes = tf.where(values != "", tf.strings.to_hash_bucket_fast(values, 2**62), -1)
    ordered = tf.sort(codes, axis=1)
    return count((ordered != event_before(ordered, first=-1)) & (ordered >= 0))


def summary(values: tf.Tensor) -> list[tf.Tensor]:
    """Mean, smallest, largest and last of the present entries a row, ``(batch,)`` each; NaN where none."""
    there = present(values)
    entries = count(there)
    nothing = tf.where(entries > 0, 0.0, NAN)
    return [
        tf.math.divide_no_nan(total(values, there), entries) + nothing,
        tf.reduce_min(tf.where(there, values, values.dtype.max), axis=1) + nothing,
        tf.reduce_max(tf.where(there, values, values.dtype.min), axis=1) + nothing,
        last(values, there),
    ]
