from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from intent_tf.decisions.stock.demand import ALL
from intent_tf.decisions.stock.evaluate import Costs, probability_weights, replay, summary
from intent_tf.errors import InputError


@pytest.fixture(scope="module")
def demand() -> pd.DataFrame:
    generator = np.random.default_rng(0)
    days = pd.date_range("2024-01-01", periods=36, tz="UTC")
    counts = pd.DataFrame({"a": generator.poisson(6, 36), "b": generator.poisson(0.3, 36)}, index=days)
    return counts.assign(**{ALL: counts.sum(axis=1)})


def test_weights_are_never_negative() -> None:
    assert probability_weights(np.array([1.0, 1.0]), np.array([0.0, 1.0]), np.array([2.0, 1.0])).min() == 0


def test_strengths_that_foretell_demand_make_orders_cheaper(demand: pd.DataFrame) -> None:
    orders = replay(demand, 0.5 * demand.iloc[24:].astype(float), 24, 30, 7, Costs())
    found = summary(orders)["cost"].unstack("way")
    assert (found["forecast and open sessions"] < found["forecast"]).all()


def test_a_forecast_of_sparse_demand_is_cheaper_than_seasonal_naive() -> None:
    days = pd.date_range("2024-01-01", periods=200, tz="UTC")
    sparse = pd.DataFrame({ALL: np.random.default_rng(1).poisson(0.3, 200)}, index=days)
    found = summary(replay(sparse, 0.0 * sparse.iloc[50:], 50, 100, 7, Costs()))["cost"]
    assert found[(ALL, "forecast")] < found[(ALL, "seasonal naive")]


def test_an_order_knows_nothing_of_its_own_period(demand: pd.DataFrame) -> None:
    probabilities = 0.0 * demand.iloc[24:]
    changed = demand.copy()
    changed.iloc[33:] += 100
    first, second = (
        replay(each, probabilities, 24, 30, 7, Costs()).set_index("period")["order"]
        for each in (demand, changed)
    )
    until = demand.index[33]
    pd.testing.assert_series_equal(first[first.index <= until], second[second.index <= until])
    assert not first.equals(second)


def test_hand_computed_summary() -> None:
    orders = pd.DataFrame(
        {
            "item": ["a", "b", ALL],
            "way": "forecast",
            "mean": [2.0, 1.0, 3.0],
            "order": [3, 1, 4],
            "demand": [2.0, 3.0, 5.0],
            "cost": [1.0, 6.0, 3.0],
            "pinball": [0.25, 1.5, 0.75],
        }
    )
    found = summary(orders)
    assert found.loc[("single items", "forecast")].tolist() == [3.5, 0.875, -1.0, 0.5]
    assert found.loc[(ALL, "forecast")].tolist() == [3.0, 0.75, -2.0, 0.0]


def test_too_few_periods_are_refused(demand: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="36 periods are cut at 20 and 36"):
        replay(demand, demand, 20, 36, 7, Costs())
