"""Columns whose values differ between the rows learnt from and the rows evaluated on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chi2

from intent_tf.evaluation.column_bins import ColumnBins, ColumnKind

SHIFTED, MODERATE = 0.25, 0.1
"""From which index on a column counts as shifted, and as drifting moderately (credit scoring's rule of
thumb)."""


def evaluate_drift(
    train: pd.DataFrame, test: pd.DataFrame, kinds: Mapping[str, ColumnKind], bins: int = 10
) -> list[dict[str, Any]]:
    """Compute the population stability index of each column between train and test rows.

    `PSI = sum over bins of (p - q) ln(p / q)`, with p and q the shares of train and test rows in the bin
    (half a row is added to every bin, so that an empty one is no infinity). Bins are learnt on the train
    rows, see `ColumnBins`. Chance alone makes PSI grow as `(bins - 1) (1 / train rows + 1 / test rows)`: a
    column is "stable" unless chance would exceed its index in less than 1 % of cases.

    Args:
        train: Train rows with the raw columns.
        test: Test rows with the same columns.
        kinds: The columns to look at, and their kinds.
        bins: Number of bins a column. Defaults to 10.

    Returns:
        `{"column": ..., "psi": ..., "level": "stable", "moderate" or "shifted"}` of each column, the highest
        index first.

    References:
        - Siddiqi (2006), Credit Risk Scorecards, on the index and the levels 0.1 and 0.25.
        - Yurdakul (2018), Statistical Properties of Population Stability Index, on chance.

    Example:
        >>> train = pd.DataFrame({"month": ["May"] * 90 + ["Nov"] * 10})
        >>> test = pd.DataFrame({"month": ["Nov"] * 100})
        >>> evaluate_drift(train, test, {"month": "category"})[0]["level"]
        'shifted'
    """
    columns = [
        {"column": column, **_psi(train[column], test[column], kind, bins)} for column, kind in kinds.items()
    ]
    return sorted(columns, key=lambda row: -row["psi"])


def _psi(train: pd.Series, test: pd.Series, kind: ColumnKind, bins: int) -> dict[str, Any]:
    binned = ColumnBins(train, kind, bins)
    counts = np.stack([np.bincount(binned(rows), minlength=len(binned.names)) for rows in (train, test)])
    counts = counts[:, counts.any(axis=0)]
    p, q = (counts + 0.5) / (counts + 0.5).sum(axis=1, keepdims=True)
    psi = float(((p - q) * np.log(p / q)).sum())
    chance = chi2.ppf(0.99, max(counts.shape[1] - 1, 1)) * (1 / len(train) + 1 / len(test))
    level = "stable" if psi < max(MODERATE, chance) else "moderate" if psi < SHIFTED else "shifted"
    return {"psi": psi, "level": level}
