"""How well rows are predicted by an id that repeats: beside other rows of its values, and of new ones."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from intent_tf.columns.column_bins import ColumnBins, binning_of
from intent_tf.data.folds import Folds, stratified_folds
from intent_tf.data.predictions import FloatArray, IntArray, Labels

#: Rows that tell enough, and rows of a class below which nothing is told.
_ROWS, _FEWEST = 15_000, 50
#: Folds; bins of a column; and rows of the mean rate that are added to those of each value.
_FOLDS, _BINS, _MEAN_ROWS = 3, 20, 5.0


def judge_by_groups(
    frame: pd.DataFrame, column: str, kinds: Mapping[str, str], labels: Labels, seed: int = 0
) -> tuple[float, float] | None:
    """Compare a split that parts the rows of a value with one that keeps them together.

    On both, boosted trees learn from the columns and from the label's rate among other rows of the value.

    Args:
        frame: Training rows.
        column: The column whose values repeat.
        kinds: The other columns, and their kinds.
        labels: Labels and weights of the rows.
        seed: Seed of sample and folds.

    Returns:
        The AUROC where the values of the held-out rows are known, and where they are new; None with less than
        50 rows of a class.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> frame = pd.DataFrame({"user": rng.integers(300, size=3000), "price": rng.random(3000)})
        >>> labels = Labels.unweighted(frame["user"] % 2)
        >>> known, new = judge_by_groups(frame, "user", {"price": "number"}, labels)
        >>> known > 0.99, abs(new - 0.5) < 0.1
        (True, True)
    """
    codes, values = frame[column].astype(str).factorize()
    sizes = np.bincount(codes)
    order = np.random.default_rng(seed).permutation(len(values))
    taken = order[: max(2, int(np.searchsorted(np.cumsum(sizes[order]), _ROWS)))]
    rows = np.flatnonzero(np.isin(codes, taken))
    frame, labels, codes = frame.iloc[rows], labels.take(rows), np.unique(codes[rows], return_inverse=True)[1]
    if min(labels.effective_sizes) < _FEWEST:
        return None
    bins = [
        ColumnBins(frame[name], labels.weight, binning_of(kind), _BINS)(frame[name])
        for name, kind in kinds.items()
    ]
    table = np.column_stack([*bins, np.zeros(len(frame), np.int64)])
    parted, kept = (stratified_folds(labels.label, _FOLDS, seed, groups) for groups in (None, codes))
    return _auroc(table, codes, labels, parted), _auroc(table, codes, labels, kept)


def _auroc(table: IntArray, codes: IntArray, labels: Labels, folds: Folds) -> float:
    scores, rate = np.empty(len(labels)), np.empty(len(labels))
    for fit, held_out in folds:
        rate[held_out] = _rates(codes, labels, fit)[held_out]
        for others, own in stratified_folds(labels.label[fit], _FOLDS, 0):  # no row learns by its own label
            rate[fit[own]] = _rates(codes, labels, fit[others])[fit[own]]
        columns = np.column_stack([table, rate])
        trees = HistGradientBoostingClassifier(max_iter=60, min_samples_leaf=30, random_state=0)
        with threadpool_limits(1):  # so few rows need no threads, which a busy machine keeps waiting
            trees.fit(columns[fit], labels.label[fit], labels.weight[fit])
            scores[held_out] = trees.predict_proba(columns[held_out])[:, 1]
    return float(roc_auc_score(labels.label, scores, sample_weight=labels.weight))


def _rates(codes: IntArray, labels: Labels, learnt: IntArray) -> FloatArray:
    """Take the label's rate among the learnt rows of each row's value, ``(rows,)``."""
    part, values = labels.take(learnt), codes.max() + 1
    rows, positives = (
        np.bincount(codes[learnt], weight, minlength=values)
        for weight in (part.effective_weight, part.effective_weight * part.label)
    )
    return ((positives + _MEAN_ROWS * part.rate) / (rows + _MEAN_ROWS))[codes]
