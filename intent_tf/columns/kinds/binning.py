"""How the values of a kind are put into a few bins that people can read."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd


@dataclass(frozen=True)
class Binning:
    """Bins of what is measured of each value, or of the values themselves.

    Args:
        measure: Turns a column into float64 ``(rows,)``, NaN where missing, which is cut at quantiles. None:
            the most frequent values are a bin each.
        unit: What is measured, written behind a range, such as ``" characters"``.
        written: Writes a number between two bins.
        whole: Whether equal values tell more than what is measured of them: a copy of the label shows there.
    """

    measure: Callable[[pd.Series], npt.NDArray[np.float64]] | None = None
    unit: str = ""
    written: Callable[[float], str] = "{:.4g}".format
    whole: bool = False


def numbers(values: pd.Series) -> npt.NDArray[np.float64]:
    """Take numbers as they are."""
    return np.asarray(pd.to_numeric(values, errors="coerce"), np.float64)


def lengths(values: pd.Series) -> npt.NDArray[np.float64]:
    """Measure texts in characters and lists in entries; NaN where there are none."""
    found = np.array([0 if is_missing(value) else len(value) for value in values], np.float64)
    return np.where(found == 0, np.nan, found)


def is_missing(value: object) -> bool:
    """Tell whether one value is None or NaN."""
    return value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value))
