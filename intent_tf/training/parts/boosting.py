"""The trees of a model: symmetric ones, grown by CatBoost."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from intent_tf.data.predictions import FloatArray
from intent_tf.errors import require
from intent_tf.layers.trees.tree_ensemble import TreeEnsemble
from intent_tf.models.parts.tree_part import TreePart, tree_columns
from intent_tf.training.parts.category_effects import CategoryEffects
from intent_tf.training.parts.part_rows import MOST_CATEGORIES, PartRows
from intent_tf.trees import FittedTrees, from_catboost

#: Trees at most, and trees without a better log loss after which a fold adds no more.
_ROUNDS, _PATIENCE = 2000, 50
#: The trees' depths, of which the folds choose.
_DEPTHS = (6, 8)
#: Final fits, whose mean is served, and their trees for each tree that a fold found best: they see more rows.
_FITS, _MORE_TREES = 2, 1.15


def fit_trees(rows: PartRows, seed: int = 0) -> tuple[TreePart, FloatArray]:
    """Grow trees on training rows.

    A category is asked for by its name (one-hot), not by statistics of its labels, which measured worse on
    tables whose categories act together; but of a column with more than 1,000 categories, by its cross-fitted
    effect (see `CategoryEffects`). How many trees, and how deep, is chosen by folds of the rows.

    Args:
        rows: Training rows, with numbers or categories.
        seed: Seed of folds and trees.

    Returns:
        The part, fitted on all rows, which writes ``trees.cbm`` of its columns; and the logits ``(rows,)`` of
        trees of folds that had not seen the row, NaN for rows of no fold.

    References:
        - Prokhorenkova et al. (2018), CatBoost: Unbiased Boosting with Categorical Features.
    """
    effects, folds = CategoryEffects.of(rows, seed), rows.folds(seed)
    every = np.arange(len(rows.labels))
    logits, rounds = np.full(len(every), np.nan), []
    depths: Sequence[int] = _DEPTHS
    for fit, held_out in folds:
        table = _table(rows, effects.columns(fit, seed))
        # The first fold chooses the depth for all.
        models = {depth: _model(depth, _ROUNDS, seed, len(table)) for depth in depths}
        for model in models.values():
            model.fit(_pool(table, rows, fit), eval_set=_pool(table, rows, held_out))
        best = min(models, key=lambda depth: models[depth].get_best_score()["validation"]["Logloss"])
        depths = (best,)
        logits[held_out] = models[best].predict(table.iloc[held_out], prediction_type="RawFormulaVal")
        rounds.append(models[best].get_best_iteration() + 1)
    refits, fits = [], []
    pool = _pool(_table(rows, effects.columns(every, seed)), rows, every)
    for number in range(_FITS):
        model = _model(best, max(1, round(_MORE_TREES * np.mean(rounds))), seed + number, len(every), None)
        model.fit(pool)
        refits.append(model)
        fits.append(from_catboost(model, pool))
    ensemble = TreeEnsemble(FittedTrees.mean(fits), name="trees")
    part = TreePart(ensemble, rows.input_dims, rows.effect_columns, name="trees")
    part.build()
    part.assign([effects.table(column, every) for column in range(effects.ids.shape[1])])
    mean = require("catboost", "trees").sum_models(refits, [1 / _FITS] * _FITS)
    part.write_own_format = lambda folder: mean.save_model(str(folder / "trees.cbm"))
    return part, logits


def _table(rows: PartRows, effects: FloatArray) -> pd.DataFrame:
    """Take what the part itself will split, as CatBoost wants it: ids are integers."""
    columns = tree_columns(rows.features, rows.input_dims, rows.effect_columns, effects)
    table, ids = pd.DataFrame(np.concatenate(columns, axis=1)), len(rows.input_dims) - effects.shape[1]
    return table.astype(dict.fromkeys(table.columns[len(table.columns) - ids :], int))


def _pool(table: pd.DataFrame, rows: PartRows, chosen: Any) -> Any:
    labels = rows.labels.take(chosen)
    categories = list(table.select_dtypes(int))
    return require("catboost", "trees").Pool(
        table.iloc[chosen], labels.label, weight=labels.weight, cat_features=categories
    )


def _model(depth: int, rounds: int, seed: int, size: int, patience: int | None = _PATIENCE) -> Any:
    return require("catboost", "trees").CatBoostClassifier(
        iterations=rounds,
        learning_rate=0.05,
        depth=depth,
        one_hot_max_size=MOST_CATEGORIES,
        early_stopping_rounds=patience,
        random_seed=seed,
        # On few rows threads wait for each other longer than they work.
        thread_count=1 if size < 20_000 else -1,
        verbose=False,
        allow_writing_files=False,
    )
