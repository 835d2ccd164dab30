"""By how much the clocks of a zone differ from UTC, as a table that a graph can hold."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import tensorflow as tf

from intent_tf.errors import InputError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Seconds between which clocks are set at most once, and the years that are looked at.
_STEP, _YEARS = 7 * 86400, (1900, 2100)


class ZoneOffsets:
    """Looks up the offset of a zone's clocks.

    Args:
        zone: Its name, such as ``"Europe/Berlin"``.

    Raises:
        InputError: If there is none of this name.

    Example:
        >>> summer = np.datetime64("2023-07-01T00:00:00").astype(np.int64)
        >>> ZoneOffsets("Europe/Berlin").of_wall(tf.constant([0.0, summer], tf.float64)).numpy().tolist()
        [3600.0, 7200.0]
    """

    def __init__(self, zone: str) -> None:
        try:
            info = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise InputError(f"unknown zone {zone!r}", expected="a name such as Europe/Berlin") from error

        def offset(second: int) -> float:
            told = (_EPOCH + timedelta(seconds=second)).astimezone(info).utcoffset()
            assert told is not None
            return told.total_seconds()

        first, last = (int((datetime(year, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds()) for year in _YEARS)
        offsets, changes = [offset(first)], []
        for low in range(first, last, _STEP):
            high = low + _STEP
            if offset(high) != offsets[-1]:
                while high - low > 1:  # the second from which on clocks show the new offset
                    middle = (low + high) // 2
                    low, high = (middle, high) if offset(middle) == offsets[-1] else (low, middle)
                changes.append(high)
                offsets.append(offset(high))
        self._offsets = np.array(offsets, np.float64)
        self._changes = np.array(changes, np.float64)
        # Of an hour that comes twice the first counts; one that is left out is told by the old offset.
        self._walls = self._changes + np.maximum(self._offsets[:-1], self._offsets[1:])

    def of_instant(self, seconds: tf.Tensor) -> tf.Tensor:
        """Look up the offset at instants, float64 ``(cells,)`` both."""
        return self._after(self._changes, seconds)

    def of_wall(self, seconds: tf.Tensor) -> tf.Tensor:
        """Look up the offset of what the zone's clocks show, float64 ``(cells,)`` both."""
        return self._after(self._walls, seconds)

    def _after(self, changes: np.ndarray, seconds: tf.Tensor) -> tf.Tensor:
        index = tf.searchsorted(tf.constant(changes, tf.float64), seconds, side="right")
        return tf.gather(tf.constant(self._offsets), index)
