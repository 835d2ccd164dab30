"""Finds categories that act only together."""

from collections.abc import Sequence
from itertools import combinations
from math import prod

import numpy as np
from scipy.special import expit

from intent_tf.columns.held_out_logits import held_out_logits
from intent_tf.data.folds import Folds
from intent_tf.data.predictions import FloatArray, Labels, mean_and_error
from intent_tf.models.parts.tree_part import tree_columns
from intent_tf.training.parts.part_rows import PartRows
from intent_tf.training.parts.shrunken_effects import shrunken_effects

#: Rows below which crosses cannot be told from chance, and rows that tell enough.
_FEWEST_ROWS, _ROWS = 1000, 20_000
#: Columns of a cross at most; rows that each of its combinations must have, on average; crosses that are
#: looked at, those of the fewest combinations, and looked at again, the best; and crosses found, at most.
_WIDTH, _ROWS_A_CELL, _MOST, _AGAIN, _MOST_FOUND = 3, 5, 1000, 50, 8
#: What a cross must take off the mean log loss, in nats and in standard errors.
_LEAST_GAIN, _LEAST_ERRORS = 5e-4, 3.0
#: Categories of a column of a cross, as many as scikit-learn's trees can hold.
_MOST_CATEGORIES = 254


def find_crosses(rows: PartRows, seed: int = 0) -> list[tuple[int, ...]]:
    """Find pairs and triples of category columns that tell more together than one by one.

    Where neither of two categories says anything without the other, no split of a tree on one of them pays,
    and a network sees noise. So each cross is judged as a whole: by how well the effects of its combinations,
    learnt on some folds, explain on the others what a sum of functions of one column each leaves over. The
    best one is taken, with no column that does not pay, and the next is looked for in what it leaves over.

    Args:
        rows: Rows; those that the network has not seen are not looked at.
        seed: Seed of sample and folds.

    Returns:
        The places of the columns in each cross, the most useful cross first; none of few rows.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> ids = rng.integers(1, 4, (3000, 3)).astype(np.int32)
        >>> labels = Labels.unweighted(rng.uniform(size=3000) < np.where(ids[:, 0] == ids[:, 2], 0.6, 0.2))
        >>> find_crosses(PartRows({"categories": ids}, labels, np.zeros(3000, bool)))
        [(0, 2)]
    """
    sizes, seen = rows.input_dims, np.flatnonzero(~rows.unseen)
    chosen = np.sort(np.random.default_rng(seed).permutation(seen)[:_ROWS])
    known = [column for column, size in enumerate(sizes) if 1 < size <= _MOST_CATEGORIES]
    candidates = [
        columns
        for width in range(1, _WIDTH + 1)
        for columns in combinations(known, width)
        if prod(sizes[column] for column in columns) * _ROWS_A_CELL <= len(chosen)
    ]
    if len(candidates) < 3 or len(chosen) < _FEWEST_ROWS:
        return []
    candidates = sorted(candidates, key=lambda columns: prod(sizes[column] for column in columns))[:_MOST]
    rows = rows.take(chosen)
    folds = rows.folds(seed, most=len(chosen))
    if not folds or min(rows.labels.effective_sizes) < _FEWEST_ROWS / 20:
        return []
    logits, found = additive_logits(rows, folds, seed), list[tuple[int, ...]]()
    for _ in range(_MOST_FOUND):
        gains = {
            columns: _gains(rows.labels, logits, held_out_step(rows, sizes, columns, logits, folds))
            for columns in candidates
        }
        candidates = sorted(gains, key=lambda columns: -gains[columns].sum())[:_AGAIN]
        best = candidates[0]
        for narrower in (columns for columns in gains if set(columns) < set(best)):
            best = best if _pays(gains[best] - gains[narrower]) else narrower
        if not _pays(gains[best]):
            break
        # What a single column leaves over is taken too, lest a cross be paid for it.
        found += [best] if len(best) > 1 else []
        logits = logits + held_out_step(rows, sizes, best, logits, folds)
    return found


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
    rows: PartRows, sizes: Sequence[int], columns: tuple[int, ...], logits: FloatArray, folds: Folds
) -> FloatArray:
    """Compute the effect of each row's combination by the other folds, ``(rows,)``."""
    own = [sizes[column] for column in columns]
    ids = np.asarray(np.ravel_multi_index(tuple(rows.categories[:, columns].T), own))
    steps = np.zeros(len(rows.labels))
    for fit, left in folds:
        effects = shrunken_effects(ids[fit], prod(own), rows.labels.take(fit), logits[fit])
        steps[left] = effects[ids[left]]
    return steps


def _pays(gains: FloatArray) -> bool:
    gain, error = mean_and_error(gains, np.ones(len(gains)))
    return gain > max(_LEAST_GAIN, _LEAST_ERRORS * error)


def _gains(labels: Labels, logits: FloatArray, step: FloatArray) -> FloatArray:
    """Compute what a step of each row's logit adds to its log likelihood, to second order."""
    p = expit(logits)
    return labels.effective_weight * (step * (labels.label - p) - step**2 * p * (1 - p) / 2)
