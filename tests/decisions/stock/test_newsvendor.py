from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from intent_tf.decisions.stock.newsvendor import critical_ratio, demand_quantile, order_cost, pinball_loss
from intent_tf.errors import InputError


@settings(max_examples=30, deadline=None)
@given(st.floats(0.05, 30), st.floats(0.2, 9), st.floats(0.2, 9))
def test_no_other_order_is_cheaper(mean: float, underage: float, overage: float) -> None:
    order = demand_quantile(mean, [0.0], critical_ratio(underage, overage))
    demand = np.arange(200)
    costs = [
        order_cost(np.full(200, each), demand, underage, overage) @ poisson.pmf(demand, mean)
        for each in range(100)
    ]
    assert costs[order] <= min(costs) + 1e-9


def test_demand_that_varies_more_than_poisson_is_negative_binomial() -> None:
    # mean 4 and variance 8: r = 4^2 / (8 - 4) = 4, p = 4 / 8
    assert demand_quantile(4.0, [8**0.5, -(8**0.5)], 0.9) == nbinom.ppf(0.9, 4, 0.5) == 8


def test_pinball_loss_is_the_cost_for_one_piece_of_both() -> None:
    ordered, demand = np.array([1, 5, 3]), np.array([4, 2, 3])
    cost = order_cost(ordered, demand, underage=3.0, overage=1.0)
    np.testing.assert_allclose(pinball_loss(ordered, demand, 0.75), cost / 4)


def test_nothing_is_ordered_where_nothing_is_expected() -> None:
    assert demand_quantile(0.0, [1.0], 0.99) == 0


def test_costs_and_means_without_meaning_are_refused() -> None:
    with pytest.raises(InputError, match="the costs are 0 and 1"):
        critical_ratio(0, 1)
    with pytest.raises(InputError, match="the expected demand is -1"):
        demand_quantile(-1, [0.0], 0.5)
