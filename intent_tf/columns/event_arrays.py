"""Small computations on padded event arrays ``(batch, events)``, shared by the session features."""

from typing import Any

import tensorflow as tf

NAN = float("nan")
#: Every number at or below it is missing, as float32's lowest says where strict JSON has no NaN.
MISSING_BELOW = -1e38


def without_stand_in(values: tf.Tensor) -> tf.Tensor:
    """Put NaN where a number says that it is missing; strings stay as they are."""
    return values if values.dtype == tf.string else tf.where(values > MISSING_BELOW, values, NAN)


#: Thirty million years in seconds, and more than anything costs.
_LIMIT = 1e15


def present(values: tf.Tensor) -> tf.Tensor:
    """Where an entry is no padding and not missing: bool ``(batch, events)``."""
    return values != "" if values.dtype == tf.string else tf.math.is_finite(values)


def winsorised(values: tf.Tensor) -> tf.Tensor:
    """Bound finite numbers to ±1e15, so that no sum or difference of them overflows; others stay missing."""
    return tf.where(present(values), tf.clip_by_value(values, -_LIMIT, _LIMIT), NAN)


def padded_to(events: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    """Pad an array at the end to ``(batch, events)``."""
    nothing = "" if values.dtype == tf.string else NAN
    return tf.pad(values, [[0, 0], [0, events - tf.shape(values)[1]]], constant_values=nothing)


def last_events(values: tf.Tensor, length: tf.Tensor, most: int) -> tf.Tensor:
    """Keep the last events of each row, and let what stands behind them be missing.

    Args:
        values: ``(batch, events)``, padded at the end with anything.
        length: How many of a row's events are real, int32 ``(batch,)``.
        most: Events kept.

    Returns:
        ``(batch, longest kept)``, padded with ``""`` or NaN.
    """
    nothing = "" if values.dtype == tf.string else NAN
    width = tf.shape(values)[1]
    length = tf.clip_by_value(length, 0, width)
    kept = tf.minimum(length, most)
    places = tf.range(tf.reduce_max(tf.pad(kept, [[0, 1]])))

    def moved() -> tf.Tensor:
        start = (length - kept)[:, None]
        return tf.gather(values, tf.minimum(start + places, width - 1), batch_dims=1)

    events = tf.cond(width > most, moved, lambda: values[:, : tf.size(places)])
    return tf.where(places < kept[:, None], events, nothing)


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
