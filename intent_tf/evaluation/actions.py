"""How well the strongest actions are predicted, where labels are graded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intent_tf.evaluation.metrics import FloatArray


@dataclass(frozen=True)
class ActionMetrics:
    """How well the strongest action is predicted.

    Args:
        log_loss: Log loss of the predicted probabilities of the actions, in nats.
        log_loss_of_rates: Log loss of the training rows' rates of the actions, in nats.
    """

    log_loss: float
    log_loss_of_rates: float


def evaluate_actions(grade: FloatArray, probabilities: FloatArray, train_grade: FloatArray) -> ActionMetrics:
    """Evaluate the log loss of the strongest action, beside the one of the training rows' rates.

    Args:
        grade: Grade of each test row, ``(rows,)``: action ``k`` of ``n`` is ``k / n``.
        probabilities: Predicted probability of each action, ``(rows, n + 1)``.
        train_grade: Grade of each training row, ``(training rows,)``.

    Returns:
        Both log losses.

    Example:
        >>> probabilities = np.array([[0.8, 0.2], [0.5, 0.5]])
        >>> metrics = evaluate_actions(np.array([0.0, 1.0]), probabilities, np.array([0.0, 1.0]))
        >>> round(metrics.log_loss, 3), round(metrics.log_loss_of_rates, 3)
        (0.458, 0.693)
    """
    kinds = probabilities.shape[1]
    index, train_index = (np.rint(each * (kinds - 1)).astype(int) for each in (grade, train_grade))
    # One imagined row of each kind: an action that training rows lack is rare, not impossible.
    counts = np.bincount(train_index, minlength=kinds) + 1
    rates = counts / counts.sum()
    predicted = np.clip(probabilities[np.arange(len(index)), index], 1e-7, 1)
    return ActionMetrics(float(-np.log(predicted).mean()), float(-np.log(rates[index]).mean()))
