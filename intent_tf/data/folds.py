"""Parts rows into folds, of which each is predicted by what was fitted on the others."""

import numpy as np
from numpy.typing import ArrayLike
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from intent_tf.data.predictions import IntArray

Folds = list[tuple[IntArray, IntArray]]
"""Rows to fit on and rows that are left, of each fold."""


def stratified_folds(label: ArrayLike, folds: int, seed: int, groups: ArrayLike | None = None) -> Folds:
    """Part rows into folds of about the same rate, rows that belong together as a whole.

    Args:
        label: 0 or 1, or a probability, shape `(rows,)`.
        folds: Number of folds, at least 2.
        seed: Seed of the shuffle.
        groups: What rows that belong together share, `(rows,)`. Defaults to None: each stands alone.

    Example:
        >>> folds = stratified_folds([0, 1] * 6, 3, seed=0)
        >>> [(len(fit), len(left)) for fit, left in folds]
        [(8, 4), (8, 4), (8, 4)]
    """
    positive = np.asarray(label) > 0.5
    kind = StratifiedKFold if groups is None else StratifiedGroupKFold
    return list(kind(folds, shuffle=True, random_state=seed).split(positive, positive, groups))
