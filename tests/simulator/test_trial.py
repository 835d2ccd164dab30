from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from intent_tf.errors import InputError
from intent_tf.simulator.simulator import simulate
from intent_tf.simulator.trial import Interventions, Trial, beliefs_at, simulate_trial


@pytest.fixture(scope="module")
def trial() -> tuple[pd.DataFrame, pd.DataFrame]:
    return simulate_trial(20_000, seed=5)


def test_shoppers_buy_as_often_as_the_exact_probabilities_say(
    trial: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    log, actions = trial
    exact = Interventions().purchase_probabilities(beliefs_at(actions, log))
    for index, name in enumerate(Interventions().names):
        taken = actions["action"].eq(name).to_numpy()
        chance, bought = exact[taken, index], actions.loc[taken, "purchase"]
        error = np.sqrt((chance * (1 - chance)).sum())
        assert abs(bought.sum() - chance.sum()) < 3.5 * error


def test_actions_are_taken_as_often_as_planned() -> None:
    plan = Trial(after=2, propensities=(0.7, 0.0, 0.3, 0.0))
    _, actions = simulate_trial(3000, plan)
    assert set(actions["action"]) == {"nothing", "coupon"} and set(actions["propensity"]) == {0.7, 0.3}
    assert actions["action"].eq("coupon").mean() == pytest.approx(0.3, abs=0.03)


def test_the_shop_acts_before_anything_is_in_the_cart(trial: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    log, actions = trial
    index = log.groupby("session_id")["timestamp"].rank(method="first")
    early = log[(index <= 4) & log["session_id"].isin(actions["session_id"])]
    assert not early["event_type"].isin(["cart", "purchase"]).any()
    assert early.groupby("session_id").size().eq(4).all()


def test_a_shop_that_does_nothing_makes_the_log_of_the_plain_simulator() -> None:
    log, _ = simulate_trial(200, Trial(propensities=(1.0, 0.0, 0.0, 0.0)), seed=4)
    # moving every state to itself draws nothing from the shop's own randomness
    pd.testing.assert_frame_equal(log, simulate(200, seed=4))


def test_propensities_that_are_none_are_refused() -> None:
    with pytest.raises(InputError, match="4 that sum to 1"):
        Trial(propensities=(0.5, 0.5, 0.5, 0.5))
