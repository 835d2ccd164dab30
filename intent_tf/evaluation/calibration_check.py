"""Whether probabilities come true, as far as rows can tell: slope, intercept and error, with intervals."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from intent_tf.data.predictions import FloatArray, Predictions
from intent_tf.evaluation.metrics import BINS, bin_of, expected_calibration_error, sum_of_gaps

DRAWS = 1000
_WITHIN, _Z = 1e-12, 1.959964


@dataclass(frozen=True)
class CalibrationCheck:
    """How the labels depend on the logits that were predicted; each interval is of 95 %.

    Args:
        slope: Estimate, lower and upper end of `b` in `logit P(label) = a + b * logit(probability)`; 1 is
            calibrated, below it probabilities are too far from the rate, above it too near.
        intercept: The same of `a` where `b` is 1; 0 is calibrated, below it probabilities are too high.
        ece: Expected calibration error.
        ece_band: Within which it lies where every probability is true: labels are drawn from them.

    Reference:
        Van Calster et al. (2019), Calibration: the Achilles heel of predictive analytics.
    """

    slope: tuple[float, float, float]
    intercept: tuple[float, float, float]
    ece: float
    ece_band: tuple[float, float]

    def __str__(self) -> str:
        """Say it in one line."""
        slope, intercept = (
            "{:.3f} ({:.3f} to {:.3f})".format(*each) for each in (self.slope, self.intercept)
        )
        band = "{:.4f} to {:.4f}".format(*self.ece_band)
        return f"calibration slope {slope}, intercept {intercept}, ECE {self.ece:.4f} (true ones show {band})"


def check_calibration(
    predictions: Predictions, groups: ArrayLike | None = None, seed: int = 0
) -> CalibrationCheck | None:
    """Check the calibration of probabilities.

    Args:
        predictions: Labels, probabilities and weights.
        groups: Rows of the same value are no independent evidence, shape `(rows,)`. Default: each is alone.
        seed: Of the draws of labels.

    Returns:
        The check; None where labels or probabilities are all the same.

    Example:
        >>> probability = np.repeat([0.2, 0.5, 0.8], 100)
        >>> label = np.tile(np.arange(100) < 50, 3)
        >>> label[:100], label[200:] = np.arange(100) < 20, np.arange(100) < 80
        >>> check = check_calibration(Predictions.unweighted(label.astype(int), probability))
        >>> [round(end, 2) + 0.0 for end in check.slope]
        [1.0, 0.75, 1.25]
    """
    label, probability, weight = predictions.label, predictions.probability, predictions.weight
    if not 0 < predictions.rate < 1 or not np.ptp(probability):
        return None
    cluster = (
        np.arange(len(label)) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
    )
    given = logit(np.clip(probability, _WITHIN, 1 - _WITHIN))
    ones, none = np.ones((len(given), 1)), np.zeros(len(given))
    slope = _estimate(np.column_stack([given, ones]), none, predictions, cluster)
    intercept = _estimate(ones, given, predictions, cluster)
    rng, index = np.random.default_rng(seed), bin_of(probability, BINS)
    draws = (rng.random(len(label)) < probability for _ in range(DRAWS))
    gaps = [sum_of_gaps(index, weight * (drawn - probability), BINS) for drawn in draws]
    low, high = np.quantile(gaps, [0.025, 0.975]) / weight.sum()
    error = expected_calibration_error(predictions)
    return CalibrationCheck(slope, intercept, error, (float(low), float(high)))


def _estimate(
    design: FloatArray, offset: FloatArray, predictions: Predictions, cluster: np.ndarray
) -> tuple[float, float, float]:
    """Fit a logistic regression by Newton's method: the first coefficient and its interval (sandwich)."""
    weight, beta = predictions.weight, np.zeros(design.shape[1])
    for _ in range(100):
        probability = expit(design @ beta + offset)
        scores = design * (weight * (predictions.label - probability))[:, None]
        spread = weight * probability * (1 - probability)
        covariance = np.linalg.pinv(design.T @ (design * spread[:, None]))
        step = covariance @ scores.sum(axis=0)
        beta = beta + step / max(1.0, np.abs(step).max())  # which keeps far starts from running away
        if np.abs(step).max() < 1e-9:
            break
    sums = np.zeros((cluster.max() + 1, design.shape[1]))
    np.add.at(sums, cluster, scores)
    error = float(np.sqrt((covariance @ (sums.T @ sums) @ covariance)[0, 0]))
    return float(beta[0]), float(beta[0] - _Z * error), float(beta[0] + _Z * error)
