from __future__ import annotations

import numpy as np
import pytest
import vowpalwabbit

from intent_tf.decisions.policy.off_policy import (
    LoggedDecisions,
    cross_fitted_rewards,
    doubly_robust,
    ips,
    learnt_policy,
    snips,
)
from intent_tf.errors import InputError
from intent_tf.simulator.hidden_markov import Floats, draw
from intent_tf.simulator.trial import Interventions, beliefs_at, simulate_trial


@pytest.fixture(scope="module")
def prediction_times() -> tuple[Floats, Floats]:
    """The states' probabilities at times of the simulated shop, and a purchase's after each action."""
    log, actions = simulate_trial(4000, seed=3)
    beliefs = beliefs_at(actions, log)
    return beliefs, Interventions().purchase_probabilities(beliefs)


def drawn(
    prediction_times: tuple[Floats, Floats], size: int, generator: np.random.Generator
) -> tuple[LoggedDecisions, np.ndarray]:
    """Draw decisions of a logging policy that looks at the states, and the indices of their times."""
    beliefs, probabilities = prediction_times
    rows = generator.integers(len(beliefs), size=size)
    policy = (
        0.1
        + 0.6
        * np.column_stack([beliefs[:, 0], beliefs[:, 1], beliefs[:, 2:].sum(axis=1), np.zeros(len(beliefs))])[
            rows
        ]
    )
    actions = draw(policy, np.arange(size), generator)
    bought = generator.random((size, 4)) < probabilities[rows]
    rewards = Interventions().profits(bought.astype(float))
    every = np.arange(size)
    return LoggedDecisions(actions, rewards[every, actions], policy[every, actions]), rows


def test_hand_computed_estimates() -> None:
    logged = LoggedDecisions(np.array([0, 1, 1]), np.array([2.0, 6.0, 0.0]), np.array([0.5, 0.75, 0.25]))
    policy = np.array([[1.0, 0.0], [0.25, 0.75], [0.5, 0.5]])
    # the weights are 2, 1, 2
    assert ips(logged, policy).estimate == pytest.approx((2 * 2 + 1 * 6 + 2 * 0) / 3)
    assert snips(logged, policy).estimate == pytest.approx((2 * 2 + 1 * 6) / 5)
    expected = np.array([[1.0, 0.0], [4.0, 8.0], [0.0, 2.0]])
    # 1 + 2 (2 - 1) = 3; 0.25 4 + 0.75 8 + 1 (6 - 8) = 5; 1 + 2 (0 - 2) = -3
    assert doubly_robust(logged, policy, expected).estimate == pytest.approx(5 / 3)


def test_the_logging_policy_itself_is_worth_its_mean_reward() -> None:
    logged = LoggedDecisions(np.array([0, 1, 0]), np.array([1.0, 2.0, 6.0]), np.full(3, 0.5))
    assert ips(logged, np.full((3, 2), 0.5)).estimate == snips(logged, np.full((3, 2), 0.5)).estimate == 3


def test_intervals_cover_the_truth_as_often_as_they_promise(prediction_times: tuple[Floats, Floats]) -> None:
    beliefs, probabilities = prediction_times
    values = Interventions().profits(probabilities)
    generator = np.random.default_rng(1)
    past, rows = drawn(prediction_times, 3000, generator)
    policy = learnt_policy(past, beliefs[rows], beliefs, 4)
    truth = (policy * values).sum(axis=1).mean()
    covered: dict[str, list[bool]] = {"ips": [], "snips": [], "dr": []}
    widths: dict[str, list[float]] = {"ips": [], "snips": [], "dr": []}
    for _ in range(400):
        logged, rows = drawn(prediction_times, 1500, generator)
        expected = cross_fitted_rewards(logged, beliefs[rows], 4)
        found = {
            "ips": ips(logged, policy[rows]),
            "snips": snips(logged, policy[rows]),
            "dr": doubly_robust(logged, policy[rows], expected),
        }
        for name, estimate in found.items():
            covered[name].append(estimate.low <= truth <= estimate.high)
            widths[name].append(estimate.high - estimate.low)
    margin = 3 * np.sqrt(0.95 * 0.05 / 400)
    assert all(abs(np.mean(inside) - 0.95) < margin for inside in covered.values())
    assert np.mean(widths["dr"]) < np.mean(widths["snips"]) < np.mean(widths["ips"])


def test_the_estimate_is_that_of_vowpal_wabbit(prediction_times: tuple[Floats, Floats]) -> None:
    logged, _ = drawn(prediction_times, 500, np.random.default_rng(2))
    chosen = np.random.default_rng(3).integers(4, size=500)
    # its costs are rewards with the other sign, its actions count from 1, and the policy's stands in front
    lines = [
        f"{chosen[row] + 1} {logged.actions[row] + 1}:{-logged.rewards[row]}:{logged.propensities[row]} | a"
        for row in range(500)
    ]
    workspace = vowpalwabbit.Workspace("--cb 4 --eval --cb_type ips --quiet")
    for line in lines:
        workspace.learn(line)
    theirs = -workspace.get_sum_loss() / 500
    workspace.finish()
    assert ips(logged, np.eye(4)[chosen]).estimate == pytest.approx(theirs, rel=1e-4)


@pytest.mark.parametrize("propensity", [0.0, -0.1, 1.1, np.nan])
def test_a_propensity_that_is_none_is_named(propensity: float) -> None:
    with pytest.raises(InputError, match="row 1, column 'propensity'"):
        LoggedDecisions(np.array([0, 1]), np.array([1.0, 2.0]), np.array([0.5, propensity]))


def test_a_policy_that_has_nothing_in_common_with_the_log_is_refused() -> None:
    logged = LoggedDecisions(np.array([0, 0]), np.array([1.0, 2.0]), np.array([0.5, 0.5]))
    with pytest.raises(InputError, match="never does what was logged"):
        ips(logged, [[0.0, 1.0]] * 2)


def test_a_policy_that_is_no_distribution_is_refused() -> None:
    logged = LoggedDecisions(np.array([0, 0]), np.array([1.0, 2.0]), np.array([0.5, 0.5]))
    with pytest.raises(InputError, match="no distribution"):
        ips(logged, [[0.5, 0.6]] * 2)
