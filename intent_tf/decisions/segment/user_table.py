"""What is known of each user at a prediction time: recency, frequency, money and probability."""

import numpy as np
import pandas as pd

from intent_tf.decisions.event_log import check_log
from intent_tf.errors import InputError

COLUMNS = ("recency", "frequency", "money", "probability")


def user_table(
    log: pd.DataFrame, probabilities: pd.DataFrame, prediction_time: pd.Timestamp | None = None
) -> pd.DataFrame:
    """Sum up each user's events before a prediction time.

    Args:
        log: Events with ``price``.
        probabilities: ``user_id, prediction_time, intent_strength`` of sessions, as `session_probabilities`
            gives them.
        prediction_time: What happened from it on is not known; by default just after the log's last event.

    Returns:
        One row a user, with the index ``user_id``: ``recency`` (days since the last event), ``frequency``
        (number of sessions), ``money`` (sum of the prices of purchases, in the log's currency) and
        ``probability`` (of the last scored session, in [0, 1]; the median of the others where there is
        none).

    Raises:
        InputError: If nothing happened before the prediction time, or no session was scored.

    Example:
        >>> log = pd.DataFrame({"user_id": ["ann"] * 2, "session_id": "s", "item_id": "7", "price": 5.0,
        ...     "event_type": ["click", "purchase"],
        ...     "timestamp": pd.to_datetime([0, 60], unit="s", utc=True)})
        >>> probabilities = pd.DataFrame({"user_id": ["ann"], "prediction_time": log["timestamp"][:1],
        ...                           "intent_strength": [0.4]})
        >>> user_table(log, probabilities, pd.Timestamp("1970-01-03", tz="UTC")).round(2).to_dict("records")
        [{'recency': 2.0, 'frequency': 1, 'money': 5.0, 'probability': 0.4}]
    """
    check_log(log)
    if "price" not in log.columns:
        raise InputError("the log has no column 'price'", expected="prices, NaN where there is none")
    prediction_time = (
        log["timestamp"].max() + pd.Timedelta(seconds=1) if prediction_time is None else prediction_time
    )
    events, scored = (
        log[log["timestamp"] < prediction_time],
        probabilities[probabilities["prediction_time"] < prediction_time],
    )
    if events.empty or scored.empty:
        raise InputError(
            f"there are {len(events)} events and {len(scored)} scored sessions before {prediction_time}"
        )
    bought = events["price"].where(events["event_type"].eq("purchase"), 0.0).fillna(0.0)
    grouped = events.assign(money=bought).groupby("user_id")
    last = scored.sort_values("prediction_time", kind="stable").groupby("user_id")["intent_strength"].last()
    table = pd.DataFrame(
        {
            "recency": (prediction_time - grouped["timestamp"].max()).dt.total_seconds() / 86_400,
            "frequency": grouped["session_id"].nunique(),
            "money": grouped["money"].sum(),
        }
    )
    table["probability"] = last.reindex(table.index).fillna(last.median()).astype(np.float64)
    return table
