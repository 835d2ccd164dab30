"""Any raw column as a few named bins: what slices, leaks and drift look at."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd

from intent_tf.evaluation.metrics import FloatArray, IntArray

ColumnKind = Literal["number", "category", "text", "sequence", "time"]
_LENGTH = {"text": " characters", "sequence": " events"}


class ColumnBins:
    """Bins of one raw column, learnt on some rows and applied to any.

    Numbers and times are cut at quantiles, texts and sequences at quantiles of their lengths (in
    characters, in events), and of categories the most frequent values are a bin each, the others one
    together. Whatever is missing has a bin of its own.

    Args:
        values: The column on the rows to learn from.
        kind: `"number"`, `"category"`, `"text"`, `"sequence"` or `"time"`.
        bins: Number of bins, at most, not counting those of missing and other values. Defaults to 10.

    Example:
        >>> bins = ColumnBins(pd.Series([1.0, 2.0, 3.0, 4.0]), "number", bins=2)
        >>> bins.names
        ['up to 2.5', 'above 2.5', '(missing)']
        >>> bins(pd.Series([9.0, 0.0, float("nan")])).tolist()
        [1, 0, 2]
    """

    def __init__(self, values: pd.Series, kind: ColumnKind, bins: int = 10) -> None:
        self.kind = kind
        if kind == "category":
            present = _texts(values)
            self.values = present[present != ""].value_counts().index[:bins].tolist()
            self.names = [*self.values, "(other)", "(missing)"]
        else:
            numbers = _numbers(values, kind)
            finite = numbers[np.isfinite(numbers)]
            cuts: FloatArray = (
                np.quantile(finite, np.linspace(0, 1, bins + 1)[1:-1]) if finite.size else finite
            )
            # A cut at the highest value would leave nothing above it.
            self.edges = np.unique(cuts[cuts < finite.max(initial=-np.inf)])
            self.names = [*self._ranges(), "(missing)"]

    def __call__(self, values: pd.Series) -> IntArray:
        """Find the bin of each value, an index into `names`, int64 `(rows,)`."""
        missing = len(self.names) - 1
        if self.kind == "category":
            texts = _texts(values)
            index = pd.Index(self.values).get_indexer(pd.Index(texts))
            return np.where(texts == "", missing, np.where(index < 0, missing - 1, index)).astype(np.int64)
        numbers = _numbers(values, self.kind)
        return np.where(np.isnan(numbers), missing, np.searchsorted(self.edges, numbers)).astype(np.int64)

    def _ranges(self) -> list[str]:
        edges, unit = [self._written(edge) for edge in self.edges], _LENGTH.get(self.kind, "")
        if not edges:
            return ["any" + unit]
        between = [f"{low} to {high}{unit}" for low, high in pairwise(edges)]
        return [f"up to {edges[0]}{unit}", *between, f"above {edges[-1]}{unit}"]

    def _written(self, edge: float) -> str:
        if self.kind == "time":
            return f"{pd.Timestamp(edge, unit='s'):%Y-%m-%d %H:%M}"
        return f"{edge:.0f}" if self.kind in _LENGTH else f"{edge:.4g}"


def _numbers(values: pd.Series, kind: ColumnKind) -> FloatArray:
    """Numbers, seconds or lengths; NaN where missing."""
    if kind == "number":
        return np.asarray(pd.to_numeric(values, errors="coerce"), np.float64)
    if kind == "time":
        times = pd.to_datetime(values, utc=True)
        return np.asarray((times - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(seconds=1), np.float64)
    lengths = np.array([0 if _is_missing(value) else len(value) for value in values], np.float64)
    return np.where(lengths == 0, np.nan, lengths)


def _texts(values: pd.Series) -> pd.Series:
    return pd.Series(["" if _is_missing(value) else str(value) for value in values], dtype=object)


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value))
