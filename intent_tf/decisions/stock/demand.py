"""How often each item was bought in each period."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from intent_tf.decisions.log_periods import check_log
from intent_tf.errors import InputError

#: The column of the demand for all items of the log together.
ALL = "all items"


def demand_table(log: pd.DataFrame, period: pd.Timedelta, items: Sequence[str]) -> pd.DataFrame:
    """Count purchases.

    Args:
        log: Events.
        period: Length of a period, in whole seconds (rounded); the last one, unless whole, is excluded.
        items: The items to count, each bought at least once in the log.

    Returns:
        One row a period, by its beginning, one column an item, and ``all items`` for those of the whole log.

    Raises:
        InputError: If an item was never bought, or the log is shorter than two periods.

    Example:
        >>> log = pd.DataFrame({"user_id": "a", "session_id": "s", "event_type": ["purchase"] * 3 + ["click"],
        ...                     "item_id": ["7", "8", "7", ""],
        ...                     "timestamp": pd.to_datetime([0, 10, 90, 180], unit="s", utc=True)})
        >>> demand_table(log, pd.Timedelta(minutes=1), ["7"]).to_numpy().tolist()
        [[1, 2], [1, 1], [0, 0]]
    """
    check_log(log)
    period = period.round("s")
    if period <= pd.Timedelta(0):
        raise InputError(f"the period is {period}", expected="a second or longer")
    begin = log["timestamp"].min().floor(period)
    whole = int((log["timestamp"].max() - begin) / period)
    if whole < 2:
        raise InputError(
            f"the log has {whole} whole periods of {period}",
            expected="at least 2",
            remedy="take a shorter period (`--period`, in hours)",
        )
    bought = log[log["event_type"].eq("purchase")]
    for item in items:
        if item not in set(bought["item_id"]):
            raise InputError(f"item {item!r} was never bought", expected="items with some demand")
    number = ((bought["timestamp"] - begin) // period).astype("int64").rename("period")
    counts = pd.crosstab(number, bought["item_id"]).reindex(range(whole), fill_value=0)
    table = counts.reindex(columns=list(items)).assign(**{ALL: counts.sum(axis=1)})
    return table.set_axis(begin + period * table.index.to_numpy(), axis=0).rename_axis("period")


def most_bought(log: pd.DataFrame, count: int) -> list[str]:
    """Return the items bought most, at most so many.

    Raises:
        InputError: If nothing was bought.
    """
    bought = log.loc[log["event_type"].eq("purchase") & log["item_id"].ne(""), "item_id"]
    if bought.empty:
        raise InputError("nothing was bought", expected="purchases", remedy="take a longer log")
    return (
        bought.value_counts().sort_index().sort_values(ascending=False, kind="stable").index[:count].tolist()
    )
