"""Fits the calibrator of a model, and chooses its kind, on validation rows."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit, xlogy
from sklearn.isotonic import IsotonicRegression
from sklearn.model_selection import StratifiedKFold

from intent_tf.data.predictions import FloatArray, Predictions, mean_and_error
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


def fit_calibrator(predictions: Predictions, seed: int = 0) -> tuple[Calibrator, CalibrationChoice]:
    """Fit a calibrator of the kind that has the lowest cross-validated log loss, where that is clearly lower.

    Each kind is fitted on four fifths of the rows and evaluated on the last, five times; the best is fitted
    on all of them. Probabilities are left alone (`identity`) unless the loss falls by more than the standard
    error of the difference: where probabilities are good as trained, a thousand validation rows would tell a
    calibrator more of chance than of them.

    Args:
        predictions: Labels, uncalibrated probabilities and weights of validation rows (never train or test
            rows).
        seed: Seed of the folds. Defaults to 0.

    Returns:
        The calibrator, and what its choice rests on. Less than 10 rows of a class (of rows of different
        weight the effective number) say too little: the kind is `identity` and `log_loss` is empty.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> truth = rng.uniform(size=2000)
        >>> label = rng.uniform(size=2000) < truth
        >>> too_sure = expit(3 * logit(truth))
        >>> calibrator, choice = fit_calibrator(Predictions.unweighted(label, too_sure))
        >>> choice.kind, round(1 / float(calibrator.scale))
        ('temperature', 3)
    """
    predictions = predictions.take(predictions.weight > 0)
    label, probability, weight = predictions.label, predictions.probability, predictions.weight
    if min(predictions.effective_sizes) < 10:
        return Calibrator(), CalibrationChoice("identity", len(label), {})
    folds = list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(probability, label))
    rows: dict[CalibratorKind, FloatArray] = {}
    for kind in CALIBRATOR_KINDS:
        calibrated = np.empty_like(probability)
        for fit, held_out in folds:
            calibrator = calibrate(kind, predictions.take(fit))
            calibrated[held_out] = calibrator(probability[held_out])
        inside = np.clip(calibrated, np.finfo(np.float32).eps, 1 - np.finfo(np.float32).eps)
        rows[kind] = -xlogy(label, inside) - xlogy(1 - label, 1 - inside)
    losses = {kind: float(np.average(loss, weights=weight)) for kind, loss in rows.items()}
    best = min(CALIBRATOR_KINDS, key=losses.__getitem__)
    gain, error = mean_and_error(rows["identity"] - rows[best], weight)
    if gain <= error:
        best = "identity"
    return calibrate(best, predictions), CalibrationChoice(best, len(label), losses)


def calibrate(kind: CalibratorKind, predictions: Predictions) -> Calibrator:
    """Fit a calibrator of one kind.

    `temperature` and `platt` minimise the log loss against labels moved from 0 and 1 to
    `1 / (negatives + 2)` and `(positives + 1) / (positives + 2)`, as Platt does, so that probabilities which
    part the classes without an error do not become 0 and 1. `isotonic` pools adjacent violators, puts a knot
    at the mean of each block (so that it rises strictly from one to the next), keeps `1 / (rows + 2)` away
    from 0 and 1, and thins the blocks evenly if there are more of them than knots. Of rows of different
    weight, positives, negatives and rows are effective numbers.

    Args:
        kind: Kind of the calibrator; see `Calibrator`.
        predictions: Labels of both classes, uncalibrated probabilities and weights.

    References:
        - Platt (1999), Probabilistic Outputs for Support Vector Machines, on the moved labels.
        - Oron & Flournoy (2017), Centered Isotonic Regression, on the knots.
    """
    predictions = predictions.take(predictions.weight > 0)
    calibrator = Calibrator(kind)
    calibrator.build((None,))
    if kind == "isotonic":
        x, y = _blocks(predictions)
        kept = np.linspace(0, len(x) - 1, min(calibrator.knots, len(x))).round().astype(int)
        kept = np.pad(kept, (0, calibrator.knots - len(kept)), mode="edge")
        calibrator.x.assign(x[kept])
        calibrator.y.assign(y[kept])
    elif kind in ("temperature", "platt"):
        scale, offset = _scale_and_offset(predictions, free_offset=kind == "platt")
        calibrator.scale.assign(scale)
        if kind == "platt":
            calibrator.offset.assign(offset)
    return calibrator


def _scale_and_offset(predictions: Predictions, free_offset: bool) -> tuple[float, float]:
    negatives, positives = predictions.effective_sizes
    target = np.where(predictions.label, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    # As far from 0 and 1 as the layer itself goes.
    logits = logit(np.clip(predictions.probability, 1e-30, 1 - 2**-24))
    weight = predictions.weight / predictions.weight.sum()

    def loss(parameters: FloatArray) -> tuple[float, FloatArray]:
        scale, offset = np.exp(parameters[0]), parameters[1] if free_offset else 0.0
        z = scale * logits + offset
        error = weight * (expit(z) - target)
        gradient = np.array([scale * (error @ logits), error.sum()])
        return float(weight @ (np.logaddexp(0, z) - target * z)), gradient[: len(parameters)]

    parameters = minimize(loss, np.zeros(2 if free_offset else 1), jac=True, method="L-BFGS-B").x
    return float(np.exp(parameters[0])), float(parameters[1]) if free_offset else 0.0


def _blocks(predictions: Predictions) -> tuple[FloatArray, FloatArray]:
    """Mean probability and calibrated probability of each block of the isotonic regression, rising."""
    probability, weight = predictions.probability, predictions.weight
    margin = 1 / (predictions.effective_rows + 2)
    pooled = (
        IsotonicRegression(y_min=margin, y_max=1 - margin)
        .fit(probability, predictions.label, weight)
        .predict(probability)
    )
    y, block = np.unique(pooled, return_inverse=True)
    x = np.bincount(block, weight * probability) / np.bincount(block, weight)
    return x, y
