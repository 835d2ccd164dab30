"""Fits the calibrator of a model, and chooses its kind, on validation rows."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit, xlogy
from sklearn.isotonic import IsotonicRegression

from intent_tf.data.folds import stratified_folds
from intent_tf.data.predictions import FloatArray, Predictions, mean_and_error
from intent_tf.layers.calibrator import CALIBRATOR_KINDS, Calibrator, CalibratorKind

FOLDS = 5
#: Validation rows, of which weights make fewer, from which on a kind may be chosen.
_ENOUGH: dict[CalibratorKind, int] = {
    "identity": 0,
    "temperature": 0,
    "platt": 1_000,
    "beta": 1_000,
    "isotonic": 10_000,
}


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
    """Fit a calibrator of the simplest kind whose cross-validated log loss no other is clearly below.

    Each kind is fitted on four fifths of the rows and evaluated on the last, five times. The first kind of
    `CALIBRATOR_KINDS` is chosen whose loss exceeds the lowest by at most the standard error of the
    difference, and fitted on all rows: where probabilities are good as trained, a thousand validation rows
    would tell a calibrator more of chance than of them. `platt` and `beta` need 1,000 rows, `isotonic`
    10,000.

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

    References:
        - Breiman, Friedman, Olshen & Stone (1984), Classification and Regression Trees, 3.4.3, on the rule of
          one standard error.
    """
    predictions = predictions.take(predictions.weight > 0)
    label, probability, weight = predictions.label, predictions.probability, predictions.weight
    if min(predictions.effective_sizes) < 10:
        return Calibrator(), CalibrationChoice("identity", len(label), {})
    folds = stratified_folds(label, FOLDS, seed)
    rows: dict[CalibratorKind, FloatArray] = {}
    kinds = [kind for kind in CALIBRATOR_KINDS if predictions.effective_rows >= _ENOUGH[kind]]
    for kind in kinds:
        calibrated = np.empty_like(probability)
        for fit, held_out in folds:
            calibrator = calibrate(kind, predictions.take(fit))
            calibrated[held_out] = calibrator(probability[held_out])
        inside = np.clip(calibrated, np.finfo(np.float32).eps, 1 - np.finfo(np.float32).eps)
        rows[kind] = -xlogy(label, inside) - xlogy(1 - label, 1 - inside)
    losses = {kind: float(np.average(loss, weights=weight)) for kind, loss in rows.items()}
    best = min(kinds, key=losses.__getitem__)
    gains = {kind: mean_and_error(rows[kind] - rows[best], weight) for kind in kinds}
    chosen = next(kind for kind, (gain, error) in gains.items() if gain <= error)
    return calibrate(chosen, predictions), CalibrationChoice(chosen, len(label), losses)


def calibrate(kind: CalibratorKind, predictions: Predictions) -> Calibrator:
    """Fit a calibrator of one kind.

    `temperature`, `platt` and `beta` minimise the log loss against labels moved from 0 and 1 to
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
    elif kind != "identity":
        powers, offset = _powers_and_offset(predictions, kind)
        if kind == "beta":
            calibrator.powers.assign(powers)
        else:
            calibrator.scale.assign(powers[0])
        if kind != "temperature":
            calibrator.offset.assign(offset)
    return calibrator


def _powers_and_offset(predictions: Predictions, kind: CalibratorKind) -> tuple[FloatArray, float]:
    negatives, positives = predictions.effective_sizes
    target = np.where(predictions.label, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    # As far from 0 and 1 as the layer itself goes.
    inside = np.clip(predictions.probability, 1e-30, 1 - 2**-24)
    columns = np.stack([np.log(inside), -np.log1p(-inside)] if kind == "beta" else [logit(inside)])
    weight = predictions.weight / predictions.weight.sum()
    free_offset = kind != "temperature"

    def loss(parameters: FloatArray) -> tuple[float, FloatArray]:
        powers, offset = np.exp(parameters[: len(columns)]), parameters[-1] if free_offset else 0.0
        z = powers @ columns + offset
        error = weight * (expit(z) - target)
        gradient = np.append(powers * (columns @ error), error.sum())
        return float(weight @ (np.logaddexp(0, z) - target * z)), gradient[: len(parameters)]

    found = minimize(loss, np.zeros(len(columns) + free_offset), jac=True, method="L-BFGS-B").x
    return np.exp(found[: len(columns)]), float(found[-1]) if free_offset else 0.0


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
