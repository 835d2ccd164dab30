"""What boosted trees say of rows that they were not fitted on."""

from typing import Any

import numpy as np
from scipy.special import logit
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from intent_tf.data.folds import Folds
from intent_tf.data.predictions import FloatArray, Labels


def held_out_logits(
    table: FloatArray, labels: Labels, folds: Folds, seed: int, *, rounds: int = 60, **options: Any
) -> FloatArray:
    """Fit boosted trees on the rows of each fold, and take their logits of the rows left, ``(rows,)``.

    Args:
        table: Numbers, ``(rows, columns)``.
        labels: Labels and weights of the rows.
        folds: Rows to fit on and rows that are left, of each fold. Rows that are left by none have the
            logit of the rate.
        seed: Seed of the trees.
        rounds: Number of the trees. Defaults to 60.
        **options: Further ones of `sklearn.ensemble.HistGradientBoostingClassifier`.
    """
    logits = np.full(len(labels), logit(labels.rate))
    for fit, held_out in folds:
        trees = HistGradientBoostingClassifier(
            max_iter=rounds, early_stopping=False, random_state=seed, **options
        )
        # The library cannot bin a column without a number, of which nothing is asked anyhow.
        columns = np.where(np.isnan(table[fit]).all(axis=0), 0, table)
        with threadpool_limits(1):  # so few rows need no threads, which a busy machine keeps waiting
            trees.fit(columns[fit], labels.label[fit], labels.weight[fit])
            logits[held_out] = trees.decision_function(columns[held_out])
    return logits
