"""Dates and times as people and programs write them, read in the graph."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from intent_tf.data.date_format import NUMBER_ORDERS, TEXT_ORDERS
from intent_tf.errors import InputError
from intent_tf.layers.calendar import DAY, FIRST_YEAR, LAST_YEAR, MONTH_STARTS
from intent_tf.layers.zone_offsets import ZoneOffsets
from intent_tf.text.configured import Configured

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAME = rf"((?i:{'|'.join(_MONTHS)}))(?i:[a-z]*)\.?"
_WEEKDAY = r"(?:(?i:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?"
_DAY = r"(\d\d)(?:st|nd|rd|th)?"
_TIME = r"(\d\d)(?:[:时点])?(\d\d)分?(?::?(\d\d)秒?(?:[.,](\d{1,6})\d*)?)?"
_MERIDIEM = r"(?: ?(?i:[ap]\.?m\.?))?"
_OFFSET = r"(?: ?(?:Z|UTC|GMT|[+-]\d\d(?::?\d\d)?))?"
#: Of each order a pattern, and what stands where for year (4), month (3 characters) and day (2).
_PATTERNS = {
    "Ymd": (r"(\d{4})(?:[-/.年](\d\d)[-/.月](\d\d|\d\b)日?|(\d\d)(\d\d))", r"\1", r"0\2\4", r"\3\5"),
    "dmY": (r"(\d\d)[-/.] ?(\d\d)[-/.] ?(\d{4})", r"\3", r"0\2", r"\1"),
    "mdY": (r"(\d\d)[-/.] ?(\d\d)[-/.] ?(\d{4})", r"\3", r"0\1", r"\2"),
    "dmy": (r"(\d\d)[-/.](\d\d)[-/.](\d\d)", r"00\3", r"0\2", r"\1"),
    "mdy": (r"(\d\d)[-/.](\d\d)[-/.](\d\d)", r"00\3", r"0\1", r"\2"),
    "dbY": (rf"{_WEEKDAY}{_DAY}[-./ ]{{0,2}}{_NAME}[-./, ]{{0,2}}(\d{{4}})", r"\3", r"\2", r"\1"),
    "dby": (rf"{_WEEKDAY}{_DAY}[-./ ]{{0,2}}{_NAME}[-./, ]{{0,2}}(\d\d)", r"00\3", r"\2", r"\1"),
    "bdY": (rf"{_WEEKDAY}{_NAME}[-./ ]{{0,2}}{_DAY}[,. ] ?(\d{{4}})", r"\3", r"\1", r"\2"),
    "md": (r"(\d\d)[-/.]?(\d\d)", "2000", r"0\1", r"\2"),
    "HM": ("", "1970", "001", "01"),
}
#: What begins a cell that was read; no cell of a table does.
_MARK = "\x01"
_NUMBER = r"-?\d{1,17}(?:\.\d*)?(?:[eE]\+?\d{1,2})?"
_OFFSET_PATTERN = r"^.*(?:[:时]\d\d|T\d{4,6})(?:[.,]\d+)? ?([+-])(\d\d)(?::?(\d\d))?\s*$"
#: Bytes of the mark, a year, month, day, hour, minute, second and its millionths.
_WIDTHS = (1, 4, 3, 2, 2, 2, 2, 6)
#: The decimal place of each byte in each of them, ``(bytes, 8)``, and what stands for nothing.
_PLACES = np.zeros((sum(_WIDTHS), len(_WIDTHS)))
for _field, _width in enumerate(_WIDTHS):
    _start = sum(_WIDTHS[:_field])
    _PLACES[_start : _start + _width, _field] = 10.0 ** np.arange(_width - 1, -1, -1)
_ZEROS = np.array([0] + [ord("0")] * (sum(_WIDTHS) - 1), np.float64)
_ONE_DIGIT = [1, 1, 1, 0.1, 1, 1, 1, 1]
#: Of years of two digits, those from 69 on and those before.
_CENTURIES = np.array([1900.0, 2000.0])
_LOW, _HIGH = (1, FIRST_YEAR, 1, 1, 0, 0, 0, 0), (1, LAST_YEAR, 12, 31, 23, 59, 59, 999_999)
_FIRST = (0, 0, 1, 1, 0, 0, 0, 0)
#: What the eight come to: months since the year 0, and seconds since the month began.
_SUMS = np.array([[0, 12, 1, 0, 0, 0, 0, 0], [0, 0, 0, DAY, 3600, 60, 1, 1e-6]]).T


@keras.saving.register_keras_serializable(package="intent_tf")
class ParsedDates(Configured, keras.layers.Layer):
    """Reads dates, times of day and both together out of texts; what is none becomes NaN.

    Whatever the order, a date as in ISO 8601 (``2023-01-25``, ``2023-01-25T10:30:00``) is read too: databases
    and data frames write it where a text file has another. Digits of month, day and hour may be single. So
    are dates that there are not (``2023-02-30``), those before 1800 and those from 2200 on, such as
    ``9999-12-31``, and the epoch 0: NaN.

    Args:
        order: str, in the letters of `strftime`: ``"Ymd"`` (also ``20230125`` and ``2023年1月25日``),
            ``"dmY"``, ``"mdY"``, ``"dmy"``, ``"mdy"`` (years of two digits are 1969 to 2068), ``"dbY"``
            (``25-Jan-2023``), ``"dby"``, ``"bdY"`` (``Jan 25, 2023``), ``"md"`` (``0829``, in the year 2000),
            ``"HM"`` (times of day, on 1970-01-01); or of numbers ``"seconds"``, ``"milliseconds"``,
            ``"microseconds"`` since 1970, and ``"excel"`` (days since 1899-12-30). Defaults to ``"Ymd"``.
        offset: bool, whether behind a time may stand ``Z``, ``UTC``, ``GMT`` or an offset such as ``+01:00``.
            Defaults to False.
        meridiem: bool, whether behind a time may stand AM or PM. Defaults to False.
        zone: str, the zone of times without an offset, such as ``"Europe/Berlin"``. Defaults to UTC.
        **kwargs: Keyword arguments of `keras.layers.Layer`, such as ``name``.

    Call arguments:
        inputs: string tensor of any shape.

    Returns:
        float64 tensor of that shape and two more entries each, in seconds since 1970-01-01T00:00: what the
        cell's own wall clock showed, and the instant, which counts in UTC.

    Raises:
        InputError: If there is no such order or zone.

    Example:
        >>> layer = ParsedDates("dmY", offset=True)
        >>> layer(tf.constant(["1/2/1970", "01/01/1970 03:00+02:00", "31/02/1970"])).numpy().tolist()
        [[2678400.0, 2678400.0], [10800.0, 3600.0], [nan, nan]]
    """

    def __init__(
        self,
        order: str = "Ymd",
        offset: bool = False,
        meridiem: bool = False,
        zone: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"dtype": "float64", "autocast": False, **kwargs})
        if order not in {**TEXT_ORDERS, **NUMBER_ORDERS}:
            raise InputError(f"unknown order {order!r}", expected=", ".join({**TEXT_ORDERS, **NUMBER_ORDERS}))
        self.order, self.offset, self.meridiem, self.zone = order, offset, meridiem, zone
        self._offsets = ZoneOffsets(zone) if zone else None
        orders = ["Ymd"] if order in NUMBER_ORDERS else dict.fromkeys([order, "Ymd"])
        self._rewrites = [self._rewrite(each) for each in orders]

    def _rewrite(self, order: str) -> tuple[str, str]:
        pattern, *date = _PATTERNS[order]
        first = 1 + pattern.count("(") - pattern.count("(?")
        behind = (_MERIDIEM if self.meridiem else "") + (_OFFSET if self.offset else "")
        time = f"{_TIME}{behind}" if order == "HM" else f"(?:,?(?:T| {{0,3}}){_TIME}{behind})?"
        digits = "".join(rf"\{first + index}" for index in range(4))
        return rf"^{pattern}{time}$", _MARK + "".join(date) + digits

    def call(self, inputs: Any) -> tf.Tensor:
        """Read all texts."""
        texts = tf.convert_to_tensor(inputs)
        shape = tf.shape(texts)
        cells = tf.reshape(texts, [-1])
        wall = self._clock(cells)
        offset = self._offsets.of_wall(wall) if self._offsets else tf.zeros_like(wall)
        if self.offset:
            told = self._told_offsets(cells)
            offset = tf.where(tf.math.is_nan(told), offset, told)
        instant = wall - offset
        if self.order in NUMBER_ORDERS:
            numbers = self._numbers(cells)
            shown = numbers + self._offsets.of_instant(numbers) if self._offsets else numbers
            wall = tf.where(tf.math.is_nan(numbers), wall, shown)
            instant = tf.where(tf.math.is_nan(numbers), instant, numbers)
        return tf.reshape(tf.stack([wall, instant], axis=-1), tf.concat([shape, [2]], axis=0))

    def is_shaped(self, texts: tf.Tensor) -> tf.Tensor:
        """Tell which texts ``(cells,)`` look like dates of this order or of ISO 8601, valid or not."""
        shaped = tf.strings.regex_full_match(self._rewritten(texts), rf"(?s:{_MARK}.*)")
        return shaped | tf.math.is_finite(self._numbers(texts)) if self.order in NUMBER_ORDERS else shaped

    def _rewritten(self, texts: tf.Tensor) -> tf.Tensor:
        """Bring each text that is shaped like a date to digits in places that do not change."""
        texts = tf.strings.regex_replace(tf.strings.strip(texts), r"\b(\d)(\D)", r"0\1\2")
        if self.order == "md":
            texts = tf.strings.regex_replace(texts, r"^(\d\d\d)$", r"0\1")
        for pattern, rewrite in self._rewrites:
            texts = tf.strings.regex_replace(texts, pattern, rewrite)
        return texts

    def _clock(self, texts: tf.Tensor) -> tf.Tensor:
        """Read what wall clocks showed."""
        written = tf.io.decode_raw(self._rewritten(texts), tf.uint8, fixed_length=sum(_WIDTHS))
        codes = tf.cast(written, tf.float64)
        # Behind the end of a text stand zeros, and of a day that ends it there may be but one digit.
        fields = tf.maximum(codes - _ZEROS, 0.0) @ tf.constant(_PLACES)
        fields *= tf.where(codes[:, 9:10] == 0.0, tf.constant(_ONE_DIGIT, tf.float64), 1.0)
        if "y" in self.order:
            year = fields[:, 1:2]
            century = tf.where(year < 69, tf.fill(tf.shape(year), _CENTURIES[1]), _CENTURIES[0])
            year += tf.where(year < 100, century, 0.0)
            fields = tf.concat([fields[:, :1], year, fields[:, 2:]], axis=1)
        if "b" in self.order:
            fields = tf.concat([fields[:, :2], _month(codes[:, 5:8]), fields[:, 3:]], axis=1)
        if self.meridiem:
            is_am, is_pm = (tf.strings.regex_full_match(texts, rf"(?i).*\d ?{a}\.?m\b.*") for a in "ap")
            told, later = (is_am | is_pm)[:, None], tf.cast(is_pm, tf.float64)[:, None]
            hour = tf.where(told, fields[:, 4:5] % 12 + 12 * later, fields[:, 4:5])
            fields = tf.concat([fields[:, :4], hour, fields[:, 5:]], axis=1)
        is_valid = tf.reduce_all((fields >= _LOW) & (fields <= _HIGH), axis=1)
        month, seconds = tf.unstack((fields - _FIRST) @ tf.constant(_SUMS), axis=1)
        month = tf.where(is_valid, tf.cast(month, tf.int32) - 12 * FIRST_YEAR, 0)
        starts = tf.constant(DAY * MONTH_STARTS, tf.float64)
        seconds += tf.gather(starts, month)
        return tf.where(is_valid & (seconds < tf.gather(starts, month + 1)), seconds, np.nan)

    def _told_offsets(self, texts: tf.Tensor) -> tf.Tensor:
        """Read the offsets from UTC that texts tell, in seconds; NaN where none is."""
        texts = tf.strings.regex_replace(texts, _OFFSET_PATTERN, _MARK + r"\1\2\3")
        codes = tf.cast(tf.io.decode_raw(texts, tf.uint8, fixed_length=6), tf.float64)
        digits = tf.maximum(codes - _ZEROS[:6], 0.0)
        seconds = digits @ tf.constant([[0.0], [0.0], [36000.0], [3600.0], [600.0], [60.0]], tf.float64)
        sign = 1 - 2 * tf.cast(codes[:, 1] == ord("-"), tf.float64)
        is_utc = tf.strings.regex_full_match(texts, r".*\d ?(Z|UTC|GMT)\s*")
        told = tf.where(is_utc, tf.zeros_like(sign), np.nan)
        return tf.where(codes[:, 0] == 1.0, sign * seconds[:, 0], told)

    def _numbers(self, texts: tf.Tensor) -> tf.Tensor:
        """Read numbers that stand for instants, in seconds since 1970."""
        second, first = NUMBER_ORDERS[self.order]
        cells = tf.strings.strip(texts)
        # What is no number must not reach the conversion, which would fail the whole batch.
        cells = tf.where(tf.strings.regex_full_match(cells, _NUMBER), cells, "nan")
        numbers = tf.strings.to_number(cells, tf.float64)
        seconds = (numbers - first) * second
        is_valid = (numbers != 0) & (seconds >= DAY * MONTH_STARTS[0]) & (seconds < DAY * MONTH_STARTS[-2])
        return tf.where(is_valid, seconds, np.nan)

    def compute_output_spec(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Return the shape of the texts, and two more entries each."""
        return keras.KerasTensor((*inputs.shape, 2), "float64")


def _month(codes: tf.Tensor) -> tf.Tensor:
    """Tell the number of each month by the codes of three letters, or of three digits: ``(cells, 3)``."""
    lower = tf.where((codes >= ord("A")) & (codes <= ord("Z")), codes + 32, codes)
    told = [*_MONTHS, *(f"{month:03d}" for month in range(1, 13))]
    known = np.array([list(each.encode()) for each in told], np.float64)
    is_told = tf.reduce_all(lower[:, None] == known, axis=2)
    return tf.cast(is_told, tf.float64) @ tf.constant([[month] for month in range(1, 13)] * 2, tf.float64)
