"""How well churn is predicted, beside recency alone."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score

from intent_tf.decisions.churn.churn_examples import LABEL, SILENT
from intent_tf.errors import InputError


def recency_risk(past: pd.DataFrame, users: pd.DataFrame) -> np.ndarray:
    """Tell the risk from the days of silence alone: the share that churned, rising with silence (isotonic).

    Args:
        past: Users whose outcome is known, with ``days_silent`` and ``churned``.
        users: Users whose risk is wanted, with ``days_silent``.

    Returns:
        The risk in (0, 1), ``(users,)``.
    """
    fitted = IsotonicRegression(y_min=1e-3, y_max=1 - 1e-3, out_of_bounds="clip")
    risk: np.ndarray = fitted.fit(past[SILENT], past[LABEL]).predict(users[SILENT])
    return risk


def churn_metrics(churned: ArrayLike, risk: ArrayLike, alarms: float = 0.1) -> dict[str, float]:
    """Evaluate risks against what happened.

    Args:
        churned: Whether each user churned, 0 or 1, ``(users,)``.
        risk: Predicted risk of each user in [0, 1], ``(users,)``.
        alarms: Share of users, those of highest risk, on the alarm list.

    Returns:
        ``auroc``, ``auprc``, ``log_loss`` (nats) and ``precision`` (share of the list that churned).

    Raises:
        InputError: If nobody or everybody churned.

    Example:
        >>> churn_metrics([0, 0, 1, 1], [0.1, 0.6, 0.5, 0.9], alarms=0.25)["precision"]
        1.0
    """
    churned, risk = np.asarray(churned), np.clip(np.asarray(risk, np.float64), 1e-6, 1 - 1e-6)
    if len(np.unique(churned)) < 2:
        raise InputError("nobody or everybody churned", expected="both", remedy="take another horizon")
    listed = np.argsort(-risk, kind="stable")[: max(1, round(alarms * len(risk)))]
    return {
        "auroc": float(roc_auc_score(churned, risk)),
        "auprc": float(average_precision_score(churned, risk)),
        "log_loss": float(log_loss(churned, risk, labels=[0, 1])),
        "precision": float(churned[listed].mean()),
    }


def calibration_table(churned: ArrayLike, risk: ArrayLike, bins: int = 5) -> pd.DataFrame:
    """Put the mean risk beside the share that churned, in bins of equally many users.

    Returns:
        ``risk``, ``churned``, ``users``, one row a bin.
    """
    risk = np.asarray(risk, np.float64)
    bin_of = pd.Series(risk).rank(method="first").sub(1).mul(bins).floordiv(len(risk)).astype(int)
    grouped = pd.DataFrame({"risk": risk, "churned": np.asarray(churned)}).groupby(bin_of.to_numpy())
    return grouped.mean().assign(users=grouped.size())
