"""An event log cut in two by time: what is known, and what came after."""

from __future__ import annotations

import pandas as pd

from intent_tf.errors import InputError

_NEEDED = ("user_id", "session_id", "timestamp", "event_type", "item_id")


def split_by_time(log: pd.DataFrame, share: float = 0.7) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cut a log at the time by which a share of its events has happened.

    Args:
        log: The event log.
        share: Share of the events that are known, in (0, 1).

    Returns:
        The events strictly before that time, and those from it on.

    Raises:
        InputError: If a column is missing, or one of the parts would be empty.

    Example:
        >>> log = pd.DataFrame({"user_id": "a", "session_id": "s", "event_type": "click", "item_id": "",
        ...                     "timestamp": pd.to_datetime([1, 2, 3, 4], unit="s", utc=True)})
        >>> [len(part) for part in split_by_time(log, 0.75)]
        [3, 1]
    """
    check_log(log)
    if not 0 < share < 1:
        raise InputError(f"the share of known events is {share}", expected="a share in (0, 1)")
    prediction_time = log["timestamp"].sort_values().iloc[int(share * len(log))]
    past, future = log[log["timestamp"] < prediction_time], log[log["timestamp"] >= prediction_time]
    if past.empty:
        raise InputError(f"no event is before {prediction_time}", expected="a log that spans some time")
    return past, future


def check_log(log: pd.DataFrame) -> None:
    """Refuse what is no event log.

    Raises:
        InputError: If a column is missing, the timestamps are no times, or there are no events.
    """
    for name in _NEEDED:
        if name not in log.columns:
            raise InputError(f"the log has no column {name!r}", expected=", ".join(_NEEDED))
    if not pd.api.types.is_datetime64_any_dtype(log["timestamp"]):
        raise InputError("found no times", column="timestamp", expected="datetime64, such as clean_log gives")
    if log.empty:
        raise InputError("the log has no events", expected="at least one")
