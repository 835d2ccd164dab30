from __future__ import annotations

import numpy as np

from intent_tf.decisions.policy.contexts import probability_fifths
from intent_tf.decisions.policy.lin_ucb import LinUCB
from intent_tf.decisions.policy.regret import regret_curve, regret_curves
from intent_tf.simulator.trial import Interventions, beliefs_at, simulate_trial


def test_hand_computed_regret_of_the_uniform_policy() -> None:
    values = np.array([[4.0, 0.0], [1.0, 3.0], [2.0, 2.0]])
    curve = regret_curve(LinUCB(2, 1, floor=1.0), np.ones((3, 1)), values, rewards=values)
    assert curve.tolist() == [2.0, 3.0, 3.0]


def test_bandits_that_see_the_states_beat_greed_on_strength_and_chance() -> None:
    log, actions = simulate_trial(12_000, seed=8)
    beliefs, offer = beliefs_at(actions, log), Interventions()
    probabilities = offer.purchase_probabilities(beliefs)
    probability = probabilities[:, 0]
    found = regret_curves(
        beliefs, probability_fifths(probability, probability), probabilities, offer, 7.0, runs=3
    )
    last = found[found["round"] == found["round"].max()].groupby("policy")["regret"].mean()
    assert last["LinUCB"] < last["greedy on probability"] < last["uniform"]
