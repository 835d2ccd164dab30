from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from intent_tf.decisions.policy.decision_table import decision_table, logged, simulated_decisions
from intent_tf.decisions.policy.off_policy import LoggedDecisions, compare_policies
from intent_tf.errors import InputError
from intent_tf.simulator.simulator import simulate


@pytest.fixture(scope="module")
def decisions() -> pd.DataFrame:
    return simulated_decisions(300, seed=1)[0]


def test_rewards_are_profits_of_the_action_taken(decisions: pd.DataFrame) -> None:
    found = {name: set(rewards) for name, rewards in decisions.groupby("action")["reward"]}
    assert found == {
        "nothing": {0.0, 20.0},
        "recommendation": {-0.4, 19.6},
        "coupon": {0.0, 16.0},
        "reminder": {-0.1, 19.9},
    }


def test_only_what_was_seen_before_the_action_is_in_the_table(decisions: pd.DataFrame) -> None:
    assert decisions["event_type"].map(len).eq(4).all() and "purchase" not in decisions
    assert decisions["prediction_time"].is_monotonic_increasing


def test_a_missing_column_is_named() -> None:
    actions = pd.DataFrame({"session_id": ["s0000001"], "events": [1], "action": ["coupon"]})
    with pytest.raises(InputError, match="no column 'propensity'"):
        decision_table(simulate(20), actions)


def test_actions_of_no_session_are_refused() -> None:
    actions = pd.DataFrame(
        {"session_id": ["other"], "events": [1], "action": ["coupon"], "propensity": [0.5], "reward": [0.0]}
    )
    with pytest.raises(InputError, match="no action is at a prediction time"):
        decision_table(simulate(20), actions)


def test_an_action_without_a_name_is_told_with_its_row(decisions: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="row 0, column 'action'"):
        logged(decisions.assign(action="discount"), ("nothing", "coupon"))


def test_policies_are_evaluated_on_decisions_that_taught_them_nothing() -> None:
    # In the first half the first action pays, in the second half the other one: what was learnt is wrong now.
    actions = np.arange(200) % 2
    rewards = np.where(np.arange(200) < 100, actions == 0, actions == 1).astype(float)
    ones = np.ones((200, 1))
    found = compare_policies(LoggedDecisions(actions, rewards, np.full(200, 0.5)), ("a", "b"), ones, ones)
    assert found["snips"].to_dict() == {
        "linear in the last layer": 0,
        "greedy on probability": 0,
        "uniform": 0.5,
        "always a": 0,
        "always b": 1,
    }


def test_too_few_decisions_are_refused() -> None:
    few = LoggedDecisions(np.zeros(9, int), np.zeros(9), np.full(9, 0.5))
    with pytest.raises(InputError, match="9 decisions"):
        compare_policies(few, ("a", "b"), np.ones((9, 1)), np.ones((9, 1)))
