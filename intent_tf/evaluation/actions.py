"""How well the strongest actions are foretold, where labels are graded."""

from __future__ import annotations

import numpy as np

from intent_tf.evaluation.metrics import FloatArray


def evaluate_actions(
    grade: FloatArray, probabilities: FloatArray, train_grade: FloatArray
) -> dict[str, float]:
    """Log loss of the strongest action, beside the one of the training rows' rates.

    Args:
        grade: Of the test rows, ``(rows,)``: action ``k`` of ``n`` is ``k / n``.
        probabilities: Of the actions, ``(rows, n + 1)``.
        train_grade: Of the training rows.

    Returns:
        ``log_loss`` and ``log_loss_of_rates``, in nats.

    Example:
        >>> stated = np.array([[0.8, 0.2], [0.5, 0.5]])
        >>> found = evaluate_actions(np.array([0.0, 1.0]), stated, np.array([0.0, 1.0]))
        >>> {name: round(value, 3) for name, value in found.items()}
        {'log_loss': 0.458, 'log_loss_of_rates': 0.693}
    """
    kinds = probabilities.shape[1]
    index, train_index = (np.rint(each * (kinds - 1)).astype(int) for each in (grade, train_grade))
    # One imagined row of each kind: an action that training rows lack is rare, not impossible.
    counts = np.bincount(train_index, minlength=kinds) + 1
    rates = counts / counts.sum()
    stated = np.clip(probabilities[np.arange(len(index)), index], 1e-7, 1)
    return {
        "log_loss": float(-np.log(stated).mean()),
        "log_loss_of_rates": float(-np.log(rates[index]).mean()),
    }
