"""Columns whose values differ between the rows learnt from and the rows evaluated on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import chi2

from intent_tf.columns.column_bins import ColumnBins, binning_of
from intent_tf.data.predictions import FloatArray, effective_size

SHIFTED, MODERATE = 0.25, 0.1
"""From which index on a column counts as shifted, and as drifting moderately (credit scoring's rule of
thumb)."""


@dataclass(frozen=True)
class ColumnDrift:
    """The population stability index of a column, and what it says."""

    column: str
    psi: float
    level: Literal["stable", "moderate", "shifted"]


@dataclass(frozen=True)
class ColumnReference:
    """How the values of a column were spread over a few bins, in the rows that others are compared with.

    Args:
        column: Its name.
        kind: Its kind.
        cuts: What parts the bins; see `ColumnBins.cuts`.
        shares: Share of the rows in each bin, by weight.
        rows: Effective number of rows.
    """

    column: str
    kind: str
    cuts: Sequence[Any]
    shares: Sequence[float]
    rows: float

    @classmethod
    def of(cls, values: pd.Series, weight: ArrayLike, kind: str, bins: int = 10) -> "ColumnReference":
        """Learn the bins of a column on some rows, and how these are spread over them."""
        weights = np.asarray(weight, np.float64)
        binned = ColumnBins(values, weights, binning_of(kind), bins)
        shares = _shares(binned, values, weights)
        return cls(str(values.name), kind, binned.cuts, shares.tolist(), effective_size(weights))

    def drift(self, values: pd.Series, weight: ArrayLike) -> ColumnDrift:
        """Compute the population stability index of other rows; see `evaluate_drift`."""
        weights = np.asarray(weight, np.float64)
        others = _shares(ColumnBins.restored(self.cuts, binning_of(self.kind)), values, weights)
        sizes = self.rows, effective_size(weights)
        counts = np.stack([np.asarray(self.shares) * sizes[0], others * sizes[1]])
        counts = counts[:, counts.any(axis=0)]
        p, q = (counts + 0.5) / (counts + 0.5).sum(axis=1, keepdims=True)
        psi = float(((p - q) * np.log(p / q)).sum())
        chance = chi2.ppf(0.99, max(counts.shape[1] - 1, 1)) * (1 / sizes[0] + 1 / sizes[1])
        level: Any = "stable" if psi < max(MODERATE, chance) else "moderate" if psi < SHIFTED else "shifted"
        return ColumnDrift(self.column, psi, level)


def evaluate_drift(
    train: pd.DataFrame,
    train_weight: ArrayLike,
    test: pd.DataFrame,
    test_weight: ArrayLike,
    kinds: Mapping[str, str],
    bins: int = 10,
) -> list[ColumnDrift]:
    """Compute the population stability index of each column between train and test rows.

    `PSI = sum over bins of (p - q) ln(p / q)`, with p and q the shares of train and test rows in the bin
    by weight (half a row is added to every bin, so that an empty one is no infinity). Bins are learnt on the
    train rows, see `ColumnBins`. Chance alone makes PSI grow as `(bins - 1) (1 / train rows + 1 / test rows)`
    (of rows of different weight the effective number): a column is "stable" unless chance would exceed its
    index in less than 1 % of cases.

    Args:
        train: Train rows with the raw columns.
        train_weight: Weight of each train row, not negative.
        test: Test rows with the same columns.
        test_weight: Weight of each test row.
        kinds: The columns to look at, and their kinds.
        bins: Number of bins a column. Defaults to 10.

    Returns:
        The index of each column, the highest first.

    References:
        - Siddiqi (2006), Credit Risk Scorecards, on the index and the levels 0.1 and 0.25.
        - Yurdakul (2018), Statistical Properties of Population Stability Index, on chance.

    Example:
        >>> train = pd.DataFrame({"month": ["May"] * 90 + ["Nov"] * 10})
        >>> test = pd.DataFrame({"month": ["Nov"] * 100})
        >>> evaluate_drift(train, np.ones(100), test, np.ones(100), {"month": "category"})[0].level
        'shifted'
    """
    references = [ColumnReference.of(train[name], train_weight, kind, bins) for name, kind in kinds.items()]
    return drift_from(references, test, test_weight)


def drift_from(
    references: Sequence[ColumnReference], frame: pd.DataFrame, weight: ArrayLike
) -> list[ColumnDrift]:
    """Compute the index of each column against what is known of other rows, the highest first."""
    columns = [each.drift(frame[each.column], weight) for each in references]
    return sorted(columns, key=lambda column: -column.psi)


def _shares(binned: ColumnBins, values: pd.Series, weight: FloatArray) -> FloatArray:
    return np.bincount(binned(values), weight, minlength=len(binned.names)) / weight.sum()
