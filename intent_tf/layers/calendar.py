"""The Gregorian calendar as one table of months: what turns days into months costs a look-up each way."""

import numpy as np
import tensorflow as tf

#: The years that dates may have: others are mistakes, or mean "never".
FIRST_YEAR, LAST_YEAR = 1800, 2199
#: The day on which each month starts, counted from 1970-01-01, and that on which the last one ends.
MONTH_STARTS = (
    np.arange(f"{FIRST_YEAR}-01", f"{LAST_YEAR + 1}-02", dtype="datetime64[M]")
    .astype("datetime64[D]")
    .astype(np.int64)
)
DAY = 86400.0
"""Seconds of a day."""


def calendar_phases(clock: tf.Tensor) -> tf.Tensor:
    """Tell how far the month of the year, the day of the month, the weekday and the day have come.

    Args:
        clock: float64 tensor of shape ``(batch, columns)``: what wall clocks showed, in seconds since
            1970-01-01T00:00; NaN where missing.

    Returns:
        float64 ``(batch, columns, 4)``, each in [0, 1), NaN where missing: months since January / 12, days
        since the first / 31, days since Monday / 7, and seconds since midnight / 86,400.

    Example:
        >>> friday_noon = np.datetime64("2023-07-28T12:00:00").astype(np.int64)
        >>> calendar_phases(tf.constant([[friday_noon]], tf.float64)).numpy().round(3).tolist()
        [[[0.5, 0.871, 0.571, 0.5]]]
    """
    missing = tf.math.is_nan(clock)
    clock = tf.where(missing, tf.zeros_like(clock), clock)
    days = tf.floor(clock / DAY)
    starts = tf.constant(MONTH_STARTS, tf.float64)
    month = tf.searchsorted(starts, tf.reshape(days, [-1]), side="right") - 1
    start = tf.reshape(tf.gather(starts, month), tf.shape(days))
    month = tf.reshape(tf.cast(month % 12, tf.float64), tf.shape(days))
    # 1970-01-01 was a Thursday.
    phases = [month / 12, (days - start) / 31, tf.math.floormod(days + 3, 7) / 7, clock / DAY - days]
    return tf.where(missing[..., None], tf.constant(np.nan, tf.float64), tf.stack(phases, axis=-1))
