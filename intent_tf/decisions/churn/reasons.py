"""Why a user is on the alarm list."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from intent_tf.decisions.churn.churn_examples import SILENT
from intent_tf.errors import InputError

_SESSION = ("event_type", "elapsed", "price")
_WORDS = {
    SILENT: "silent for {}",
    "previous_sessions": "{:.0f} earlier sessions",
    "previous_events": "{:.0f} earlier events",
    "previous_purchases": "{:.0f} earlier purchases",
    "days_since_last_session": "{} between the last two sessions",
    "days_since_last_purchase": "{} since the last purchase",
}


def alarm_reasons(
    predict: Callable[[pd.DataFrame], ArrayLike], users: pd.DataFrame, typical: pd.Series, most: int = 2
) -> pd.Series:
    """Say what raises each user's risk over that of a typical user who stays.

    Each column (those of the last session together) is replaced by the typical user's, one at a time; by how
    much the risk falls is what the column adds to it.

    Args:
        predict: Function that gives the risk of rows, ``(users,)``.
        users: The users on the list, from `users_at`.
        typical: The row of a user who stays, of the same columns; see `typical_stayer`.
        most: Reasons a user at most; those that add less than 0.005 are excluded.

    Returns:
        A text a user, the strongest reason first, such as ``silent for 9.2 days (+0.21)``; empty if
        nothing adds to the risk.

    Example:
        >>> users = pd.DataFrame({"days_silent": [9.0, 1.0], "previous_sessions": [0, 4]})
        >>> typical = pd.Series({"days_silent": 1.0, "previous_sessions": 2})
        >>> alarm_reasons(lambda rows: rows["days_silent"] / 10, users, typical).tolist()
        ['silent for 9 days (+0.80)', '']
    """
    risk = np.asarray(predict(users), np.float64)
    added, described = [], []
    for name in (*_WORDS, "session"):
        columns = [each for each in (_SESSION if name == "session" else (name,)) if each in users.columns]
        if not columns:
            continue
        swapped = users.copy()
        for column in columns:
            swapped[column] = pd.Series([typical[column]] * len(users), users.index)
        added.append(risk - np.asarray(predict(swapped), np.float64))
        described.append([_said(name, row) for _, row in users.iterrows()])
    order = np.argsort(-np.array(added), axis=0)[:most]
    texts = []
    for index in range(len(users)):
        parts = [
            f"{described[reason][index]} (+{added[reason][index]:.2f})"
            for reason in order[:, index]
            if added[reason][index] >= 0.005
        ]
        texts.append(", ".join(parts))
    return pd.Series(texts, users.index, name="reasons", dtype="str")


def typical_stayer(users: pd.DataFrame, churned: pd.Series, risk: ArrayLike) -> pd.Series:
    """Return the row of the user of median risk among those who came back.

    Raises:
        InputError: If nobody came back.
    """
    stayed = np.flatnonzero(churned.to_numpy() == 0)
    if not len(stayed):
        raise InputError("nobody came back", expected="users of both kinds", remedy="take a longer horizon")
    by_risk = stayed[np.argsort(np.asarray(risk)[stayed], kind="stable")]
    row: pd.Series = users.iloc[by_risk[len(by_risk) // 2]]
    return row


def _said(name: str, user: pd.Series) -> str:
    if name == "session":
        return f"the last session ({len(user['event_type'])} events)"
    if pd.isna(user[name]):
        return {"days_since_last_session": "no earlier session"}.get(name, "no earlier purchase")
    return _WORDS[name].format(_duration(user[name]) if "days" in name else user[name])


def _duration(days: float) -> str:
    unit, length = ("days", 1.0) if days >= 2 else ("hours", 24.0) if days >= 2 / 24 else ("minutes", 1440.0)
    return f"{days * length:.3g} {unit}"
