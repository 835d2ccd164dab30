"""Parts of the test rows to evaluate a model on by themselves: by category, length, time, missing columns."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from intent_tf.columns.column_bins import ColumnBins, binning_of, is_missing_in
from intent_tf.data.predictions import IntArray, effective_size


def find_slices(
    frame: pd.DataFrame, weight: ArrayLike, kinds: Mapping[str, str], bins: int = 4, least: int = 100
) -> dict[str, IntArray]:
    """Cut rows into slices by each of some columns.

    Categories give a slice for each frequent value, numbers and times one for each range between quantiles,
    texts and sequences one for each range of lengths; missing values give one of their own. See
    `ColumnBins`.

    Args:
        frame: Test rows with the raw columns.
        weight: Weight of each row, not negative, shape `(rows,)`.
        kinds: The columns to slice by, and their kinds.
        bins: Number of slices a column, at most, not counting missing and other values. Defaults to 4.
        least: Slices of fewer rows, which say little, are excluded; of rows of different weight the effective
            number counts. Defaults to 100.

    Returns:
        The rows of each slice, by a title such as `"Month = Nov"` or `"price: 10 to 20"`.

    Example:
        >>> frame = pd.DataFrame({"month": ["May", "Nov", "Nov"]})
        >>> slices = find_slices(frame, np.ones(3), {"month": "category"}, least=1)
        >>> {title: rows.tolist() for title, rows in slices.items()}
        {'month = Nov': [1, 2], 'month = May': [0]}
    """
    slices, weight = {}, np.asarray(weight, np.float64)
    for column, kind in kinds.items():
        binned = ColumnBins(frame[column], weight, binning_of(kind), bins)
        bin_of_row = binned(frame[column])
        for index, name in enumerate(binned.names):
            rows = np.flatnonzero(bin_of_row == index)
            if effective_size(weight[rows]) >= max(least, 1):
                slices[f"{column}{':' if binned.binning.measure else ' ='} {name}"] = rows
    return slices


def missing_slices(
    frame: pd.DataFrame, weight: ArrayLike, kinds: Mapping[str, str], most: int = 4, least: int = 100
) -> dict[str, IntArray]:
    """Cut rows into slices by the number of columns in which they have no value.

    Args:
        frame: Test rows with the raw columns.
        weight: Weight of each row, not negative, shape `(rows,)`.
        kinds: The columns, and their kinds.
        most: Number of missing columns from which on rows are in one slice. Defaults to 4.
        least: As in `find_slices`.

    Returns:
        The rows of each slice by its title; none where all rows lack equally many columns.

    Example:
        >>> frame = pd.DataFrame({"price": [1.0, np.nan, np.nan], "month": ["May", "", "Nov"]})
        >>> slices = missing_slices(frame, np.ones(3), {"price": "number", "month": "category"}, 2, least=1)
        >>> {title: rows.tolist() for title, rows in slices.items()}
        {'missing columns = 0': [0], 'missing columns = 1': [2], 'missing columns = 2 or more': [1]}
    """
    absent = [is_missing_in(frame[column], binning_of(kind)) for column, kind in kinds.items()]
    number = pd.Series(np.minimum(np.sum(absent, axis=0), most)).astype(str)
    titles = {"missing columns": number.replace(str(most), f"{most} or more")}
    slices = find_slices(pd.DataFrame(titles), weight, {"missing columns": "category"}, most + 1, least)
    return dict(sorted(slices.items())) if number.nunique() > 1 else {}
