"""When to act, if a session can be acted on once: now, or later, when more is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from intent_tf.errors import InputError

FIXED, WORTHWHILE = "at a fixed event", "once it is worth it"


def first_worthwhile(gains: ArrayLike, sessions: ArrayLike, threshold: float) -> np.ndarray:
    """Find the first prediction time of each session whose gain reaches a threshold.

    Args:
        gains: Of the best action over doing nothing, ``(prediction_times,)``, in the order of time in each
            session.
        sessions: The session of each prediction time, ``(prediction_times,)``.
        threshold: What a gain has to reach.

    Returns:
        Indices of the prediction times, ascending; none of sessions that never reach it.

    Example:
        >>> first_worthwhile([0.1, 0.7, 0.9, 0.2], ["a", "a", "a", "b"], 0.5).tolist()
        [1]
    """
    indices = np.flatnonzero(np.asarray(gains, np.float64) >= threshold)
    return indices[~pd.Series(np.asarray(sessions)[indices]).duplicated().to_numpy()]


def choose_threshold(gains: ArrayLike, sessions: ArrayLike) -> float:
    """Choose the threshold that would have gained most (the highest such): the value of waiting.

    This is optimal stopping with a constant border: right where the chance of a better prediction time to
    come hardly depends on how long the session has lasted.

    Args:
        gains: Gain of acting at each prediction time of past sessions, as in `first_worthwhile`.
        sessions: Session of each prediction time.

    Raises:
        InputError: If there are no prediction times.

    Example:
        >>> choose_threshold([0.1, 0.7, 0.9, 0.2], ["a", "a", "a", "b"])
        0.9
    """
    gains = np.asarray(gains, np.float64)
    if not len(gains):
        raise InputError("there are no prediction times", expected="at least one")
    tried = np.unique(np.quantile(gains, np.linspace(0, 1, 101), method="nearest"))[::-1]
    sums = [gains[first_worthwhile(gains, sessions, each)].sum() for each in tried]
    return float(tried[int(np.argmax(sums))])


def compare_timing(
    prediction_times: pd.DataFrame, estimated: np.ndarray, exact: np.ndarray, learning: np.ndarray
) -> pd.DataFrame:
    """Compare acting at a fixed event with acting once it is worth it.

    Event and threshold are chosen on some sessions by the estimates alone (the oracle's by exact
    values), and evaluated on the others by exact values.

    Args:
        prediction_times: ``session_id`` and ``events``, in the order of time in each session.
        estimated: Estimated reward of each action at each prediction time, that of doing nothing first,
            ``(prediction_times, actions)``.
        exact: Exact rewards, in the same shape.
        learning: Whether the session of each prediction time is one to choose by, ``(prediction_times,)``.

    Returns:
        For estimates and oracle, by both ways to choose the prediction time: ``gain`` (mean profit over doing
        nothing, a session) and ``acted`` (share of sessions acted on).

    Raises:
        InputError: If all sessions are to choose by, or none is.
    """
    if learning.all() or not learning.any():
        raise InputError("all sessions are known, or none is", expected="some to choose by, some to evaluate")
    events, sessions = prediction_times["events"].to_numpy(), prediction_times["session_id"].to_numpy()
    measured = pd.Index(sessions[~learning]).nunique()
    true_gain, rows = exact - exact[:, [0]], []
    for who, values in (("estimates", estimated), ("oracle", exact)):
        action, gain = values.argmax(axis=1), values.max(axis=1) - values[:, 0]
        totals = pd.Series(gain[learning]).groupby(events[learning]).sum()
        border = choose_threshold(gain[learning], sessions[learning])
        chosen = {
            FIXED: np.flatnonzero(events[~learning] == totals.idxmax()),
            WORTHWHILE: first_worthwhile(gain[~learning], sessions[~learning], border),
        }
        for way, indices in chosen.items():
            got = true_gain[~learning][indices, action[~learning][indices]]
            shares = {"gain": got.sum() / measured, "acted": len(indices) / measured}
            rows.append({"who": who, "way": way, **shares})
    return pd.DataFrame(rows).set_index(["who", "way"])
