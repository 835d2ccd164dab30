"""Dates: the calendar, and how far dates of a row lie apart."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import tensorflow as tf

from intent_tf.columns.kinds.binning import Binning
from intent_tf.columns.kinds.column_kind import ColumnEncoder, ColumnKind, EncodingOptions, Typical
from intent_tf.columns.kinds.column_profile import ColumnProfile
from intent_tf.columns.raw_columns import RawColumns, column_tensor
from intent_tf.data.date_format import DECLARED, DateFormat
from intent_tf.data.specification import Column
from intent_tf.errors import InputError
from intent_tf.layers.calendar import DAY, calendar_phases
from intent_tf.layers.parsed_dates import ParsedDates

#: Differences at most, beside those to the prediction time: all pairs of eight columns.
MOST_DIFFERENCES = 28
#: Of each part of the calendar, in the order of `calendar_phases`, the values of one that is a category.
_PARTS = {"month": 12, "day": 0, "weekday": 7, "hour": 24}
#: What together is a category of its own: the hour of the week.
_WEEK = ("weekday", "hour")


class DateEncoder(ColumnEncoder):
    """Tells of each date where it lies in the calendar and in time, and of pairs how far they lie apart.

    Numbers are, for each part of the calendar in which training rows differ, the sine and cosine of what the
    cell's own wall clock showed; the days since the earliest date of the column's training rows, never beyond
    the latest one; the days between two dates of a row, as instants; and the age at the prediction time, if
    a column tells it. Month, weekday and hour are categories, too, and so is the hour of the week, since
    what weekday and hour do together takes a network long to learn.

    Args:
        columns: The date columns.
        **kwargs: Those of every Keras layer.
    """

    def __init__(self, columns: Sequence[Column], **kwargs: Any) -> None:
        super().__init__(columns, **kwargs)
        self.formats = tuple(_format(column) for column in columns)
        self.readings = tuple(dict.fromkeys(each.reading for each in self.formats))
        self.parsers = [ParsedDates(*reading) for reading in self.readings]
        parts = list(_PARTS)
        used = [(row, parts.index(part)) for row, each in enumerate(self.formats) for part in each.parts]
        self._cycles = tuple(4 * row + part for row, part in used)
        self._named = tuple(
            (4 * row + part, _PARTS[parts[part]]) for row, part in used if _PARTS[parts[part]]
        )
        told = [f"{parts[part]} of {self.names[row]}" for row, part in used]
        self._cycle_names = tuple(f"{wave} of {name}" for wave in ("sine", "cosine") for name in told)
        named = [name for name, (_, part) in zip(told, used, strict=True) if _PARTS[parts[part]]]
        # Of each column that has both, which id is the weekday and which the hour.
        weeks = [
            name for name, each in zip(self.names, self.formats, strict=True) if {*each.parts} >= {*_WEEK}
        ]
        self._weeks = tuple(tuple(named.index(f"{part} of {name}") for part in _WEEK) for name in weeks)
        self.category_names = (*named, *(f"hour of the week of {name}" for name in weeks))
        self.category_sizes = (*(1 + size for _, size in self._named), *(1 + 7 * 24 for _ in weeks))
        self._days = tuple(row for row, each in enumerate(self.formats) if each.has_year)
        self._limits = ((0.0, 0.0),) * len(self._days)
        self._pairs = self._possible_pairs()[: self._number_of_pairs]

    def _possible_pairs(self) -> tuple[tuple[int, int], ...]:
        """List pairs of columns, an earlier and a later one; those with the prediction time come first."""
        now = [row for row, each in enumerate(self.formats) if each.is_now]
        times = [row for row, each in enumerate(self.formats) if each.order == "HM"]
        ages = [(row, now[0]) for row in self._days if now and row != now[0]]
        others = [*combinations(self._days, 2), *combinations(times, 2)]
        return (*ages, *(pair for pair in others if not set(pair) & set(now)))

    @property
    def _number_of_pairs(self) -> int:
        ages = sum(any(self.formats[row].is_now for row in pair) for pair in self._possible_pairs())
        return min(len(self._possible_pairs()), ages + MOST_DIFFERENCES)

    @property
    def number_names(self) -> tuple[str, ...]:  # type: ignore[override]
        """Name sines and cosines, positions in time, and differences."""
        names = self.names
        return (
            *self._cycle_names,
            *(f"position of {names[row]} in days" for row in self._days),
            *(f"days from {names[first]} to {names[second]}" for first, second in self._pairs),
        )

    def adapt(self, raw: RawColumns) -> None:
        """Learn how far the training rows reach, and of very many pairs which ones lie nearest."""
        dates = self.entered({name: raw[name] for name in self.names})
        instants = np.stack([dates[name].numpy()[:, 1] for name in self.names], axis=1)
        finite = [column[np.isfinite(column)] for column in instants.T]
        self._limits = tuple(
            (float(finite[row].min(initial=np.inf)), float(finite[row].max(initial=-np.inf)))
            if len(finite[row])
            else (0.0, 0.0)
            for row in self._days
        )
        possible = self._possible_pairs()
        if len(possible) > self._number_of_pairs:
            distances = [
                -1.0 if self.formats[second].is_now else _distance(instants[:, first] - instants[:, second])
                for first, second in possible
            ]
            nearest = np.argsort(distances, kind="stable")[: self._number_of_pairs]
            self._pairs = tuple(possible[index] for index in sorted(nearest))

    def entered(self, inputs: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Read the dates, those written alike together: ``(batch, 6)``, clock, instant and phases."""
        entered = dict(inputs)
        for reading, parse in zip(self.readings, self.parsers, strict=True):
            written = [each.reading == reading for each in self.formats]
            names = [name for name, own in zip(self.names, written, strict=True) if own]
            dates = parse(tf.stack([inputs[name] for name in names]))
            dates = tf.concat([dates, calendar_phases(dates[:, :, 0])], axis=2)
            entered |= dict(zip(names, tf.unstack(dates, len(names)), strict=True))
        return entered

    def numbers(self, inputs: Mapping[str, tf.Tensor]) -> tf.Tensor:
        """Compute the numbers."""
        dates = tf.stack([inputs[name] for name in self.names], axis=1)
        instants, parts = dates[:, :, 1], []
        if self._cycles:
            turns = 2 * np.pi * tf.gather(self._phases(dates), self._cycles, axis=1)
            parts += [tf.sin(turns), tf.cos(turns)]
        if self._days:
            low, high = (tf.constant([each[end] for each in self._limits], tf.float64) for end in (0, 1))
            position = tf.gather(instants, self._days, axis=1)
            # A comparison with what is missing is false: it stays missing.
            position = tf.where(position < low, low, tf.where(position > high, high, position))
            parts.append((position - low) / DAY)
        if self._pairs:
            first, second = (
                tf.gather(instants, [each[end] for each in self._pairs], axis=1) for end in (0, 1)
            )
            parts.append((second - first) / DAY)
        return tf.cast(tf.concat(parts, axis=1), tf.float32)

    def category_ids(self, inputs: Mapping[str, tf.Tensor]) -> tf.Tensor | None:
        """Give months, weekdays, hours and hours of the week a number from 1 on; 0 is missing."""
        if not self._named:
            return None
        dates = tf.stack([inputs[name] for name in self.names], axis=1)
        phases = tf.gather(self._phases(dates), [index for index, _ in self._named], axis=1)
        sizes = tf.constant([size for _, size in self._named], tf.float64)
        # Twelfths and sevenths are rounded up a little, lest they fall short of the whole number.
        ids = tf.minimum(1 + tf.floor(phases * sizes + 1e-9), sizes)
        ids = tf.where(tf.math.is_nan(phases), 0, tf.cast(ids, tf.int32))
        weeks = [tf.maximum(24 * (ids[:, day] - 1) + ids[:, hour], 0) for day, hour in self._weeks]
        return tf.concat([ids, *(week[:, None] for week in weeks)], axis=1)

    def _phases(self, dates: tf.Tensor) -> tf.Tensor:
        return tf.reshape(dates[:, :, 2:], (-1, 4 * len(self.names)))

    def state(self) -> Any:
        """Return the reach of the training rows and the pairs."""
        return {
            "limits": [list(each) for each in self._limits],
            "pairs": [list(each) for each in self._pairs],
        }

    def restore(self, state: Any) -> None:
        """Take them over."""
        self._limits = tuple((low, high) for low, high in state["limits"])
        self._pairs = tuple((first, second) for first, second in state["pairs"])


class Date(ColumnKind):
    """A date, a time of day or both, as text or as a number that counts from a day; see `ParsedDates`."""

    name = "date"
    values = ("string",)
    option = "--dates"
    names_shoppers = False
    binning = Binning(
        lambda values: _measured(values),
        written=lambda edge: (
            f"{pd.Timestamp(edge, unit='s'):{'%H:%M' if 0 <= edge < DAY else '%Y-%m-%d %H:%M'}}"
        ),
    )

    def claims(self, profile: ColumnProfile) -> bool:
        """Claim columns in which nearly all cells are dates, or are said to be."""
        return bool(profile.dates or profile.date_reading)

    def column(self, profile: ColumnProfile) -> Column:
        """Describe it: how the dates are written, and which cells are none.

        Raises:
            InputError: If there is more than one way of reading them, or none.
        """
        reading = profile.date_reading
        if reading is None or reading.unclear:
            declared = ", ".join(each for each in DECLARED if each != "day-first")
            option = f"--dates {profile.name}=day-first (or {declared})"
            cell = profile.texts.iloc[0] if len(profile.texts) else ""
            raise InputError(
                reading.unclear if reading else f"found {cell!r} where a date belongs",
                expected="dates that are written in one way",
                remedy=f"say it with {option}, or leave the column out with --drop {profile.name}",
                file=profile.file,
                column=profile.name,
            )
        written = replace(reading.written, is_now=profile.is_now)
        return Column(profile.name, self.name, "string", written=written, missing=reading.odd)

    def read(self, values: pd.Series, column: Column, *, file: object = None) -> pd.Series:
        """Write dates as in ISO 8601, which the graph reads whatever the column's own format."""
        if pd.api.types.is_datetime64_any_dtype(values):
            return values
        dates = ParsedDates(*_format(column).reading)(column_tensor(values, column, file=file)).numpy()
        clocks, present = dates[:, 0], np.isfinite(dates[:, 0])
        whole = np.where(present, np.round(clocks * 1e6), 0).astype("datetime64[us]")
        texts = np.where(present, np.datetime_as_string(whole), "").astype(object)
        if _format(column).offset:
            minutes = np.where(present, clocks - dates[:, 1], 0) // 60
            texts += [
                f"{'-' if each < 0 else '+'}{abs(each) // 60:02.0f}:{abs(each) % 60:02.0f}"
                for each in minutes
            ]
            texts = np.where(present, texts, "")
        return pd.Series(texts, values.index, dtype=object, name=values.name)

    def encoder(self, columns: Sequence[Column], options: EncodingOptions) -> DateEncoder:
        """Encode dates by calendar, position and differences."""
        return DateEncoder(columns, name="dates")

    def sample(self, column: Column, encoder: ColumnEncoder, row: int, typical: Typical) -> str:
        """Take a typical day of the training rows, in the morning."""
        assert isinstance(encoder, DateEncoder)
        written, index, morning = _format(column), encoder.names.index(column.name), 9 * 3600.0
        if not written.has_year:
            return written.write(DAY * 200 + morning + 3600 * row)
        low = encoder._limits[encoder._days.index(index)][0]
        days = typical(f"position of {column.name} in days", row)
        return written.write((low + DAY * days) // DAY * DAY + morning * ("hour" in written.parts))


def instants(values: pd.Series, column: Column, *, file: object = None) -> np.ndarray:
    """Read the dates of a column as seconds since 1970-01-01T00:00 UTC, float64 ``(rows,)``; NaN missing."""
    return ParsedDates(*_format(column).reading)(column_tensor(values, column, file=file)).numpy()[:, 1]


def _format(column: Column) -> DateFormat:
    return column.written if isinstance(column.written, DateFormat) else DateFormat()


def _measured(values: pd.Series) -> np.ndarray:
    """Measure dates in seconds since 1970, as `Date.read` writes them."""
    times = pd.to_datetime(values, format="ISO8601", errors="coerce", utc=True)
    return np.asarray((times - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(seconds=1), np.float64)


def _distance(apart: np.ndarray) -> float:
    apart = np.abs(apart[np.isfinite(apart)])
    return float(np.median(apart)) if len(apart) else np.inf
