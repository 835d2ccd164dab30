"""Any raw column as a few named bins: what slices, leaks and drift look at."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from intent_tf.columns.kinds.binning import Binning, is_missing
from intent_tf.columns.kinds.registry import kind_of
from intent_tf.data.predictions import FloatArray, IntArray

_TIMES = Binning(
    lambda values: np.asarray(
        (pd.to_datetime(values, utc=True) - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(seconds=1), np.float64
    ),
    written=lambda edge: f"{pd.Timestamp(edge, unit='s'):%Y-%m-%d %H:%M}",
)


def binning_of(kind: str) -> Binning:
    """Tell how the values of a kind are put into bins; ``"time"`` is one more, of columns that tell when."""
    return _TIMES if kind == "time" else kind_of(kind).binning


class ColumnBins:
    """Bins of one raw column, learnt on some rows and applied to any.

    Numbers and times are cut at quantiles, texts and sequences at quantiles of their lengths (in
    characters, in events), and of categories the most frequent values are a bin each, the others one
    together. Whatever is missing has a bin of its own.

    Args:
        values: The column on the rows to learn from.
        weight: Weight of each of these rows, not negative, shape `(rows,)`.
        binning: Of the column's kind; see `binning_of`.
        bins: Number of bins, at most, not counting those of missing and other values. Defaults to 10.

    Example:
        >>> bins = ColumnBins(pd.Series([1.0, 2.0, 3.0, 4.0]), np.ones(4), binning_of("number"), bins=2)
        >>> bins.names
        ['up to 2.5', 'above 2.5', '(missing)']
        >>> bins(pd.Series([9.0, 0.0, float("nan")])).tolist()
        [1, 0, 2]
    """

    def __init__(self, values: pd.Series, weight: ArrayLike, binning: Binning, bins: int = 10) -> None:
        weight = np.asarray(weight, np.float64)
        if binning.measure is None:
            sums = pd.Series(weight).groupby(_texts(values), sort=False).sum().drop("", errors="ignore")
            frequent = sums[sums > 0].sort_values(ascending=False, kind="stable")
            cuts = frequent.index[:bins].tolist()
        else:
            numbers = binning.measure(values)
            counts = np.isfinite(numbers) & (weight > 0)
            finite = numbers[counts]
            found = _quantiles(finite, weight[counts], np.linspace(0, 1, bins + 1)[1:-1])
            # A cut at the highest value would leave nothing above it.
            cuts = np.unique(found[found < finite.max(initial=-np.inf)]).tolist()
        self._cut(cuts, binning)

    @classmethod
    def restored(cls, cuts: Sequence[Any], binning: Binning) -> "ColumnBins":
        """Return the bins that others had, by their `cuts`."""
        bins = cls.__new__(cls)
        bins._cut(cuts, binning)
        return bins

    def _cut(self, cuts: Sequence[Any], binning: Binning) -> None:
        #: The values that have a bin, or the numbers between two bins.
        self.cuts, self.binning = list(cuts), binning
        self.names = [*(cuts if binning.measure is None else self._ranges())]
        self.names += ["(missing)"] if binning.measure else ["(other)", "(missing)"]

    def __call__(self, values: pd.Series) -> IntArray:
        """Find the bin of each value, an index into `names`, int64 `(rows,)`."""
        missing = len(self.names) - 1
        if self.binning.measure is None:
            texts = _texts(values)
            index = pd.Index(self.cuts, dtype=object).get_indexer(pd.Index(texts, dtype=object))
            return np.where(texts == "", missing, np.where(index < 0, missing - 1, index)).astype(np.int64)
        numbers = self.binning.measure(values)
        return np.where(np.isnan(numbers), missing, np.searchsorted(self.cuts, numbers)).astype(np.int64)

    def _ranges(self) -> list[str]:
        edges, unit = [self.binning.written(edge) for edge in self.cuts], self.binning.unit
        if not edges:
            return ["any" + unit]
        between = [f"{low} to {high}{unit}" for low, high in pairwise(edges)]
        return [f"up to {edges[0]}{unit}", *between, f"above {edges[-1]}{unit}"]


def is_missing_in(values: pd.Series, binning: Binning) -> NDArray[np.bool_]:
    """Tell which values are in the bin ``(missing)``, bool `(rows,)`."""
    return (_texts(values) == "").to_numpy() if binning.measure is None else np.isnan(binning.measure(values))


def _quantiles(numbers: FloatArray, weight: FloatArray, shares: FloatArray) -> FloatArray:
    """Find quantiles as `np.quantile` does of rows repeated by their weights, the least once."""
    if not numbers.size:
        return numbers
    order = np.argsort(numbers, kind="stable")
    ends = np.cumsum(weight[order] / weight.min())
    place = shares * (ends[-1] - 1)
    low, high = (np.searchsorted(ends, np.floor(place) + step, side="right") for step in (0, 1))
    below, above = (numbers[order][np.minimum(index, len(numbers) - 1)] for index in (low, high))
    return np.asarray(below + (above - below) * (place % 1), np.float64)


def _texts(values: pd.Series) -> pd.Series:
    return pd.Series(["" if is_missing(value) else str(value) for value in values], dtype=object)
