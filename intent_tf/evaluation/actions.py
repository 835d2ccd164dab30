"""How well the strongest actions are predicted, where labels are graded."""

from dataclasses import dataclass

import numpy as np

from intent_tf.data.predictions import FloatArray


@dataclass(frozen=True)
class ActionMetrics:
    """How well the strongest action is predicted.

    Args:
        log_loss: Log loss of the predicted probabilities of the actions, in nats.
        log_loss_of_rates: Log loss of the training rows' rates of the actions, in nats.
    """

    log_loss: float
    log_loss_of_rates: float


def evaluate_actions(
    grade: FloatArray,
    weight: FloatArray,
    probabilities: FloatArray,
    train_grade: FloatArray,
    train_weight: FloatArray,
) -> ActionMetrics:
    """Evaluate the log loss of the strongest action, beside the one of the training rows' rates.

    Args:
        grade: Grade of each test row, ``(rows,)``: action ``k`` of ``n`` is ``k / n``.
        weight: Weight of each test row, ``(rows,)``.
        probabilities: Predicted probability of each action, ``(rows, n + 1)``.
        train_grade: Grade of each training row, ``(training rows,)``.
        train_weight: Weight of each training row, ``(training rows,)``.

    Returns:
        Both log losses.

    Example:
        >>> probabilities = np.array([[0.8, 0.2], [0.5, 0.5]])
        >>> grade, weight = np.array([0.0, 1.0]), np.ones(2)
        >>> metrics = evaluate_actions(grade, weight, probabilities, grade, weight)
        >>> round(metrics.log_loss, 3), round(metrics.log_loss_of_rates, 3)
        (0.458, 0.693)
    """
    kinds = probabilities.shape[1]
    index, train_index = (np.rint(each * (kinds - 1)).astype(int) for each in (grade, train_grade))
    # One imagined row of each kind: an action that training rows lack is rare, not impossible.
    counts = np.bincount(train_index, train_weight, minlength=kinds) + 1
    rates = counts / counts.sum()
    predicted = np.clip(probabilities[np.arange(len(index)), index], 1e-7, 1)
    losses = (float(np.average(-np.log(each), weights=weight)) for each in (predicted, rates[index]))
    return ActionMetrics(*losses)
