"""How good probabilities are against labels: ranking, probability and decision, in plain Python numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn import metrics

from intent_tf.errors import InputError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Metrics:
    """How good probabilities are, in plain Python numbers; None where the labels leave a figure undefined.

    Args:
        auroc: Area under the ROC curve.
        auprc: Area under the precision-recall curve, as average precision.
        auprc_negative: The same area with class 0 as the one to find.
        log_loss: Mean negative log likelihood of the labels, in nats.
        brier: Mean squared error of the probability.
        ece: Expected calibration error, see `expected_calibration_error`.
        accuracy: Share of rows whose class is predicted.
        precision: Share of purchases among the rows called positive; 0 where none is.
        recall: Share of the purchases that are called positive; 0 where there is none.
        f1: Harmonic mean of precision and recall.
        precision_negative: Precision with class 0 as the one to find.
        recall_negative: Recall with class 0 as the one to find.
        f1_negative: Harmonic mean of the precision and the recall of class 0.
        confusion_matrix: `[[tn, fp], [fn, tp]]`: rows counted or, if weights are given, weights summed.
        positives: Number of rows with label 1.
        rows: Number of rows.
        threshold: Probability from which on a row is called positive.
    """

    auroc: float | None
    auprc: float | None
    auprc_negative: float | None
    log_loss: float
    brier: float
    ece: float
    accuracy: float
    precision: float
    recall: float
    f1: float
    precision_negative: float
    recall_negative: float
    f1_negative: float
    confusion_matrix: list[list[float]]
    positives: int
    rows: int
    threshold: float


def evaluate(
    label: ArrayLike, probability: ArrayLike, threshold: float = 0.5, weight: ArrayLike | None = None
) -> Metrics:
    """Evaluate probabilities against labels.

    A row is called positive where `probability >= threshold`. A figure that the labels leave undefined
    (AUROC where there is one class only) is None, so that the result is always valid JSON.

    Args:
        label: 0 or 1, shape `(rows,)`.
        probability: Probability of a purchase in [0, 1], shape `(rows,)`.
        threshold: Decision threshold in [0, 1]. Defaults to 0.5.
        weight: Weight of each row, not negative, shape `(rows,)`. Defaults to 1 each.

    Returns:
        The figures of ranking, of the probabilities and of the decisions.

    Raises:
        InputError: If there are no rows, shapes differ, a label is neither 0 nor 1, a probability is outside
            [0, 1], or a weight is negative.

    Example:
        >>> metrics = evaluate([0, 0, 1, 1], [0.1, 0.6, 0.4, 0.9])
        >>> metrics.auroc, metrics.accuracy, metrics.confusion_matrix
        (0.75, 0.5, [[1, 1], [1, 1]])
    """
    weighted = weight is not None
    label, probability, weight = check_arrays(label, probability, weight)
    decision = (probability >= threshold).astype(np.int64)
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        label, decision, labels=[0, 1], sample_weight=weight, zero_division=0.0
    )
    confusion = metrics.confusion_matrix(label, decision, labels=[0, 1], sample_weight=weight)
    both_classes = 0 < label.sum() < len(label)
    return Metrics(
        auroc=float(metrics.roc_auc_score(label, probability, sample_weight=weight))
        if both_classes
        else None,
        auprc=_average_precision(label, probability, weight),
        auprc_negative=_average_precision(1 - label, 1 - probability, weight),
        log_loss=float(metrics.log_loss(label, probability, labels=[0, 1], sample_weight=weight)),
        brier=float(np.average((probability - label) ** 2, weights=weight)),
        ece=expected_calibration_error(label, probability, weight=weight),
        accuracy=float(np.average(decision == label, weights=weight)),
        precision=float(precision[1]),
        recall=float(recall[1]),
        f1=float(f1[1]),
        precision_negative=float(precision[0]),
        recall_negative=float(recall[0]),
        f1_negative=float(f1[0]),
        confusion_matrix=(confusion if weighted else confusion.astype(np.int64)).tolist(),
        positives=int(label.sum()),
        rows=len(label),
        threshold=float(threshold),
    )


def expected_calibration_error(
    label: ArrayLike, probability: ArrayLike, bins: int = 15, weight: ArrayLike | None = None
) -> float:
    """Mean distance between what the probabilities promise and what happens, over bins of equal width.

    `ECE = sum over bins of (weight of the bin / total weight) * |mean label - mean probability|`.

    Args:
        label: 0 or 1, shape `(rows,)`.
        probability: Probability of a purchase in [0, 1], shape `(rows,)`.
        bins: Number of bins of equal width on [0, 1]. Defaults to 15.
        weight: Weight of each row, shape `(rows,)`. Defaults to 1 each.

    Returns:
        A number in [0, 1]; 0 is perfect.

    Raises:
        InputError: If there are no rows, or labels, probabilities and weights are not as `evaluate` takes
            them.

    Reference:
        Naeini, Cooper & Hauskrecht (2015), Obtaining Well Calibrated Probabilities Using Bayesian Binning.

    Example:
        >>> round(expected_calibration_error([0, 1, 1, 1], [0.5, 0.5, 0.9, 0.9]), 6)
        0.05
    """
    label, probability, weight = check_arrays(label, probability, weight)
    gap = np.bincount(bin_of(probability, bins), weights=weight * (label - probability), minlength=bins)
    return float(np.abs(gap).sum() / weight.sum())


def bin_of(probability: FloatArray, bins: int) -> IntArray:
    """Find each probability's equal-width bin, `0 .. bins - 1`; a probability of 1 belongs to the last."""
    return np.minimum((probability * bins).astype(np.int64), bins - 1)


def check_arrays(
    label: ArrayLike, probability: ArrayLike, weight: ArrayLike | None = None
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Take labels, probabilities and weights as arrays of one length, or say what is wrong with them.

    Args:
        label: 0 or 1, shape `(rows,)`.
        probability: Probability of a purchase in [0, 1], shape `(rows,)`.
        weight: Weight of each row, not negative, shape `(rows,)`. Defaults to 1 each.

    Returns:
        label as int64, probability as float64, weight as float64.

    Raises:
        InputError: If there are no rows, shapes differ, or a value is not as described above.
    """
    raw, probability = np.asarray(label), np.asarray(probability, np.float64)
    weight = np.ones(probability.shape) if weight is None else np.asarray(weight, np.float64)
    if raw.ndim != 1 or not raw.shape == probability.shape == weight.shape:
        shapes = f"labels of shape {raw.shape}, probabilities {probability.shape}, weights {weight.shape}"
        raise InputError(shapes, expected="the same shape (rows,) for all")
    if not raw.size:
        raise InputError("no rows to evaluate", expected="at least one")
    _refuse_unless(np.isin(raw, (0, 1)), raw, "label", "0 or 1")
    _refuse_unless((probability >= 0) & (probability <= 1), probability, "probability", "a number in [0, 1]")
    _refuse_unless((weight >= 0) & (weight < np.inf), weight, "weight", "a finite number, not negative")
    if not weight.any():
        raise InputError("every weight is 0", expected="at least one above 0")
    return raw.astype(np.int64), probability, weight


def _refuse_unless(good: NDArray[np.bool_], values: NDArray[Any], what: str, expected: str) -> None:
    if not good.all():
        row = int(good.argmin())
        raise InputError(f"the {what} is {values[row]}", row=row, expected=expected)


def _average_precision(label: IntArray, probability: FloatArray, weight: FloatArray) -> float | None:
    if not label.any():
        return None
    return float(metrics.average_precision_score(label, probability, sample_weight=weight))
