from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from intent_tf.decisions.stock.command import cost_differences, run
from intent_tf.decisions.stock.demand import ALL
from intent_tf.errors import InputError
from intent_tf.options.decide import LogConfig, StockConfig


@pytest.mark.slow
def test_orders_are_replayed_beside_the_baseline(
    tmp_path: Path, words_drawn: Callable[[Path], set[str]]
) -> None:
    folder = run(LogConfig(sessions=900, out=str(tmp_path)), StockConfig(items=3, training_sessions=300))
    found = pd.read_csv(folder / "costs.csv")
    assert set(found["way"]) == {"seasonal naive", "forecast", "forecast and open sessions"}
    assert {"demand", "order: forecast and open sessions"} <= words_drawn(folder / "orders.svg")


def test_the_interval_is_that_of_whole_periods() -> None:
    ways = ["seasonal naive", "forecast", "forecast and open sessions"]
    orders = pd.DataFrame(
        {
            "item": [ALL] * 6,
            "period": [0, 1] * 3,
            "way": [way for way in ways for _ in range(2)],
            "cost": [4.0, 4.0, 3.0, 1.0, 3.0, 3.0],
        }
    )
    found = cost_differences(orders)
    assert found.loc[(ALL, ways[1], ways[0])].tolist() == [-2.0, -3.0, -1.0]
    assert found.loc[(ALL, ways[2], ways[1])].tolist() == [1.0, 0.0, 2.0]


def test_a_period_of_no_time_is_refused() -> None:
    with pytest.raises(InputError, match="period is 0"):
        StockConfig(period=0)
