"""Finds how the dates of a column are written, if it is one of dates."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
import tensorflow as tf

from intent_tf.columns.raw_columns import is_word_for_missing
from intent_tf.data.date_format import TEXT_ORDERS, DateFormat, declared_format
from intent_tf.layers.calendar import calendar_phases
from intent_tf.layers.parsed_dates import ParsedDates

#: Share of the cells that look like dates from which on a column is one (half of them must be dates that
#: there are), and the most spellings of the others.
_ENOUGH, _MOST_ODD = 0.95, 20
_SAMPLE = 1000
_BARE = r"-?\d+(?:\.0*)?"
_MERIDIEM = r"(?i).*\d ?[ap]\.?m\b.*"
_OFFSET = r".*(?:[:时]\d\d|T\d{4,6})(?:[.,]\d+)? ?(?:Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)"
#: Years of bare numbers that are dates without being told so, and what stands for none among them.
_YEARS, _NEVER = (1990, 2040), ("0", "00000000", "99991231", "99999999")
#: Digits of epochs from 2001 on: ten thousand times fewer seconds are no instants of today.
_EPOCHS = {10: "seconds", 13: "milliseconds", 16: "microseconds"}
_BOTH = (("dmY", "mdY"), ("dmy", "mdy"))


@dataclass(frozen=True)
class DateReading:
    """A way of reading a column's cells as dates.

    Args:
        written: How they are written.
        odd: The commonest cells that are no dates, or such as ``0000-00-00``.
        unclear: Why it is not plain how they are written, where it is not.
    """

    written: DateFormat
    odd: tuple[str, ...] = ()
    unclear: str = ""


class DateTexts:
    """The cells of a column, and how they can be read as dates.

    Args:
        cells: Their texts as the graph gets them.
        declared: What ``--dates`` says of them.
        column: The column's name, for messages.
    """

    def __init__(self, cells: pd.Series, declared: str = "", column: str = "") -> None:
        self.cells = cells.str.strip()
        self.orders, self.zone = declared_format(declared, column)

    @cached_property
    def counts(self) -> pd.Series:
        """How often each spelling occurs, the commonest first; without words for "missing"."""
        counts = self.cells.value_counts()
        return counts[~is_word_for_missing(counts.index.to_series()).to_numpy()]

    @cached_property
    def reading(self) -> DateReading | None:
        """How the cells are written; None if they are no dates."""
        sample = self.cells.iloc[:: max(1, len(self.cells) // _SAMPLE)]
        sample = sample[~is_word_for_missing(sample)].drop_duplicates()
        if not len(sample) or sample.str.contains(r"\d").mean() < _ENOUGH:
            return None
        if self.orders:
            return self._best(self.orders, sample)
        if sample.str.fullmatch(_BARE).mean() > _ENOUGH:
            return self._of_numbers()
        orders = [order for order in TEXT_ORDERS if order not in ("md", "HM")]
        if sample.str.contains("[:时点]").mean() > _ENOUGH:
            orders.append("HM")
        return self._best(orders, sample)

    def _best(self, orders: Sequence[str], sample: pd.Series) -> DateReading | None:
        """Choose the order that most cells have."""
        texts = _tensor(sample)
        shaped = {order: _layer(order).is_shaped(texts).numpy().mean() for order in orders}
        order = max(shaped, key=lambda each: shaped[each])
        if shaped[order] < _ENOUGH / 2:
            return None
        unclear = ""
        for both in _BOTH:
            if order in both and set(both) <= set(orders):
                order, unclear = self._day_or_month_first(both)
        if order in _BOTH[1] and not self.orders and self._may_be_codes():
            return None
        return self._checked(order, unclear)

    def _day_or_month_first(self, both: tuple[str, str]) -> tuple[str, str]:
        """Tell the order by the cells that only one of the two can read."""
        day, month = (np.isfinite(self._instants(DateFormat(each))) for each in both)
        if self.counts.index.str.contains(r"^\d+\.\s?\d+\.").all():  # nobody writes months before points
            return both[0], ""
        rows = self.counts.to_numpy()
        only_day, only_month = rows[day & ~month].sum(), rows[month & ~day].sum()
        cells = self.counts.index
        if not only_day and not only_month:
            return both[0], f"nothing decides whether {cells[0]!r} has the day or the month first"
        if min(only_day, only_month) > (1 - _ENOUGH) * rows.sum():
            examples = (
                f"{cells[day & ~month][0]!r} has the day first and {cells[month & ~day][0]!r} the month"
            )
            return both[0], examples
        return both[int(only_month > only_day)], ""

    def _may_be_codes(self) -> bool:
        """Tell whether texts may be such as versions: a year of two digits is any number."""
        dated = self.counts.index.str.fullmatch(r"\d{1,2}/\d{1,2}/\d\d.*|\d\d([-.])\d\d([-.])\d\d.*")
        return bool(dated.mean() < _ENOUGH or len(self.counts) < 20)

    def _of_numbers(self) -> DateReading | None:
        """Tell whether bare numbers plainly are dates: all of them, and no amounts or codes."""
        rows = self.counts[~self.counts.index.isin(_NEVER)]
        numbers = rows.index.str.replace(r"\.0*$", "", regex=True)
        digits = numbers.str.len()
        if not len(rows) or digits.nunique() > 1:
            return None
        if digits[0] in (8, 14):
            order = "Ymd"
        elif digits[0] in _EPOCHS:
            order = _EPOCHS[digits[0]]
        elif digits[0] == 4 and len(rows) > 31 and numbers.str.startswith("0").any():
            found = self._checked("md", f"{numbers[0]!r} may be month and day, a time of day or a code")
            return found if found and not found.odd else None
        else:
            return None
        years = (np.array([f"{year}-01-01" for year in _YEARS], "datetime64[s]")).astype(np.int64)
        instants = _layer(order)(_tensor(rows.index)).numpy()[:, 1]
        if not ((instants >= years[0]) & (instants < years[1])).all():
            return None
        if order in _EPOCHS.values():
            spread = instants.max() - instants.min()
            is_hourly = (instants % 3600 == 0).all()
            counts_up = spread < 2 * rows.sum()  # more than one each two seconds: a running number
            if counts_up or not (is_hourly or len(rows) > rows.sum() / 2):
                return None
        return self._checked(order)

    def _checked(self, order: str, unclear: str = "") -> DateReading | None:
        """Look at all cells, and describe how they are written and which are no dates."""
        written = DateFormat(order, offset=True, meridiem=True, zone=self.zone)
        texts, rows = _tensor(self.counts.index), self.counts.to_numpy()
        clocks = ParsedDates(*written.reading)(texts).numpy()[:, 0]
        shaped, valid = _layer(order).is_shaped(texts).numpy(), np.isfinite(clocks)
        enough = rows[shaped | valid].sum() >= _ENOUGH * rows.sum() and valid.sum() >= shaped.sum() / 2
        odd = self.counts.index[~valid]
        if not enough or (len(odd) > _MOST_ODD and not self.orders):
            return None
        used = self.counts.index[valid]
        written = replace(
            written,
            offset=bool(used.str.fullmatch(_OFFSET).any()),
            meridiem=bool(used.str.fullmatch(_MERIDIEM).any()),
            parts=_parts(clocks[valid], written),
        )
        return DateReading(written, tuple(odd[: _MOST_ODD + 1]), unclear)

    def _instants(self, written: DateFormat) -> np.ndarray:
        return _layer(written.order)(_tensor(self.counts.index)).numpy()[:, 1]


def _layer(order: str) -> ParsedDates:
    return ParsedDates(order, offset=True, meridiem=True)


def _tensor(cells: pd.Series | pd.Index) -> tf.Tensor:
    return tf.constant([cell.encode("utf-8", "replace") for cell in cells], tf.string)


def _parts(clocks: np.ndarray, written: DateFormat) -> tuple[str, ...]:
    """Name the parts of the calendar in which these differ."""
    names = ("month", "day", "weekday", "hour")
    possible = {"md": names[:2], "HM": names[3:]}.get(written.order, names)
    phases = calendar_phases(tf.constant(clocks[:, None])).numpy()[:, 0]
    varied = dict(zip(names, np.ptp(phases, axis=0) > 0, strict=True)) if len(clocks) else {}
    return tuple(name for name in possible if varied.get(name))
