from __future__ import annotations

import pandas as pd
import pytest

from intent_tf.decisions.stock.demand import demand_table, most_bought
from intent_tf.errors import InputError

HOUR = pd.Timedelta(hours=1)


@pytest.fixture
def log() -> pd.DataFrame:
    rows = [
        (0.1, "click", "a"),
        (0.5, "purchase", "a"),
        (0.6, "purchase", "b"),
        (2.2, "purchase", "a"),
        (3.5, "purchase", "a"),
    ]
    frame = pd.DataFrame(rows, columns=["hours", "event_type", "item_id"]).assign(user_id="u", session_id="s")
    frame["timestamp"] = pd.Timestamp(0, tz="UTC") + pd.to_timedelta(frame["hours"], unit="h")
    return frame


def test_purchases_are_counted_by_whole_period(log: pd.DataFrame) -> None:
    found = demand_table(log, HOUR, ["b", "a"])
    assert found.to_dict("list") == {"b": [1, 0, 0], "a": [1, 0, 1], "all items": [2, 0, 1]}
    assert found.index[2] == pd.Timestamp(7200, unit="s", tz="UTC")


def test_periods_are_whole_seconds(log: pd.DataFrame) -> None:
    minutes = demand_table(log, pd.Timedelta(hours=0.0166667), ["a"])  # 60.00012 seconds
    assert minutes.index[1] - minutes.index[0] == pd.Timedelta(minutes=1)
    with pytest.raises(InputError, match="the period is 0"):
        demand_table(log, pd.Timedelta(milliseconds=1), ["a"])


def test_an_item_that_was_never_bought_is_named(log: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="item 'c' was never bought"):
        demand_table(log, HOUR, ["a", "c"])


def test_a_log_of_one_period_is_refused(log: pd.DataFrame) -> None:
    with pytest.raises(InputError, match=r"1 whole periods.*shorter period"):
        demand_table(log, 2 * HOUR, ["a"])


def test_the_items_bought_most_come_first(log: pd.DataFrame) -> None:
    assert most_bought(log, 1) == ["a"] and most_bought(log, 9) == ["a", "b"]
    with pytest.raises(InputError, match="nothing was bought"):
        most_bought(log.head(1), 1)
