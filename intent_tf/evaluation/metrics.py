"""How good probabilities are against labels: ranking, probability and decision, in plain Python numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from sklearn import metrics

from intent_tf.data.predictions import FloatArray, Indices, IntArray, Labels, Predictions

ALL_ROWS = slice(None)
#: Bins of the expected calibration error.
BINS = 15


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
        confusion_matrix: `[[tn, fp], [fn, tp]]`: rows counted or, where a weight is not 1, weights summed.
        positives: Number of rows with label 1.
        rows: Number of rows.
        rate: Share of the rows with label 1, by weight.
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
    rate: float
    threshold: float


def evaluate(predictions: Predictions, threshold: float = 0.5) -> Metrics:
    """Evaluate probabilities against labels.

    A row is called positive where `probability >= threshold`. A figure that the labels leave undefined
    (AUROC where there is one class only) is None, so that the result is always valid JSON.

    Args:
        predictions: Labels, probabilities and weights.
        threshold: Decision threshold in [0, 1]. Defaults to 0.5.

    Returns:
        The figures of ranking, of the probabilities and of the decisions.

    Example:
        >>> metrics = evaluate(Predictions.unweighted([0, 0, 1, 1], [0.1, 0.6, 0.4, 0.9]))
        >>> metrics.auroc, metrics.accuracy, metrics.confusion_matrix
        (0.75, 0.5, [[1, 1], [1, 1]])
    """
    label, probability, weight = predictions.label, predictions.probability, predictions.weight
    counted = (weight == 1).all()
    decision = (probability >= threshold).astype(np.int64)
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        label, decision, labels=[0, 1], sample_weight=weight, zero_division=0.0
    )
    confusion = metrics.confusion_matrix(label, decision, labels=[0, 1], sample_weight=weight)
    both_classes = 0 < predictions.rate < 1
    return Metrics(
        auroc=float(metrics.roc_auc_score(label, probability, sample_weight=weight))
        if both_classes
        else None,
        auprc=_average_precision(label, probability, weight),
        auprc_negative=_average_precision(1 - label, 1 - probability, weight),
        log_loss=float(metrics.log_loss(label, probability, labels=[0, 1], sample_weight=weight)),
        brier=float(np.average((probability - label) ** 2, weights=weight)),
        ece=expected_calibration_error(predictions),
        accuracy=float(np.average(decision == label, weights=weight)),
        precision=float(precision[1]),
        recall=float(recall[1]),
        f1=float(f1[1]),
        precision_negative=float(precision[0]),
        recall_negative=float(recall[0]),
        f1_negative=float(f1[0]),
        confusion_matrix=(confusion.astype(np.int64) if counted else confusion).tolist(),
        positives=int(label.sum()),
        rows=len(label),
        rate=predictions.rate,
        threshold=float(threshold),
    )


def evaluate_all(
    labels: Labels,
    probabilities: Mapping[str, ArrayLike],
    thresholds: Mapping[str, float] | None = None,
    rows: Indices = ALL_ROWS,
) -> dict[str, Metrics]:
    """Evaluate several models on the same rows, each at its own threshold.

    Args:
        labels: Labels and weights.
        probabilities: Probabilities of each model by name, shape `(rows,)` each.
        thresholds: Threshold of each model, as `choose_threshold` finds it; 0.5 where none is given.
        rows: Indices of the rows to look at. Defaults to all.

    Raises:
        InputError: If probabilities do not match the labels.

    Example:
        >>> compared = {"model": [0.1, 0.3], "rate": [0.5, 0.5]}
        >>> metrics = evaluate_all(Labels.unweighted([0, 1]), compared, {"model": 0.2})
        >>> {name: found.accuracy for name, found in metrics.items()}
        {'model': 1.0, 'rate': 0.5}
    """
    thresholds = thresholds or {}
    return {
        name: evaluate(Predictions.of(labels, each).take(rows), thresholds.get(name, 0.5))
        for name, each in probabilities.items()
    }


def expected_calibration_error(predictions: Predictions, bins: int = BINS) -> float:
    """Mean distance between what the probabilities promise and what happens, over bins of equal width.

    `ECE = sum over bins of (weight of the bin / total weight) * |mean label - mean probability|`.

    Args:
        predictions: Labels, probabilities and weights.
        bins: Number of bins of equal width on [0, 1]. Defaults to `BINS`, 15.

    Returns:
        A number in [0, 1]; 0 is perfect.

    Reference:
        Naeini, Cooper & Hauskrecht (2015), Obtaining Well Calibrated Probabilities Using Bayesian Binning.

    Example:
        >>> predictions = Predictions.unweighted([0, 1, 1, 1], [0.5, 0.5, 0.9, 0.9])
        >>> round(expected_calibration_error(predictions), 6)
        0.05
    """
    index, weight = bin_of(predictions.probability, bins), predictions.weight
    gaps = sum_of_gaps(index, weight * (predictions.label - predictions.probability), bins)
    return gaps / float(weight.sum())


def sum_of_gaps(index: IntArray, errors: FloatArray, bins: int) -> float:
    """Add up how far each bin is from what it promises.

    Args:
        index: Bin of each row, as `bin_of` finds it, shape `(rows,)`.
        errors: Weight of each row times its label less its probability, shape `(rows,)`.
        bins: Number of bins.
    """
    return float(np.abs(np.bincount(index, weights=errors, minlength=bins)).sum())


def bin_of(probability: FloatArray, bins: int) -> IntArray:
    """Find each probability's equal-width bin, `0 .. bins - 1`; a probability of 1 belongs to the last."""
    return np.minimum((probability * bins).astype(np.int64), bins - 1)


def _average_precision(label: IntArray, probability: FloatArray, weight: FloatArray) -> float | None:
    if not weight @ label:
        return None
    return float(metrics.average_precision_score(label, probability, sample_weight=weight))
