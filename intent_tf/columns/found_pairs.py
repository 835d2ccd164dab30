"""Ratios and differences of two number columns that tell more than the columns themselves."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import numpy as np
from scipy.special import expit

from intent_tf.columns.held_out_logits import held_out_logits
from intent_tf.columns.what_pays import LEAST_GAIN, pays
from intent_tf.data.folds import Folds, stratified_folds
from intent_tf.data.predictions import FloatArray, Labels

#: Rows below which pairs cannot be told from chance, and rows that tell enough.
_FEWEST_ROWS, _ROWS = 1000, 15_000
#: Pairs that are looked at, those of the nearest scales; and derived columns that are found, at most.
_MOST_PAIRS, _MOST_FOUND = 200, 5
#: Pairs that are tried in turn before no more are looked for.
_TRIED = 2
#: Quantile bins of a derived column.
_BINS = 20
_OPERATIONS = {"-": np.subtract, "/": np.divide}


def find_pairs(columns: Mapping[str, FloatArray], labels: Labels, seed: int = 0) -> dict[str, str]:
    """Find ratios and differences of two columns that trees on the columns themselves miss.

    Trees split along the axes, and so does a network that bends at quantiles: of a price beside its list
    price they see a staircase. Pairs are ordered by how well they explain what a sum of functions of one
    column each leaves over; one is taken if boosted trees that have it as a column predict better, on rows
    that they were not fitted on, than those without. Then the next is looked for.

    Args:
        columns: Number columns of training rows by name, ``(rows,)`` each, NaN where missing.
        labels: Labels and weights of the rows.
        seed: Seed of sample and folds.

    Returns:
        Expressions for `DerivedColumns` by name, the most useful first; none of few rows.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> price, cost = rng.lognormal(3, 1, (2, 4000))
        >>> label = rng.uniform(size=4000) < np.where(np.abs(price / cost - 1) < 0.2, 0.7, 0.2)
        >>> list(find_pairs({"price": price, "cost": cost}, Labels.unweighted(label)))
        ['price / cost']
    """
    rng = np.random.default_rng(seed)
    chosen = np.sort(rng.permutation(np.flatnonzero(labels.weight > 0))[:_ROWS])
    labels = labels.take(chosen)
    names = [name for name in columns if "`" not in name]
    numbers = {name: np.asarray(columns[name], np.float64)[chosen] for name in names}
    pairs = list(_pairs_of_one_scale(numbers))
    if not pairs or len(labels) < _FEWEST_ROWS or min(labels.effective_sizes) < _FEWEST_ROWS / 20:
        return {}
    candidates = {(a, sign, b): _combine(numbers[a], sign, numbers[b]) for a, sign, b in pairs}
    table, found = np.column_stack(list(numbers.values())), dict[str, str]()
    folds = stratified_folds(labels.label, 3, seed)
    losses: FloatArray | None = None
    while len(found) < _MOST_FOUND:
        left = _left_over(table, labels, folds, seed)
        gains = {pair: _gain(values, *left, folds) for pair, values in candidates.items()}
        promising = [pair for pair in gains if gains[pair] > LEAST_GAIN * len(labels)]
        for pair in sorted(promising, key=gains.__getitem__, reverse=True)[:_TRIED]:
            losses = _losses(table, labels, folds, seed) if losses is None else losses
            wider = np.column_stack([table, candidates[pair]])
            with_pair = _losses(wider, labels, folds, seed)
            if pays(losses - with_pair, labels.weight):
                break
        else:
            break
        a, sign, b = pair
        found[f"{a} {sign} {b}"] = f"`{a}` {sign} `{b}`"
        table, losses = wider, with_pair
        candidates = {other: values for other, values in candidates.items() if {other[0], other[2]} != {a, b}}
    return found


def _pairs_of_one_scale(numbers: Mapping[str, FloatArray]) -> Iterator[tuple[str, str, str]]:
    """List pairs of columns that take many values, those of the nearest scales: differences and ratios."""
    scales = {}
    for name, values in numbers.items():
        size = np.abs(values[np.isfinite(values) & (values != 0)])
        if len(np.unique(size[:_FEWEST_ROWS])) > 10:
            scales[name] = np.log(np.median(size))
    apart = {pair: abs(scales[pair[0]] - scales[pair[1]]) for pair in combinations(scales, 2)}
    near = [pair for pair in sorted(apart, key=apart.__getitem__) if apart[pair] < np.log(1000)]
    for a, b in near[: _MOST_PAIRS // 2]:
        yield a, "-", b
        # The other ratio rises where this one falls, and tells no more.
        above, below = sorted((a, b), key=lambda name: -np.count_nonzero(numbers[name] == 0))
        yield above, "/", below


def _combine(a: FloatArray, sign: str, b: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        values = _OPERATIONS[sign](a, b)
    return np.where(np.isfinite(values), values, np.nan)


def _logits(table: FloatArray, labels: Labels, folds: Folds, seed: int, **options: Any) -> FloatArray:
    return held_out_logits(table, labels, folds, seed, max_leaf_nodes=15, min_samples_leaf=30, **options)


def _losses(table: FloatArray, labels: Labels, folds: Folds, seed: int) -> FloatArray:
    """Return the log loss of each row, by trees of other folds."""
    logits = _logits(table, labels, folds, seed)
    return np.logaddexp(0, logits) - labels.label * logits


def _left_over(table: FloatArray, labels: Labels, folds: Folds, seed: int) -> tuple[FloatArray, FloatArray]:
    """Fit a sum of functions of one column each; return gradient and curvature of the rows' likelihood."""
    logits = _logits(table, labels, folds, seed, interaction_cst="no_interactions")
    weight, probability = labels.effective_weight, expit(logits)
    return weight * (labels.label - probability), weight * probability * (1 - probability)


def _gain(
    values: FloatArray,
    gradient: FloatArray,
    curvature: FloatArray,
    folds: Folds,
) -> float:
    """Sum what a Newton step in each bin adds to the log likelihood of the rows of the other folds."""
    edges = np.unique(np.nanquantile(values, np.linspace(0, 1, _BINS + 1)[1:-1]))
    index = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values))
    gain = 0.0
    for fit, held_out in folds:
        sums = [
            [np.bincount(index[rows], each[rows], minlength=len(edges) + 2) for each in (gradient, curvature)]
            for rows in (fit, held_out)
        ]
        (own_gradient, own_curvature), (gradient_of, curvature_of) = sums
        step = own_gradient / (own_curvature + 10.0)
        gain += float(step @ gradient_of - step**2 @ curvature_of / 2)
    return gain
