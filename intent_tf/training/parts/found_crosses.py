"""Finds categories that act only together."""

from itertools import combinations
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from intent_tf.columns.held_out_logits import held_out_logits
from intent_tf.columns.what_pays import pays
from intent_tf.data.folds import Folds
from intent_tf.data.predictions import FloatArray, Labels
from intent_tf.models.parts.category_crosses import CategoryCrosses
from intent_tf.models.parts.tree_part import tree_columns
from intent_tf.training.parts.part_rows import PartRows
from intent_tf.training.parts.shrunken_effects import shrunken_effects

#: Rows below which crosses cannot be told from chance, and rows that tell enough.
_FEWEST_ROWS, _ROWS = 1000, 50_000
#: Columns of a cross at most; rows that each of its combinations must have, on average; crosses that are
#: looked at, those of categories and of few columns first, and looked at again, the best; and found, at most.
_WIDTH, _ROWS_A_CELL, _MOST, _AGAIN, _MOST_FOUND = 3, 5, 400, 50, 8
#: Categories of a column of a cross, as many as scikit-learn's trees can hold; and values of a number that
#: counts as one.
_MOST_CATEGORIES, _FEW_VALUES = 254, 12


def find_crosses(rows: PartRows, seed: int = 0) -> CategoryCrosses:
    """Find pairs and triples of category columns that tell more together than one by one.

    Numbers of few values, such as flags, are looked at, too.

    Where neither of two categories says anything without the other, no split of a tree on one of them pays,
    and a network sees noise. So each cross is judged as a whole: by how well the effects of its combinations,
    learnt on some folds, explain on the others what a sum of functions of one column each leaves over. The
    best one is taken, with no column that does not pay, and the next is looked for in what it leaves over.

    Args:
        rows: Rows; those that the network has not seen are not looked at.
        seed: Seed of sample and folds.

    Returns:
        The crosses, the most useful first; none of few rows, or where nobody says which rows belong together
        and the split was not random: folds would part them.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> ids = rng.integers(1, 4, (3000, 3)).astype(np.int32)
        >>> labels = Labels.unweighted(rng.uniform(size=3000) < np.where(ids[:, 0] == ids[:, 2], 0.6, 0.2))
        >>> find_crosses(PartRows({"categories": ids}, labels, np.zeros(3000, bool))).crosses
        ((0, 2),)
    """
    dims, seen = rows.input_dims, np.flatnonzero(~rows.unseen)
    chosen = np.sort(np.random.default_rng(seed).permutation(seen)[:_ROWS])
    if len(chosen) < _FEWEST_ROWS or not (rows.is_random or rows.groups is not None):
        return CategoryCrosses(dims)
    rows = rows.take(chosen)
    columns = CategoryCrosses(dims, cuts=_cuts(rows))
    candidates = _candidates(columns, len(chosen))
    folds = rows.folds(seed)
    enough = bool(folds) and min(rows.labels.effective_sizes) >= _FEWEST_ROWS / 20
    if not enough or all(len(cross) == 1 for cross in candidates):
        return CategoryCrosses(dims)
    sizes, ids = columns.column_sizes, np.asarray(columns.column_ids(rows.features))
    logits, found = additive_logits(rows, folds, seed), list[tuple[int, ...]]()
    alike = np.ones(len(chosen))  # a row's weight is in its gain

    def step(cross: tuple[int, ...]) -> FloatArray:
        own = [sizes[column] for column in cross]
        together = np.asarray(np.ravel_multi_index(tuple(ids[:, cross].T), own))
        return held_out_step(together, prod(own), rows.labels, logits, folds)

    for _ in range(_MOST_FOUND):
        gains = {cross: _gains(rows.labels, logits, step(cross)) for cross in candidates}
        candidates = sorted(gains, key=lambda cross: -gains[cross].sum())[:_AGAIN]
        best = candidates[0]
        for narrower in (cross for cross in gains if set(cross) < set(best)):
            best = best if pays(gains[best] - gains[narrower], alike) else narrower
        if not pays(gains[best], alike):
            break
        # What a single column leaves over is taken too, lest a cross be paid for it.
        found += [best] if len(best) > 1 else []
        logits = logits + step(best)
    return CategoryCrosses(dims, found, columns.cuts)


def _cuts(rows: PartRows) -> list[tuple[int, tuple[float, ...]]]:
    """Cut numbers of few values between these."""
    cuts = []
    if "numbers" in rows.features:
        columns = zip(rows.features["numbers"].T, rows.features["missing"].T, strict=True)
        for column, (numbers, missing) in enumerate(columns):
            known = numbers[missing == 0]
            few = len(np.unique(known[:_FEWEST_ROWS])) <= _FEW_VALUES
            values = np.unique(known) if few else known
            if 2 <= len(values) <= _FEW_VALUES:
                cuts.append((column, tuple(((values[1:] + values[:-1]) / 2).tolist())))
    return cuts


def _candidates(columns: CategoryCrosses, rows: int) -> list[tuple[int, ...]]:
    """List crosses with enough rows a combination, those of categories and of few columns first."""
    sizes, categories = columns.column_sizes, len(columns.input_dims)
    known = [column for column, size in enumerate(sizes) if 1 < size <= _MOST_CATEGORIES]
    every = (cross for width in range(1, _WIDTH + 1) for cross in combinations(known, width))
    kept = [cross for cross in every if prod(sizes[column] for column in cross) * _ROWS_A_CELL <= rows]
    flags = {cross: sum(column >= categories for column in cross) for cross in kept}
    return sorted(kept, key=lambda cross: (len(cross) > 1, flags[cross], len(cross)))[:_MOST]


def additive_logits(rows: PartRows, folds: Folds, seed: int) -> FloatArray:
    """Fit a sum of functions of one column each, and take its logits of rows that it has not seen."""
    few = [min(size, _MOST_CATEGORIES) for size in rows.input_dims]
    columns = tree_columns(rows.features, few)
    table = np.concatenate(columns, axis=1)
    categories = list(range(table.shape[1] - len(few), table.shape[1]))
    return held_out_logits(
        table,
        rows.labels,
        folds,
        seed,
        rounds=150,
        interaction_cst="no_interactions",
        categorical_features=categories,
        max_leaf_nodes=15,
        min_samples_leaf=30,
    )


def held_out_step(
    ids: NDArray[Any], size: int, labels: Labels, logits: FloatArray, folds: Folds
) -> FloatArray:
    """Compute the effect of each row's combination by the other folds, ``(rows,)``."""
    steps = np.zeros(len(labels))
    for fit, left in folds:
        steps[left] = shrunken_effects(ids[fit], size, labels.take(fit), logits[fit])[ids[left]]
    return steps


def _gains(labels: Labels, logits: FloatArray, step: FloatArray) -> FloatArray:
    """Compute what a step of each row's logit adds to its log likelihood, to second order."""
    p = expit(logits)
    return labels.effective_weight * (step * (labels.label - p) - step**2 * p * (1 - p) / 2)
