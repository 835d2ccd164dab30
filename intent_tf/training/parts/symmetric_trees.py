"""Symmetric trees, grown by CatBoost."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from intent_tf.errors import require
from intent_tf.training.parts.boosting import LEARNING_RATE, PATIENCE, ROUNDS, Grower, Stopped, TreeTable
from intent_tf.training.parts.part_rows import MOST_CATEGORIES
from intent_tf.trees import FittedTrees, from_catboost


class SymmetricTrees(Grower):
    """Trees that ask the same question on each level: the best where categories act only together.

    References:
        - Prokhorenkova et al. (2018), CatBoost: Unbiased Boosting with Categorical Features.
    """

    name = "trees"
    most_categories = MOST_CATEGORIES
    sizes = (6, 8)  # depths

    def grow(self, size: int, table: TreeTable, left: TreeTable, seed: int) -> Stopped:
        """Grow trees until they no longer get better on the rows left out."""
        model, asked = _model(size, ROUNDS, seed, len(table.columns), PATIENCE), _pool(left)
        model.fit(_pool(table), eval_set=asked)
        loss = model.get_best_score()["validation"]["Logloss"]
        logits = model.predict(asked, prediction_type="RawFormulaVal")
        return Stopped(loss, model.get_best_iteration() + 1, logits)

    def regrow(self, size: int, rounds: int, table: TreeTable, seed: int) -> tuple[FittedTrees, Any]:
        """Grow a number of trees."""
        model, pool = _model(size, rounds, seed, len(table.columns)), _pool(table)
        model.fit(pool)
        return from_catboost(model, pool), model

    def writer(self, models: Sequence[Any]) -> Callable[[Path], object]:
        """Return what writes ``trees.cbm``."""
        mean = require("catboost", "trees").sum_models(list(models), [1 / len(models)] * len(models))
        return lambda folder: mean.save_model(str(folder / "trees.cbm"))


def _pool(table: TreeTable) -> Any:
    frame, labels = pd.DataFrame(table.columns), table.labels
    ids = list(frame.columns[len(frame.columns) - table.ids :])
    frame = frame.astype(dict.fromkeys(ids, int))
    return require("catboost", "trees").Pool(frame, labels.label, weight=labels.weight, cat_features=ids)


def _model(depth: int, rounds: int, seed: int, rows: int, patience: int | None = None) -> Any:
    return require("catboost", "trees").CatBoostClassifier(
        iterations=rounds,
        learning_rate=LEARNING_RATE,
        depth=depth,
        one_hot_max_size=MOST_CATEGORIES,
        early_stopping_rounds=patience,
        random_seed=seed,
        # On few rows threads wait for each other longer than they work.
        thread_count=1 if rows < 20_000 else -1,
        verbose=False,
        allow_writing_files=False,
    )
