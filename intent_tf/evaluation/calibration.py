"""Fits the calibrator of a model, and chooses its kind, on validation rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import expit, logit, xlogy
from sklearn.isotonic import IsotonicRegression
from sklearn.model_selection import StratifiedKFold

from intent_tf.evaluation.metrics import FloatArray, IntArray, check_arrays
from intent_tf.layers.calibrator import CALIBRATOR_KINDS, Calibrator, CalibratorKind

FOLDS = 5


@dataclass(frozen=True)
class CalibrationChoice:
    """Which kind of calibrator was chosen, and why.

    Args:
        kind: Kind of the calibrator that was chosen.
        rows: Number of validation rows.
        log_loss: Cross-validated log loss of each kind, in nats; empty where too few rows allow no choice.
    """

    kind: CalibratorKind
    rows: int
    log_loss: dict[CalibratorKind, float]


def fit_calibrator(
    label: ArrayLike, probability: ArrayLike, weight: ArrayLike | None = None, seed: int = 0
) -> tuple[Calibrator, CalibrationChoice]:
    """Fit a calibrator of the kind that has the lowest cross-validated log loss, where that is clearly lower.

    Each kind is fitted on four fifths of the rows and evaluated on the last, five times; the best is fitted
    on all of them. Probabilities are left alone (`identity`) unless the loss falls by more than the standard
    error of the difference: where probabilities are good as trained, a thousand validation rows would tell a
    calibrator more of chance than of them.

    Args:
        label: 0 or 1 on validation rows (never train or test rows), shape `(rows,)`.
        probability: Uncalibrated probability in [0, 1], shape `(rows,)`.
        weight: Weight of each row, not negative, shape `(rows,)`. Defaults to 1 each.
        seed: Seed of the folds. Defaults to 0.

    Returns:
        The calibrator, and what its choice rests on. Less than 10 rows of a class say too little: the kind is
        `identity` and `log_loss` is empty.

    Raises:
        InputError: As `intent_tf.evaluation.metrics.evaluate`.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> truth = rng.uniform(size=2000)
        >>> label = rng.uniform(size=2000) < truth
        >>> too_sure = expit(3 * logit(truth))
        >>> calibrator, choice = fit_calibrator(label, too_sure)
        >>> choice.kind, round(1 / float(calibrator.scale))
        ('temperature', 3)
    """
    label, probability, weight = check_arrays(label, probability, weight)
    if min(label.sum(), (1 - label).sum()) < 10:
        return Calibrator(), CalibrationChoice("identity", len(label), {})
    folds = list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(probability, label))
    rows: dict[CalibratorKind, FloatArray] = {}
    for kind in CALIBRATOR_KINDS:
        calibrated = np.empty_like(probability)
        for fit, held_out in folds:
            calibrator = calibrate(kind, label[fit], probability[fit], weight[fit])
            calibrated[held_out] = calibrator(probability[held_out])
        inside = np.clip(calibrated, np.finfo(np.float32).eps, 1 - np.finfo(np.float32).eps)
        rows[kind] = -xlogy(label, inside) - xlogy(1 - label, 1 - inside)
    losses = {kind: float(np.average(loss, weights=weight)) for kind, loss in rows.items()}
    best = min(CALIBRATOR_KINDS, key=losses.__getitem__)
    if _is_chance(rows["identity"] - rows[best], weight):
        best = "identity"
    return calibrate(best, label, probability, weight), CalibrationChoice(best, len(label), losses)


def _is_chance(difference: FloatArray, weight: FloatArray) -> bool:
    """Whether a mean is no more than its standard error above 0."""
    share = weight / weight.sum()
    mean = float(share @ difference)
    return mean <= float(np.sqrt(share**2 @ (difference - mean) ** 2))


def calibrate(
    kind: CalibratorKind, label: ArrayLike, probability: ArrayLike, weight: ArrayLike | None = None
) -> Calibrator:
    """Fit a calibrator of one kind.

    `temperature` and `platt` minimise the log loss against labels moved from 0 and 1 to
    `1 / (negatives + 2)` and `(positives + 1) / (positives + 2)`, as Platt does, so that probabilities which
    part the classes without an error do not become 0 and 1. `isotonic` pools adjacent violators, puts a knot
    at the mean of each block (so that it rises strictly from one to the next), keeps `1 / (rows + 2)` away
    from 0 and 1, and thins the blocks evenly if there are more of them than knots.

    Args:
        kind: Kind of the calibrator; see `Calibrator`.
        label: 0 or 1, shape `(rows,)`, of both classes.
        probability: Uncalibrated probability in [0, 1], shape `(rows,)`.
        weight: Weight of each row, shape `(rows,)`. Defaults to 1 each.

    Raises:
        InputError: As `intent_tf.evaluation.metrics.evaluate`.

    References:
        - Platt (1999), Probabilistic Outputs for Support Vector Machines, on the moved labels.
        - Oron & Flournoy (2017), Centered Isotonic Regression, on the knots.
    """
    label, probability, weight = check_arrays(label, probability, weight)
    counts = weight > 0
    label, probability, weight = label[counts], probability[counts], weight[counts]
    calibrator = Calibrator(kind)
    calibrator.build((None,))
    if kind == "isotonic":
        x, y = _blocks(label, probability, weight)
        kept = np.linspace(0, len(x) - 1, min(calibrator.knots, len(x))).round().astype(int)
        kept = np.pad(kept, (0, calibrator.knots - len(kept)), mode="edge")
        calibrator.x.assign(x[kept])
        calibrator.y.assign(y[kept])
    elif kind in ("temperature", "platt"):
        scale, offset = _scale_and_offset(label, probability, weight, free_offset=kind == "platt")
        calibrator.scale.assign(scale)
        if kind == "platt":
            calibrator.offset.assign(offset)
    return calibrator


def _scale_and_offset(
    label: IntArray, probability: FloatArray, weight: FloatArray, free_offset: bool
) -> tuple[float, float]:
    positives = label.sum()
    target = np.where(label, (positives + 1) / (positives + 2), 1 / (len(label) - positives + 2))
    # As far from 0 and 1 as the layer itself goes.
    logits = logit(np.clip(probability, 1e-30, 1 - 2**-24))
    weight = weight / weight.sum()

    def loss(parameters: FloatArray) -> tuple[float, FloatArray]:
        scale, offset = np.exp(parameters[0]), parameters[1] if free_offset else 0.0
        z = scale * logits + offset
        error = weight * (expit(z) - target)
        gradient = np.array([scale * (error @ logits), error.sum()])
        return float(weight @ (np.logaddexp(0, z) - target * z)), gradient[: len(parameters)]

    parameters = minimize(loss, np.zeros(2 if free_offset else 1), jac=True, method="L-BFGS-B").x
    return float(np.exp(parameters[0])), float(parameters[1]) if free_offset else 0.0


def _blocks(label: IntArray, probability: FloatArray, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean probability and calibrated probability of each block of the isotonic regression, rising."""
    margin = 1 / (len(label) + 2)
    pooled = (
        IsotonicRegression(y_min=margin, y_max=1 - margin)
        .fit(probability, label, weight)
        .predict(probability)
    )
    y, block = np.unique(pooled, return_inverse=True)
    x = np.bincount(block, weight * probability) / np.bincount(block, weight)
    return x, y
