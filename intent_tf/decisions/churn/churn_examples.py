"""Examples of users at a prediction time: what was known of them, and whether they came back."""

import numpy as np
import pandas as pd

from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import prepare_examples
from intent_tf.decisions.event_log import check_log
from intent_tf.errors import InputError

LABEL, SILENT = "churned", "days_silent"

#: Columns of a session that say what was looked at: excluded, since churn is told by when and how often.
SUBJECTS = ("item_id", "text", "query")


def users_at(log: pd.DataFrame, prediction_time: pd.Timestamp, longest_silence: pd.Timedelta) -> pd.DataFrame:
    """Describe the users of a log at a prediction time: the last session of each, and the history before it.

    Args:
        log: The event log.
        prediction_time: Nothing from it on is looked at.
        longest_silence: Users silent for longer are given up, and excluded.

    Returns:
        One row a user: the columns of an example (the sequences are those of the last session), and
        ``days_silent``, from the last event to the prediction time.

    Raises:
        InputError: If no user was active so shortly before the prediction time.

    Example:
        >>> log = pd.DataFrame({"user_id": ["ann", "bob"], "session_id": ["1", "2"], "event_type": "click",
        ...                     "item_id": "7", "timestamp": pd.to_datetime([0, 86_400], unit="s", utc=True)})
        >>> users = users_at(log, pd.Timestamp("1970-01-04", tz="UTC"), pd.Timedelta(days=30))
        >>> users[["user_id", "days_silent"]].to_dict("records")
        [{'user_id': 'ann', 'days_silent': 3.0}, {'user_id': 'bob', 'days_silent': 2.0}]
    """
    check_log(log)
    earlier = log[log["timestamp"] < prediction_time]
    last = earlier.groupby("user_id")["timestamp"].max()
    recent = last.index[last >= prediction_time - longest_silence]
    earlier = earlier[earlier["user_id"].isin(recent)]
    if earlier.empty:
        raise InputError(f"no user was active within {longest_silence} before {prediction_time}")
    sessions = prepare_examples(earlier, ExampleDefinition(prediction_times="last", cut="none")).examples
    users = sessions.sort_values("prediction_time", kind="stable").groupby("user_id").tail(1)
    users = users.sort_values("user_id", ignore_index=True).drop(columns="purchase")
    users[SILENT] = (prediction_time - users["prediction_time"]).dt.total_seconds() / 86_400
    return users


def churn_examples(
    log: pd.DataFrame, prediction_time: pd.Timestamp, horizon: pd.Timedelta, longest_silence: pd.Timedelta
) -> pd.DataFrame:
    """Label the users of a prediction time by what came after it.

    Args:
        log: The event log.
        prediction_time: The time at which users are looked at.
        horizon: A user without any event so long after it has churned.
        longest_silence: Users who were silent for longer are gone already; see `users_at`.

    Returns:
        The rows of `users_at` with ``churned``, 0 or 1.

    Raises:
        InputError: If the horizon passes the log's end, or no user was active.
    """
    end = log["timestamp"].max()
    if prediction_time + horizon > end:
        raise InputError(
            f"the horizon ends at {prediction_time + horizon}",
            expected=f"no later than the log, {end}",
            remedy="take a shorter horizon or a longer log",
        )
    after = log[(log["timestamp"] >= prediction_time) & (log["timestamp"] < prediction_time + horizon)]
    users = users_at(log, prediction_time, longest_silence)
    return users.assign(**{LABEL: (~users["user_id"].isin(after["user_id"])).astype(np.int64)})


def snapshots(log: pd.DataFrame, horizon: pd.Timedelta, count: int = 4) -> list[pd.Timestamp]:
    """Choose prediction times, a horizon apart; when the last comes, the outcomes of the others are known.

    Args:
        log: The event log.
        horizon: Time after a prediction time in which a user has to come back.
        count: How many at most, from 2.

    Returns:
        At least 2 prediction times, ascending; the last one a horizon before the log's end.

    Raises:
        InputError: If the log is too short for two prediction times after its beginning.

    Example:
        >>> log = pd.DataFrame({"timestamp": pd.to_datetime([0, 10 * 86_400], unit="s", utc=True)})
        >>> [str(each.date()) for each in snapshots(log, pd.Timedelta(days=3))]
        ['1970-01-02', '1970-01-05', '1970-01-08']
    """
    begin, end = log["timestamp"].min(), log["timestamp"].max()
    prediction_times = [end - horizon * back for back in range(1, count + 1)]
    usable = [prediction_time for prediction_time in reversed(prediction_times) if prediction_time > begin]
    if horizon <= pd.Timedelta(0) or len(usable) < 2:
        raise InputError(
            f"a log of {end - begin} has {len(usable)} prediction times for a horizon of {horizon}",
            expected="a log longer than two horizons",
            remedy="take a shorter horizon (`--horizon`, in days)",
        )
    return usable
