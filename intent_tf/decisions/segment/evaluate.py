"""What segments say of the time to come, beside those of plain RFM scores."""

import numpy as np
import pandas as pd
from sklearn.metrics import log_loss, roc_auc_score

from intent_tf.errors import InputError


def rfm_cells(users: pd.DataFrame, like: pd.DataFrame) -> pd.Series:
    """Assign users to the 27 cells of the usual RFM scores: thirds of recency, frequency and money.

    Args:
        users: The users to assign, from `user_table`.
        like: The users whose thirds are used.
    """
    scores = [
        np.searchsorted(like[name].quantile([1 / 3, 2 / 3]).to_numpy(), users[name].to_numpy())
        for name in ("recency", "frequency", "money")
    ]
    return pd.Series([f"{r}{f}{m}" for r, f, m in zip(*scores, strict=True)], users.index, name="cell")


def foresight(
    earlier: pd.Series, bought_then: pd.Series, later: pd.Series, bought_later: pd.Series
) -> dict[str, float]:
    """Evaluate how well the rate of each segment in one period predicts purchases of the next.

    Args:
        earlier: Segment of each user at the beginning of the first period.
        bought_then: 0 or 1, whether the user bought in it.
        later: Segment of each user at the beginning of the second period.
        bought_later: 0 or 1, whether the user bought in that.

    Returns:
        ``auroc`` and ``log_loss`` (nats) in the second period. A segment's rate is drawn towards the overall
        rate by the weight of ten users, so that small ones promise nothing they cannot keep.

    Raises:
        InputError: If nobody or everybody buys in the second period.

    Example:
        >>> segment, bought = pd.Series(["a"] * 50 + ["b"] * 50), pd.Series([1] * 40 + [0] * 60)
        >>> round(foresight(segment, bought, segment, bought)["auroc"], 3)
        0.917
    """
    if bought_later.nunique() < 2:
        raise InputError("nobody or everybody buys in the second period", expected="a longer log")
    overall = float(bought_then.mean())
    grouped = bought_then.groupby(earlier)
    rates = (grouped.sum() + 10 * overall) / (grouped.size() + 10)
    probability = later.map(rates).fillna(overall).clip(1e-6, 1 - 1e-6)
    return {
        "auroc": float(roc_auc_score(bought_later, probability)),
        "log_loss": float(log_loss(bought_later, probability, labels=[0, 1])),
    }
