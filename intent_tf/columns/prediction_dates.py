"""Dates that tell when a prediction is made: rows are split by them, and what is later cannot be known."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from intent_tf.columns.kinds.column_profile import ColumnProfile
from intent_tf.columns.kinds.date import instants
from intent_tf.columns.kinds.registry import kind_of
from intent_tf.data.date_format import DateFormat
from intent_tf.data.facts import Facts
from intent_tf.data.predictions import FloatArray
from intent_tf.data.refuse_where import refuse_where
from intent_tf.data.specification import Column, FeatureSpecification
from intent_tf.layers.calendar import DAY
from intent_tf.options.lists import write_list

#: Share of the rows from which on it is told that a date lies after the prediction time.
_LATER = 0.05


def split_times(
    frame: pd.DataFrame, name: str | None, declared: str, file: object
) -> tuple[Column | None, pd.Series | None]:
    """Read the column to split by, if it holds dates: as which column, and as seconds."""
    if name is None:
        return None, None
    profile = ColumnProfile(name, frame[name], file, dates=declared)
    if not profile.date_reading:
        return None, None
    column = kind_of("date").column(profile)
    times = pd.Series(instants(frame[name], column, file=file), frame.index)
    refuse_where(times.isna(), frame[name].astype(str), expected=f"dates as {column.described}", file=file)
    return column, times


def tell_later_dates(
    facts: Facts, train: pd.DataFrame, specification: FeatureSpecification, time: Column | None
) -> None:
    """Warn of dates that often lie after the prediction time, which `--now` or else `--time` tells."""
    told = [each for each in specification.columns if getattr(each.written, "is_now", False)]
    reference = told[0] if told else time
    if reference is None:
        return
    others = [each for each in specification.columns if each.name != reference.name]
    moments = instants(train[reference.name], reference)
    for name, (share, first) in later_dates(train, others, moments).items():
        facts.warn(
            f"{name!r} lies after {reference.name!r} in {share:.0%} of the rows, such as row "
            f"{train.index[first]} ({train[name].iloc[first]}): unless it is planned and known before, "
            f"--drop {write_list([name])}"
        )


def later_dates(
    frame: pd.DataFrame, columns: Sequence[Column], prediction_time: FloatArray
) -> dict[str, tuple[float, int]]:
    """Tell which dates often lie after the prediction time: what happens later cannot be known.

    Args:
        frame: Train rows with the raw columns.
        columns: The model's columns; those that are no dates are passed over.
        prediction_time: That of each row in seconds since 1970-01-01T00:00 UTC, NaN where unknown, float64
            `(rows,)`. Where all are midnights, they stand for the whole day.

    Returns:
        Of each date column that lies later in more than 5 % of the rows that have both, the share of these
        rows, and the place of the first.
    """
    known = prediction_time[np.isfinite(prediction_time)]
    last = prediction_time + (DAY - 1 if (known % DAY == 0).all() else 0)
    found = {}
    for column in columns:
        if isinstance(column.written, DateFormat) and column.written.has_year:
            dates = instants(frame[column.name], column)
            both, later = np.isfinite(dates) & np.isfinite(last), dates > last
            if later.sum() > _LATER * both.sum():
                found[column.name] = float(later.sum() / both.sum()), int(later.argmax())
    return found
