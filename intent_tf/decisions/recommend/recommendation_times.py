"""The prediction times at which something may be recommended, and what the session wanted afterwards."""

import numpy as np
import pandas as pd

from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import prepare_examples
from intent_tf.decisions.event_log import check_log, later_events
from intent_tf.errors import InputError
from intent_tf.options.decide import Target

#: What a recommendation is to lead to: a cart or purchase, or the view of an item that is new to the session.

BUYS = ("cart", "purchase")
VIEWS = ("click", "detail")
#: Items of earlier sessions that are looked at, the last ones.
_HISTORY = 50


def recommendation_times(
    log: pd.DataFrame,
    target: Target = "buy",
    *,
    since: pd.Timestamp | None = None,
    bought_days: float = 30.0,
    prediction_times: str = ExampleDefinition.prediction_times,
) -> pd.DataFrame:
    """Find the prediction times of a log's sessions before the first cart or purchase.

    Args:
        log: Events as `clean_log` gives them.
        target: ``buy``: what is wanted are the items carted or bought later in the session; ``view``: those
            viewed later in it for the first time.
        since: Only prediction times from this time on; what happened before it is known as history.
        bought_days: Days after a purchase within which the user is not offered the item again; 0 turns the
            rule off.
        prediction_times: When to recommend, as in `ExampleDefinition`.

    Returns:
        The columns of `prepare_examples` and three lists of items a row: ``history`` (of the user's earlier
        sessions, the last 50, the oldest first), ``hidden`` (bought too lately to be offered again; with
        the target ``view`` also those seen in the session) and ``wanted`` (distinct; empty where nothing
        is). The index counts from 0.

    Raises:
        InputError: If the log is none, or there is no prediction time since then.

    Example:
        >>> log = pd.DataFrame({"user_id": "ann", "session_id": "s", "item_id": ["7", "8", "8"], "text": "",
        ...     "query": "", "price": 5.0, "event_type": ["click", "detail", "cart"],
        ...     "timestamp": pd.to_datetime([0, 60, 90], unit="s", utc=True)})
        >>> recommendation_times(log)[["events", "item_id", "wanted"]]
           events item_id wanted
        0       1     [7]    [8]
        1       2  [7, 8]    [8]
    """
    check_log(log)
    examples = prepare_examples(log, ExampleDefinition(prediction_times=prediction_times)).examples
    if since is not None:
        examples = examples[examples["prediction_time"] >= since]
    if examples.empty:
        raise InputError(f"no session has a prediction time since {since}", expected="a longer log")
    examples = examples.sort_values(["prediction_time", "session_id", "events"], ignore_index=True)
    elapsed = pd.to_timedelta(examples["elapsed"].map(lambda seconds: seconds[-1]), unit="s")
    begin = (examples["prediction_time"] - elapsed).dt.round("ms")
    seen = _before(log[log["item_id"] != ""], examples["user_id"], begin, None)
    purchases = log[log["event_type"].eq("purchase") & (log["item_id"] != "")]
    bought = _before(purchases, examples["user_id"], begin, pd.Timedelta(days=bought_days))
    types = BUYS if target == "buy" else VIEWS
    later, wanted, hidden = later_events(log, examples), [], []
    rows = zip(examples["item_id"], later["event_type"], later["item_id"], bought, strict=True)
    for visible, kinds, items, lately in rows:
        already = set(visible) if target == "view" else set()
        chosen = dict.fromkeys(item for kind, item in zip(kinds, items, strict=True) if kind in types)
        wanted.append([item for item in chosen if item and item not in already])
        hidden.append(sorted(already.union(lately) - {""}))
    history = [list(items[-_HISTORY:]) for items in seen]
    lists = {"history": history, "hidden": hidden, "wanted": wanted}
    return examples.assign(**{name: pd.Series(values, dtype=object) for name, values in lists.items()})


def _before(
    log: pd.DataFrame, users: pd.Series, prediction_times: pd.Series, window: pd.Timedelta | None
) -> list[np.ndarray]:
    """Return the items of each user's events before a prediction time, within the window if there is one."""
    ordered = log.assign(micros=_micros(log["timestamp"])).sort_values("micros", kind="stable")
    grouped = {
        user: (events["micros"].to_numpy(), events["item_id"].to_numpy(object))
        for user, events in ordered.groupby("user_id")
    }
    nothing = (np.array([], np.int64), np.array([], object))
    width = None if window is None else round(window.total_seconds() * 1e6)
    item_lists = []
    for user, prediction_time in zip(users, _micros(prediction_times), strict=True):
        times, items = grouped.get(user, nothing)
        end = np.searchsorted(times, prediction_time)
        start = 0 if width is None else np.searchsorted(times, prediction_time - width, side="right")
        item_lists.append(items[start:end])
    return item_lists


def _micros(times: pd.Series) -> np.ndarray:
    return times.dt.as_unit("us").astype("int64").to_numpy()
