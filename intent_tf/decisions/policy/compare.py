"""Policies learnt from the first half of a log's decisions, evaluated on the second half."""

from __future__ import annotations

import numpy as np
import pandas as pd

from intent_tf.decisions.policy.bandits import LinUCB
from intent_tf.decisions.policy.off_policy import (
    LoggedDecisions,
    cross_fitted_rewards,
    doubly_robust,
    ips,
    snips,
)
from intent_tf.errors import InputError
from intent_tf.simulator.hidden_markov import Floats

LINEAR, ON_PROBABILITY, UNIFORM = "linear in the last layer", "greedy on probability", "uniform"


def learnt_policy(past: LoggedDecisions, contexts: np.ndarray, later: np.ndarray, actions: int) -> Floats:
    """Take in each context the action whose rewards a ridge regression of the past expects to be highest.

    Args:
        past: What was done.
        contexts: Its contexts, ``(decisions, features)``.
        later: Contexts to decide in, ``(prediction_times, features)``.
        actions: How many there are.

    Returns:
        Zeros and a one, ``(prediction_times, actions)``.
    """
    model = LinUCB(actions, contexts.shape[1], exploration=0.0, floor=0.0)
    model.learn(contexts, past.actions, past.rewards)
    return model.probabilities(later)


def compare_policies(
    decisions: LoggedDecisions,
    names: tuple[str, ...],
    contexts: np.ndarray,
    fifths: np.ndarray,
    values: Floats | None = None,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Learn from the first half of the decisions, and estimate on the second what each policy would earn.

    Args:
        decisions: The logged decisions, in the order of time.
        names: Names of the actions.
        contexts: What the learnt policy sees, ``(decisions, features)``.
        fifths: What the policy on probability alone sees, from `probability_fifths`, ``(decisions, 5)``.
        values: Exact expected reward of each action, where known, ``(decisions, actions)``.
        alpha: One less the confidence of the intervals, in (0, 1).

    Returns:
        One row a policy: for ``ips``, ``snips`` and ``dr`` the estimate, ``_low`` and ``_high``, and
        ``truth`` where values are known. The learnt policies come first, then each action.

    Raises:
        InputError: If there are fewer than 100 decisions.
    """
    size = len(decisions.actions)
    if size < 100:
        raise InputError(f"there are {size} decisions", expected="at least 100")
    past, now = slice(0, size // 2), slice(size // 2, size)
    before, after = (
        LoggedDecisions(decisions.actions[part], decisions.rewards[part], decisions.propensities[part])
        for part in (past, now)
    )
    count, rows = len(names), size - size // 2
    policies = {
        LINEAR: learnt_policy(before, contexts[past], contexts[now], count),
        ON_PROBABILITY: learnt_policy(before, fifths[past], fifths[now], count),
        UNIFORM: np.full((rows, count), 1 / count),
        **{f"always {name}": np.tile(np.eye(count)[index], (rows, 1)) for index, name in enumerate(names)},
    }
    expected = cross_fitted_rewards(after, contexts[now], count)
    table = []
    for name, policy in policies.items():
        estimates = {
            "ips": ips(after, policy, alpha),
            "snips": snips(after, policy, alpha),
            "dr": doubly_robust(after, policy, expected, alpha),
        }
        row: dict[str, object] = {"policy": name}
        for way, estimate in estimates.items():
            row |= {way: estimate.estimate, f"{way}_low": estimate.low, f"{way}_high": estimate.high}
        if values is not None:
            row["truth"] = float((policy * values[now]).sum(axis=1).mean())
        table.append(row)
    return pd.DataFrame(table).set_index("policy")
