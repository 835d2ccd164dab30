"""A trial of an advertisement in the simulated shop, where its effect on every shopper is known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from intent_tf.decisions.policy.decision_table import simulated_decisions
from intent_tf.errors import InputError
from intent_tf.options.decide import Treatment
from intent_tf.simulator.hidden_markov import Floats
from intent_tf.simulator.interventions import Interventions
from intent_tf.simulator.trial import Trial


def persuasion_trial(
    sessions: int, treatment: Treatment = "coupon", share: float = 0.5, seed: int = 0
) -> tuple[pd.DataFrame, Floats]:
    """Treat shoppers of the simulated shop at random, after the fourth event of their sessions.

    Args:
        sessions: Sessions to simulate; those of at least four events, and nothing in the cart by then, count.
        treatment: What the shop does: one of the actions of `Interventions`.
        share: Share of shoppers who are treated, in (0, 1).
        seed: Fixes every draw.

    Returns:
        Examples in the order of their prediction times with ``treated`` and ``purchase`` (0 or 1: afterwards,
        in the session); and the exact effect of the treatment on the probability of a purchase,
        ``(examples,)``.

    Raises:
        InputError: If the share is out of its range.

    Example:
        >>> trial, effect = persuasion_trial(2000, "coupon")
        >>> trial["treated"].mean().round(1), effect.mean().round(2)
        (np.float64(0.5), np.float64(0.04))
    """
    if not 0 < share < 1:
        raise InputError(f"the share of treated shoppers is {share}", expected="a share in (0, 1)")
    actions = Interventions()
    index = actions.names.index(treatment)
    propensities = np.zeros(len(actions.names))
    propensities[[0, index]] = 1 - share, share
    decisions, purchases = simulated_decisions(sessions, Trial(actions, 4, tuple(propensities)), seed)
    trial = decisions.drop(columns=["action", "propensity", "reward"]).assign(
        treated=decisions["action"].eq(treatment).astype(np.int64),
        # Whoever buys brings more than any action costs.
        purchase=decisions["reward"].gt(0).astype(np.int64),
    )
    return trial, purchases[:, index] - purchases[:, 0]
