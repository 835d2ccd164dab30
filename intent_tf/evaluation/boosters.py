"""Gradient boosting as practitioners use it: LightGBM, CatBoost and XGBoost on the columns of a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from intent_tf.data.predictions import FloatArray, Labels
from intent_tf.errors import require
from intent_tf.evaluation.baseline_table import BaselineTable

#: Trees at most, and trees without a better validation log loss after which no more are added.
ROUNDS, PATIENCE = 3000, 100
#: No settings but the usual ones.
_USUAL: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Booster:
    """A fitted booster; predicts as `intent_tf.evaluation.baselines.Baseline` says.

    Args:
        model: With scikit-learn's interface.
        sizes: Codes of each category, or None where the model takes categories as integers.
        rounds: Trees that it has.
        validation: Probabilities of the validation rows by as many trees that have learnt from train rows
            only, shape `(rows,)`.
    """

    model: Any
    sizes: Sequence[int] | None
    rounds: int
    validation: FloatArray

    def predict(self, table: BaselineTable) -> FloatArray:
        """Predict the probability of each row, shape `(rows,)`."""
        return _probability(self.model, _columns(table, self.sizes))


def fit_booster(
    kind: str,
    train: BaselineTable,
    labels: Labels,
    validation: BaselineTable,
    validation_labels: Labels,
    *,
    threads: int = 2,
    seed: int = 0,
    settings: Mapping[str, Any] = _USUAL,
) -> Booster:
    """Fit a booster with as many trees as validation rows ask for, then again on all rows.

    The number of trees is that of the lowest validation log loss; with it the booster is fitted anew on
    train *and* validation rows, so that it learns from every row that is not tested.

    Args:
        kind: ``"lightgbm"``, ``"catboost"`` or ``"xgboost"``.
        train: Numbers and categories; texts are not read.
        labels: Labels and weights of the train rows.
        validation: The validation rows.
        validation_labels: Labels and weights of the validation rows.
        threads: Number of threads. Defaults to 2.
        seed: Seed of samples of rows and columns. Defaults to 0.
        settings: Arguments of the library's classifier in place of the usual ones. Defaults to none.

    Raises:
        MissingExtraError: If the package is not installed.
    """
    first = stop_early(
        kind, train, labels, validation, validation_labels, threads=threads, seed=seed, settings=settings
    )
    tables = [_columns(table, first.sizes) for table in (train, validation)]
    model = _model(kind, first.rounds, threads, seed).set_params(**settings)
    options = {"cat_features": _indices(train)} if kind == "catboost" else {}
    both = labels.joined(validation_labels)
    model.fit(pd.concat(tables), both.label, sample_weight=both.weight, **options)
    return replace(first, model=model)


def stop_early(
    kind: str,
    train: BaselineTable,
    labels: Labels,
    validation: BaselineTable,
    validation_labels: Labels,
    *,
    threads: int = 2,
    seed: int = 0,
    settings: Mapping[str, Any] = _USUAL,
) -> Booster:
    """Fit a booster on train rows alone, with as many trees as validation rows ask for; see `fit_booster`."""
    codes = np.concatenate([train.categories, validation.categories])
    sizes = None if kind == "catboost" else [int(column.max()) + 1 for column in codes.T]
    tables = [_columns(table, sizes) for table in (train, validation)]
    model, options = _stopped_early(kind, tables[1], validation_labels, _indices(train), threads, seed)
    model.set_params(**settings)
    model.fit(tables[0], labels.label, sample_weight=labels.weight, **options)
    return Booster(model, sizes, _best_rounds(kind, model), _probability(model, tables[1]))


def _indices(table: BaselineTable) -> list[int]:
    numbers = table.numbers.shape[1]
    return list(range(numbers, numbers + table.categories.shape[1]))


def _probability(model: Any, table: pd.DataFrame) -> FloatArray:
    return np.asarray(model.predict_proba(table)[:, 1], np.float64)


def _columns(table: BaselineTable, sizes: Sequence[int] | None) -> pd.DataFrame:
    """Name the numbers and categories plainly, since some boosters take no other names.

    With sizes, categories get a type that holds their codes, the same for every table; others are missing.
    """
    numbers, width = table.numbers.shape[1], table.numbers.shape[1] + table.categories.shape[1]
    frame = table.frame().iloc[:, :width].set_axis([f"column_{i}" for i in range(width)], axis=1)
    kinds = {
        f"column_{numbers + i}": pd.CategoricalDtype(list(range(size))) for i, size in enumerate(sizes or ())
    }
    return frame.astype(kinds)


def _model(kind: str, rounds: int, threads: int, seed: int, patience: int | None = None) -> Any:
    package: Any = require(kind, "compare")
    if kind == "lightgbm":
        return package.LGBMClassifier(
            n_estimators=rounds,
            learning_rate=0.03,
            num_leaves=15,
            min_child_samples=30,
            subsample=0.8,
            subsample_freq=1,
            colsample_bytree=0.5,
            n_jobs=threads,
            random_state=seed,
            verbose=-1,
        )
    if kind == "catboost":
        return package.CatBoostClassifier(
            iterations=rounds,
            learning_rate=0.04,
            depth=6,
            thread_count=threads,
            random_seed=seed,
            early_stopping_rounds=patience,
            verbose=False,
            allow_writing_files=False,
        )
    return package.XGBClassifier(
        n_estimators=rounds,
        learning_rate=0.03,
        max_depth=5,
        min_child_weight=5,
        subsample=0.8,
        colsample_bytree=0.5,
        tree_method="hist",
        enable_categorical=True,
        n_jobs=threads,
        early_stopping_rounds=patience,
        random_state=seed,
    )


def _stopped_early(
    kind: str,
    table: pd.DataFrame,
    labels: Labels,
    indices: list[int],
    threads: int,
    seed: int,
) -> tuple[Any, dict[str, Any]]:
    """Return a model that stops by validation rows, and the arguments of `fit` that give it these."""
    label, weight = labels.label, labels.weight
    model, package = _model(kind, ROUNDS, threads, seed, PATIENCE), require(kind, "compare")
    if kind == "catboost":
        pool = package.Pool(table, label, weight=weight, cat_features=indices)
        return model, {"eval_set": pool, "cat_features": indices}
    if kind == "xgboost":
        return model, {"eval_set": [(table, label)], "sample_weight_eval_set": [weight], "verbose": False}
    return model, {
        "eval_X": table,
        "eval_y": label,
        "eval_sample_weight": [weight],
        "eval_metric": "binary_logloss",
        "callbacks": [package.early_stopping(PATIENCE, verbose=False)],
    }


def _best_rounds(kind: str, model: Any) -> int:
    if kind == "lightgbm":
        return int(model.best_iteration_)
    return int(model.get_best_iteration() if kind == "catboost" else model.best_iteration) + 1
