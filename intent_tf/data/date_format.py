"""How the dates of a column are written, learnt from training rows or told by ``--dates``."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from intent_tf.errors import InputError
from intent_tf.nearest import nearest

#: Of each order how `strftime` writes it, and what people call it. The letters are those of `strftime`.
TEXT_ORDERS = {
    "Ymd": ("%Y-%m-%d", "year, month, day"),
    "dmY": ("%d/%m/%Y", "day first"),
    "mdY": ("%m/%d/%Y", "month first"),
    "dmy": ("%d/%m/%y", "day first"),
    "mdy": ("%m/%d/%y", "month first"),
    "dbY": ("%d-%b-%Y", "day first"),
    "dby": ("%d-%b-%y", "day first"),
    "bdY": ("%b %d, %Y", "month first"),
    "md": ("%m%d", "month and day of no year"),
    "HM": ("%H:%M:%S", "time of day"),
}
#: Of each order of numbers the seconds of one, and the number of 1970-01-01.
NUMBER_ORDERS = {
    "seconds": (1.0, 0),
    "milliseconds": (1e-3, 0),
    "microseconds": (1e-6, 0),
    "excel": (86400.0, 25569),
}
#: What ``--dates`` takes, and the orders that each stands for.
DECLARED = {
    "year-first": ("Ymd",),
    "day-first": ("dmY", "dmy", "dbY", "dby"),
    "month-first": ("mdY", "mdy", "bdY"),
    "MMDD": ("md",),
    "HHMM": ("HM",),
    **{name: (name,) for name in NUMBER_ORDERS},
}


@dataclass(frozen=True)
class DateFormat:
    """How dates are written; `intent_tf.layers.ParsedDates` reads them by it.

    Args:
        order: One of `TEXT_ORDERS` or `NUMBER_ORDERS`.
        offset: Whether cells may tell their offset from UTC, such as ``+01:00`` or ``Z``.
        meridiem: Whether cells may tell AM or PM.
        zone: The zone of cells without an offset, such as ``Europe/Berlin``. Default: UTC.
        parts: What of the calendar training rows differ in: ``month``, ``day``, ``weekday``, ``hour``.
        is_now: Whether it is the prediction time, against which the age of all other dates is told.

    Example:
        >>> DateFormat("dmY", parts=("month", "hour")).described
        '31/01/2023 13:05:00 (day first)'
    """

    order: str = "Ymd"
    offset: bool = False
    meridiem: bool = False
    zone: str = ""
    parts: tuple[str, ...] = ()
    is_now: bool = False

    #: The decimal mark of numbers that stand for dates.
    decimal: ClassVar[str] = "."

    @property
    def reading(self) -> tuple[str, bool, bool, str]:
        """The arguments of `ParsedDates`: columns that share them are read together."""
        return self.order, self.offset, self.meridiem, self.zone

    @property
    def has_year(self) -> bool:
        """Whether it names one day, not a time of any day or a day of any year."""
        return self.order not in ("md", "HM")

    @property
    def described(self) -> str:
        """An example, and what it is."""
        name = self.order if self.order in NUMBER_ORDERS else TEXT_ORDERS[self.order][1]
        told = [name, *([self.zone] if self.zone else []), *(["prediction time"] if self.is_now else [])]
        return f"{self.write(1675170300)} ({', '.join(told)})"

    def write(self, seconds: float) -> str:
        """Write a wall clock's time, given as seconds since 1970-01-01T00:00."""
        if self.order in NUMBER_ORDERS:
            second, first = NUMBER_ORDERS[self.order]
            return f"{seconds / second + first:.6f}".rstrip("0").rstrip(".")
        pattern = TEXT_ORDERS[self.order][0]
        if "hour" in self.parts and self.has_year:
            pattern += " %I:%M:%S %p" if self.meridiem else " %H:%M:%S"
            pattern += "+00:00" if self.offset else ""
        return datetime.fromtimestamp(seconds, UTC).strftime(pattern)


def declared_format(text: str, column: str) -> tuple[tuple[str, ...], str]:
    """Read what ``--dates`` says of a column.

    Args:
        text: Words such as ``day-first`` or ``seconds``, or a zone such as ``Europe/Berlin``, or both.
        column: Its name, for messages.

    Returns:
        The orders that are possible, none if all are, and the zone.

    Raises:
        InputError: If a word is unknown.

    Example:
        >>> declared_format("seconds Asia/Shanghai", "created")
        (('seconds',), 'Asia/Shanghai')
    """
    orders: tuple[str, ...] = ()
    zone = ""
    for word in text.split():
        if word in DECLARED:
            orders = DECLARED[word]
        elif "/" in word or word == "UTC":
            zone = word
        else:
            raise InputError(
                f"--dates says {word!r}{nearest(word, DECLARED)}",
                column=column,
                expected=f"{', '.join(DECLARED)}, or a zone such as Europe/Berlin",
            )
    return orders, zone
