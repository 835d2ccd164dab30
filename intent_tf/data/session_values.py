"""Reads the values of a live event by the rules by which the SQL reads those of a log."""

import math
import re
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from intent_tf.data.encodings import without_halves
from intent_tf.data.session_rules import (
    DAY,
    DIGITS,
    EARLIEST,
    EXCEL_1970,
    FACTORS,
    ISO_TIME,
    MICROS,
    MISSING,
    NO_IDS,
    NO_YEAR,
    NUMBER,
    RELATIVE,
    SessionRules,
)
from intent_tf.errors import InputError

_MISSING, _NO_IDS = frozenset(MISSING), frozenset((*MISSING, *NO_IDS))
_LONGEST = max(map(len, _NO_IDS))
_ISO, _NUMBER = re.compile(ISO_TIME), re.compile(NUMBER)
_DIGITS = [(re.compile(pattern), form) for pattern, form in DIGITS.items()]
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


def read_text(value: Any, is_id: bool = False) -> str:
    """Read a text; it is empty where nothing is there.

    Example:
        >>> read_text(" red cap "), read_text("NULL"), read_text("-1", is_id=True), read_text(float("nan"))
        ('red cap', '', '', '')
        >>> read_text(7.0, is_id=True)
        '7'
    """
    if value is None:
        return ""
    if type(value) is not str:
        if is_id and isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
            value = int(value)
        value = str(value).lower() if isinstance(value, bool) else str(value)
    text = str(value.strip(" "))
    if len(text) <= _LONGEST and text.lower() in (_NO_IDS if is_id else _MISSING):
        return ""
    return text if text.isascii() else without_halves(text)


def read_number(value: Any, least: float = 0.0) -> float:
    """Read a number; NaN where nothing is there, or what is no finite number from ``least`` on.

    Example:
        >>> read_number("2.50"), read_number("12.99 EUR"), read_number(-1)
        (2.5, nan, nan)
    """
    if value is None:
        return math.nan
    number = value
    if type(value) is not float:
        text = read_text(value)
        number = float(text) if _NUMBER.match(text) else math.nan
    return number + 0.0 if least <= number < math.inf else math.nan  # -0.0 becomes 0.0


def read_micros(value: Any, rules: SessionRules) -> int:
    """Read a timestamp as microseconds since 1970-01-01 UTC.

    Args:
        value: A number, a text, or a `datetime`.
        rules: How those of the log were read.

    Raises:
        InputError: If it is no time, or one that no event can have.

    Example:
        >>> read_micros("2024-01-05T10:00:00+01:00", SessionRules()), read_micros(1704445200, SessionRules())
        (1704445200000000, 1704445200000000)
    """
    text = "" if isinstance(value, datetime) else read_text(value)
    if not text and not isinstance(value, datetime):
        raise InputError("the event has no time", column="timestamp")
    try:
        micros, counted_anew = _micros(value, text, rules)
    except (ValueError, OverflowError):
        micros, counted_anew = None, False
    if micros is None:
        expected = f"a time written {rules.time_format}" if rules.time_format else "ISO 8601, or a number"
        raise InputError(f"{text[:80]!r} is no time", column="timestamp", expected=expected)
    if not (0 if counted_anew else EARLIEST) <= micros <= time.time() * MICROS + DAY:
        raise InputError(
            f"{value!r} is {micros / MICROS:.0f} seconds after 1970-01-01 UTC",
            column="timestamp",
            expected="a time from 1990 on that is not in the future",
        )
    return micros


def _micros(value: Any, text: str, rules: SessionRules) -> tuple[int | None, bool]:
    """Read microseconds, and whether they count from a beginning of the log's own."""
    anew = rules.numbers == "relative"
    if isinstance(value, datetime):
        return _instant(value, rules), anew
    if rules.time_format:
        has_year = "%y" in rules.time_format.lower()
        form, written = rules.time_format, text
        if not has_year:
            form, written = f"%Y {form}", f"{NO_YEAR} {text}"
        return _instant(datetime.strptime(written, form), rules), anew or not has_year
    if _ISO.match(text):
        if " " in text or text.endswith("UTC"):
            text = re.sub(" (?=[+-])", "", re.sub(" ?(UTC|Z)$", "+00:00", text))
        return _instant(datetime.fromisoformat(text), rules), anew
    if not _NUMBER.match(text):
        return None, anew
    number = float(text)
    if rules.numbers in ("any", "epoch"):
        for pattern, form in _DIGITS:
            if pattern.match(text):
                return _instant(datetime.strptime(text, form), rules), anew
    if rules.numbers == "excel":
        return _rounded((number - EXCEL_1970) * 864e5) * 1000, anew
    factor = next(factor for below, factor in FACTORS.items() if abs(number) < below)
    return _rounded(number * factor), anew or (rules.numbers == "any" and abs(number) < RELATIVE)


def _rounded(number: float) -> int:
    return math.floor(abs(number) + 0.5) * (1 if number >= 0 else -1)


def _instant(moment: datetime, rules: SessionRules) -> int:
    if moment.tzinfo is None:  # of an hour that comes twice it is the first one, as in the SQL
        moment = moment.replace(tzinfo=_zone(rules.timezone))
    return (moment - _EPOCH) // _MICROSECOND


@lru_cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
