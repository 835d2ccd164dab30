"""LightGBM as a careful practitioner tunes it: a random search by folds of the training rows."""

from typing import Any

import numpy as np
from scipy import stats
from sklearn.model_selection import ParameterSampler

from intent_tf.data.folds import stratified_folds
from intent_tf.data.predictions import IntArray, Labels
from intent_tf.evaluation.baseline_table import BaselineTable
from intent_tf.evaluation.boosters import stop_early

TRIALS, FOLDS = 30, 3
_SPACE = {
    "num_leaves": stats.randint(4, 64),
    "min_child_samples": stats.randint(5, 150),
    "learning_rate": stats.loguniform(0.01, 0.1),
    "colsample_bytree": stats.uniform(0.3, 0.7),
    "subsample": stats.uniform(0.5, 0.5),
    "reg_lambda": stats.loguniform(1e-3, 100.0),
    "cat_smooth": stats.loguniform(1.0, 100.0),
}


def tune_lightgbm(
    train: BaselineTable,
    labels: Labels,
    groups: IntArray | None = None,
    *,
    threads: int = 2,
    seed: int = 0,
    trials: int = TRIALS,
) -> dict[str, Any]:
    """Search the settings of LightGBM with the lowest log loss on folds of the training rows.

    Args:
        train: Numbers and categories of the training rows.
        labels: Their labels and weights.
        groups: What rows that belong together share, ``(rows,)``. Defaults to None: each stands alone.
        threads: Number of threads. Defaults to 2.
        seed: Seed of trials and folds. Defaults to 0.
        trials: Settings that are tried. Defaults to 30.

    Returns:
        Arguments of `lightgbm.LGBMClassifier`; the number of trees is not among them, since early stopping
        chooses it.

    References:
        - Bergstra & Bengio (2012), Random Search for Hyper-Parameter Optimization.
    """
    folds = stratified_folds(labels.label, FOLDS, seed, groups)

    def loss(settings: dict[str, Any]) -> float:
        total = 0.0
        for fit, held_out in folds:
            rows, theirs = (train.take(chosen) for chosen in (fit, held_out))
            known, asked = labels.take(fit), labels.take(held_out)
            booster = stop_early(
                "lightgbm", rows, known, theirs, asked, threads=threads, seed=seed, settings=settings
            )
            inside = np.clip(booster.validation, 1e-15, 1 - 1e-15)
            each = asked.label * np.log(inside) + (1 - asked.label) * np.log1p(-inside)
            total -= float(asked.weight @ each)
        return total

    return min(ParameterSampler(_SPACE, trials, random_state=seed), key=loss)
