from __future__ import annotations

import numpy as np
import pytest

from intent_tf.decisions.advertise.bidding import run_auctions
from intent_tf.errors import InputError


def test_hand_computed_pacing() -> None:
    found = run_auctions([4, 4, 4, 4], [2, 2, 1.5, 9], budget=4)
    # A share of 1 an auction and a step of 1/2: paying 2 adds 1/2, paying nothing takes 1/2, 1.5 adds 1/4.
    assert found["multiplier"].tolist() == [0, 0.5, 0, 0.25]
    # 4 / 1.5 and then 4 are cut to the 2 that are left, 4 / 1.25 to the last 0.5.
    assert found["bid"].tolist() == [4, 2, 2, 0.5] and found["paid"].tolist() == [2, 0, 1.5, 0]


@pytest.mark.parametrize("pacing", [True, False])
def test_the_budget_is_never_exceeded(pacing: bool) -> None:
    generator = np.random.default_rng(0)
    for budget in (0.5, 5, 50):
        worth, market = generator.exponential(1, (2, 500))
        found = run_auctions(worth, market, budget, pacing=pacing)
        assert found["paid"].sum() <= budget + 1e-9
        assert (found["paid"] <= found["bid"]).all()


def test_pacing_makes_the_budget_last() -> None:
    generator = np.random.default_rng(1)
    worth, market = generator.exponential(1, 4000), generator.exponential(1, 4000)
    paced, hasty = (run_auctions(worth, market, 100, pacing=pacing) for pacing in (True, False))
    early = [found["paid"].head(1000).sum() / found["paid"].sum() for found in (paced, hasty)]
    assert early[0] < 1 / 3 < 0.99 < early[1]
    assert paced["paid"].sum() > 90
    assert (worth * paced["won"]).sum() > (worth * hasty["won"]).sum()


def test_with_a_large_budget_bids_are_what_impressions_are_worth() -> None:
    worth = np.arange(1.0, 9)
    assert run_auctions(worth, np.full(8, 4.5), 1000)["bid"].tolist() == worth.tolist()


def test_without_a_budget_nothing_is_won() -> None:
    found = run_auctions([5, 5], [1, 1], budget=0)
    assert found[["bid", "won", "paid"]].to_numpy().max() == 0


@pytest.mark.parametrize(
    ("worth", "market", "budget", "message"),
    [
        ([1, -1], [1, 1], 1, "row 1, column 'worth': found -1"),
        ([1, 1], [1, np.nan], 1, "row 1, column 'market': found nan"),
        ([1], [1, 1], 1, "1 values and 2 prices"),
        ([], [], 1, "0 values"),
        ([1], [1], -1, "the budget is -1"),
    ],
)
def test_bad_auctions_are_told(worth: list[float], market: list[float], budget: float, message: str) -> None:
    with pytest.raises(InputError, match=message):
        run_auctions(worth, market, budget)
