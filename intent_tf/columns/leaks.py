"""Columns that alone nearly decide the label: too good to be known before the purchase."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from intent_tf.columns.column_bins import ColumnBins, binning_of
from intent_tf.columns.kinds.binning import Binning
from intent_tf.data.folds import Folds, stratified_folds
from intent_tf.data.predictions import FloatArray, Labels, Predictions
from intent_tf.errors import InputError

LIMIT = 0.8
"""AUROC from which on a single column is named. `PageValues` of UCI's online shoppers, which is computed from
transactions, has 0.86, and the best leakage-free column beside it 0.70."""


@dataclass(frozen=True)
class Leak:
    """A column that alone nearly decides the label, with its kind and the AUROC in [0.5, 1] that it has."""

    column: str
    kind: str
    auroc: float


def find_leaks(
    frame: pd.DataFrame,
    labels: Labels,
    kinds: Mapping[str, str],
    limit: float = LIMIT,
    seed: int = 0,
) -> list[Leak]:
    """Name the columns whose AUROC alone exceeds a limit.

    Each column is cut into bins (see `ColumnBins`: 50 for numbers, times and lengths; the 1000 most
    frequent values of categories and of whole texts), and a row is scored by the share of positives in its
    bin among the *other* four fifths of the rows. So a column counts whether the label rises with it,
    falls, or does neither, whether its missing values tell, and a column that only tells rows apart, such
    as an id, scores by chance.

    Args:
        frame: Train rows with the raw columns.
        labels: Labels and weights.
        kinds: The columns to look at, and their kinds.
        limit: AUROC in [0.5, 1] from which on a column is named. Defaults to 0.8.
        seed: Seed of the fifths. Defaults to 0.

    Returns:
        The columns found, the one of the highest AUROC first.

    Raises:
        InputError: If the labels do not match the rows, or have less than 5 rows of a class.

    Example:
        >>> frame = pd.DataFrame({"paid": [0.0] * 50 + [9.9] * 50, "day": [1.0, 2.0] * 50})
        >>> labels = Labels.unweighted([0] * 50 + [1] * 50)
        >>> find_leaks(frame, labels, {"paid": "number", "day": "number"})
        [Leak(column='paid', kind='number', auroc=1.0)]
    """
    label, weight = Predictions.of(labels, np.zeros(len(frame))).label, labels.weight
    if min(labels.effective_sizes) < 5:
        raise InputError(
            f"{label.sum()} of {len(label)} labels are 1",
            expected="at least 5 rows of each class (of rows of different weight the effective number)",
        )
    folds = stratified_folds(label, 5, seed)
    leaks = []
    for column, kind in kinds.items():
        scores = _scores(frame[column], kind, labels, folds)
        leaks.append(Leak(column, kind, float(roc_auc_score(label, scores, sample_weight=weight))))
    return sorted((leak for leak in leaks if leak.auroc >= limit), key=lambda leak: -leak.auroc)


def _scores(values: pd.Series, kind: str, labels: Labels, folds: Folds) -> FloatArray:
    """Score rows by the share of positives in their bin among the rows of the other folds."""
    binning, weight = binning_of(kind), labels.weight
    binned = (Binning(), 1000) if binning.whole else (binning, 50)
    bins = ColumnBins(values, weight, *binned)
    index, scores = bins(values), np.empty(len(values))
    for learnt, held_out in folds:
        part = labels.take(learnt)
        counts = part.effective_weight
        rows = np.bincount(index[learnt], counts, minlength=len(bins.names))
        positives = np.bincount(index[learnt], counts * part.label, minlength=len(bins.names))
        # A row of the mean rate is added: a bin without rows has that rate.
        scores[held_out] = ((positives + part.rate) / (rows + 1))[index[held_out]]
    return scores
