from __future__ import annotations

import numpy as np
import pytest

from intent_tf.decisions.stock.forecast import forecast, seasonal_naive, smoothed, tsb
from intent_tf.errors import InputError


def test_hand_computed_tsb_errors() -> None:
    # the rate 1/2 and the size 3 to begin with; then the rate 0.45 meets a demand of 3
    assert tsb([0, 3]).errors == pytest.approx([-1.5, 3 - 0.45 * 3])


def test_the_forecast_of_an_item_no_longer_sold_fades() -> None:
    assert tsb([2, 2, 2, *[0] * 30]).mean < 0.1 * tsb([2, 2, 2]).mean


def test_what_was_never_sold_is_expected_never_to_be() -> None:
    assert forecast([0, 0, 0, 0, 0, 0]).mean == 0


def test_a_season_is_learnt() -> None:
    week = np.array([10.0, 10, 10, 10, 10, 40, 50])
    noise = np.random.default_rng(0).normal(0, 1, 35)
    assert smoothed(np.tile(week, 5)[:33] + noise[:33], season=7).mean == pytest.approx(40, abs=3)


def test_a_constant_demand_is_expected_to_stay() -> None:
    found = forecast([3, 3, 3, 3, 3])
    assert found.mean == 3 and not found.errors.any()


def test_sparse_demand_is_forecast_by_tsb() -> None:
    sparse = [0, 1, 0, 0, 2, 0, 0, 1]
    assert forecast(sparse).mean == tsb(sparse).mean
    dense = [3, 1, 4, 1, 5, 2, 6, 5]
    assert forecast(dense).mean == smoothed(dense).mean


def test_before_a_season_has_passed_the_last_period_is_repeated() -> None:
    assert seasonal_naive([4, 9], season=7).mean == 9


@pytest.mark.parametrize("demand", [[], [1, -1], [[1]]])
def test_what_is_no_demand_is_refused(demand: list[float]) -> None:
    with pytest.raises(InputError, match="the demand has shape"):
        tsb(demand)
