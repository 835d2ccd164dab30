"""How sure a figure is, and whether two models really differ: bootstrap intervals and a paired test."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import xlogy

from intent_tf.data.predictions import FloatArray, IntArray, Labels, Predictions
from intent_tf.evaluation.difference import Difference

BOOTSTRAPPED = ("auroc", "auprc", "log_loss")
#: Where no row above a cut was drawn, there is nothing to divide by.
_TINY = np.finfo(np.float64).tiny


def bootstrap_intervals(
    labels: Labels,
    probability: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> dict[str, list[float]]:
    """Find how far AUROC, AUPRC and log loss would vary with other test rows.

    Rows are drawn with replacement, as many as there are, and evaluated again; the interval holds the middle
    `confidence` of the values found. What it leaves out is that training again gives another model.

    Args:
        labels: Labels and weights.
        probability: Probability of a purchase in [0, 1], shape `(rows,)`; or of several trainings, shape
            `(trainings, rows)`, of whose figures the mean is taken.
        groups: Rows of the same value are drawn together, shape `(rows,)`, such as the prefixes of one
            session, which are no independent evidence. Defaults to each row for itself.
        resamples: Number of draws. Defaults to 1000.
        confidence: Confidence of the interval, in (0, 1). Defaults to 0.95.
        seed: Seed of the draws. Defaults to 0.

    Returns:
        `[low, high]` of `auroc`, `auprc` and `log_loss`.

    Raises:
        InputError: If probabilities do not match the labels.

    Reference:
        Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> truth = rng.uniform(size=400)
        >>> labels = Labels.unweighted(rng.uniform(size=400) < truth)
        >>> low, high = bootstrap_intervals(labels, truth)["auroc"]
        >>> bool(low < 5 / 6 < high)
        True
    """
    drawn = _draw(labels, [probability], groups, resamples, seed)[1:, 0]
    low, high = np.nanquantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    return {name: [float(low[i]), float(high[i])] for i, name in enumerate(BOOTSTRAPPED)}


def compare(
    labels: Labels,
    probability: ArrayLike,
    other: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> dict[str, Difference]:
    """Test whether two models differ on the same rows (paired bootstrap).

    Both are evaluated on the same draws, so that rows hard for both do not blur the difference, which makes
    the test far sharper than a look at two intervals.

    Args:
        labels: Labels and weights.
        probability: Probabilities of the model, shape `(rows,)`, or `(trainings, rows)` as in
            `bootstrap_intervals`.
        other: Probabilities of the model that it is compared with, of one of these shapes.
        groups: Rows of the same value are drawn together, as in `bootstrap_intervals`.
        resamples: Number of draws. Defaults to 1000.
        confidence: Confidence of the interval, in (0, 1). Defaults to 0.95.
        seed: Seed of the draws. Defaults to 0.

    Returns:
        For `auroc`, `auprc` and `log_loss`, model minus other (below 0 is better for log loss only); its
        p-value is twice the share of draws on the other side of 0, at least 2 / (resamples + 1).

    Raises:
        InputError: If probabilities do not match the labels.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> truth = rng.uniform(size=400)
        >>> labels = Labels.unweighted(rng.uniform(size=400) < truth)
        >>> differences = compare(labels, truth, rng.uniform(size=400))
        >>> differences["auroc"].low > 0, differences["auroc"].p_value < 0.01
        (True, True)
    """
    drawn = _draw(labels, [probability, other], groups, resamples, seed)
    differences = drawn[:, 0] - drawn[:, 1]
    observed, resampled = differences[0], differences[1:]
    low, high = np.nanquantile(resampled, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    sides = np.minimum((resampled <= 0).sum(axis=0), (resampled >= 0).sum(axis=0))
    p_value = np.minimum(2 * (sides + 1) / (resamples + 1), 1.0)
    found = np.stack([observed, low, high, p_value], axis=1).tolist()
    return {name: Difference(*row) for name, row in zip(BOOTSTRAPPED, found, strict=True)}


def _draw(
    labels: Labels,
    probabilities: list[ArrayLike],
    groups: ArrayLike | None,
    resamples: int,
    seed: int,
) -> FloatArray:
    """Figures on all rows and on each draw, shape `(1 + resamples, probabilities, figures)`."""
    group = np.unique(np.arange(len(labels)) if groups is None else np.asarray(groups), return_inverse=True)[
        1
    ]
    count = group.max() + 1
    figures = [
        [_figures(labels.label, Predictions.of(labels, run).probability) for run in np.atleast_2d(each)]
        for each in probabilities
    ]
    measured = np.empty((1 + resamples, len(probabilities), len(BOOTSTRAPPED)))
    rng = np.random.default_rng(seed)
    for draw in range(1 + resamples):
        # Counting how often a row was drawn, instead of copying it, keeps the sorted order of all draws.
        chosen = rng.integers(count, size=count) if draw else np.arange(count)
        drawn = np.bincount(chosen, minlength=count)[group] * labels.weight
        measured[draw] = [np.mean([run(drawn) for run in each], axis=0) for each in figures]
    return measured


def _figures(label: IntArray, probability: FloatArray) -> Callable[[FloatArray], tuple[float, float, float]]:
    """Prepare to evaluate under many weights, each of which takes a pass over the sorted rows."""
    order = np.argsort(-probability, kind="stable")
    falling = probability[order]
    ends = np.flatnonzero(np.append(falling[1:] != falling[:-1], True))
    sorted_label = label[order]
    inside = np.clip(probability, np.finfo(np.float64).eps, 1 - np.finfo(np.float64).eps)
    loss = -xlogy(label, inside) - xlogy(1 - label, 1 - inside)

    def evaluate(weight: FloatArray) -> tuple[float, float, float]:
        drawn = weight[order]
        tp = np.append(0, np.cumsum(drawn * sorted_label)[ends])
        fp = np.append(0, np.cumsum(drawn)[ends]) - tp
        log_loss = float(weight @ loss / weight.sum())
        if not tp[-1] or not fp[-1]:
            return np.nan, np.nan, log_loss
        auroc = np.trapezoid(tp, fp) / (tp[-1] * fp[-1])
        auprc = (np.diff(tp) * tp[1:] / np.maximum(tp[1:] + fp[1:], _TINY)).sum() / tp[-1]
        return float(auroc), float(auprc), log_loss

    return evaluate
