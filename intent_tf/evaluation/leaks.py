"""Columns that alone nearly decide the label: too good to be known before the purchase."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from intent_tf.errors import InputError
from intent_tf.evaluation.column_bins import ColumnBins, ColumnKind
from intent_tf.evaluation.metrics import FloatArray, IntArray, check_arrays

LIMIT = 0.8
"""AUROC from which on a single column is named. `PageValues` of UCI's online shoppers, which is computed from
transactions, has 0.86, and the best leakage-free column beside it 0.70."""


def find_leaks(
    frame: pd.DataFrame,
    label: ArrayLike,
    kinds: Mapping[str, ColumnKind],
    limit: float = LIMIT,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """Name the columns whose AUROC alone exceeds a limit.

    Each column is cut into bins (see `ColumnBins`: 50 for numbers, times and lengths; the 1000 most
    frequent values of categories and of whole texts), and a row is scored by the share of positives in its
    bin among the *other* four fifths of the rows. So a column counts whether the label rises with it,
    falls, or does neither, whether its missing values tell, and a column that only tells rows apart, such
    as an id, scores by chance.

    Args:
        frame: Train rows with the raw columns.
        label: 0 or 1, shape `(rows,)`.
        kinds: The columns to look at, and their kinds.
        limit: AUROC in [0.5, 1] from which on a column is named. Defaults to 0.8.
        seed: Seed of the fifths. Defaults to 0.

    Returns:
        `{"column": ..., "kind": ..., "auroc": ...}` of each column found, the highest first.

    Raises:
        InputError: If the labels do not match the rows, or have less than 5 rows of a class.

    Example:
        >>> frame = pd.DataFrame({"paid": [0.0] * 50 + [9.9] * 50, "day": [1.0, 2.0] * 50})
        >>> find_leaks(frame, [0] * 50 + [1] * 50, {"paid": "number", "day": "number"})
        [{'column': 'paid', 'kind': 'number', 'auroc': 1.0}]
    """
    label, _, _ = check_arrays(label, np.zeros(len(frame)))
    if min(label.sum(), (1 - label).sum()) < 5:
        raise InputError(
            f"{label.sum()} of {len(label)} labels are 1", expected="at least 5 rows of each class"
        )
    folds = list(StratifiedKFold(5, shuffle=True, random_state=seed).split(label, label))
    aurocs = {
        column: float(roc_auc_score(label, _scores(frame[column], kind, label, folds)))
        for column, kind in kinds.items()
    }
    return [
        {"column": column, "kind": kinds[column], "auroc": auroc}
        for column, auroc in sorted(aurocs.items(), key=lambda item: -item[1])
        if auroc >= limit
    ]


def _scores(
    values: pd.Series, kind: ColumnKind, label: IntArray, folds: list[tuple[IntArray, IntArray]]
) -> FloatArray:
    """Score rows by the share of positives in their bin among the rows of the other folds."""
    whole = kind in ("category", "text")
    bins = ColumnBins(values, "category" if whole else kind, 1000 if whole else 50)
    index, scores = bins(values), np.empty(len(values))
    for learnt, held_out in folds:
        rows = np.bincount(index[learnt], minlength=len(bins.names))
        positives = np.bincount(index[learnt], label[learnt], minlength=len(bins.names))
        # A row of the mean rate is added: a bin without rows has that rate.
        scores[held_out] = ((positives + label[learnt].mean()) / (rows + 1))[index[held_out]]
    return scores
