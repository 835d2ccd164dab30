"""What policies would have earned, from the log of another one: IPS, SNIPS, doubly robust."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm

from intent_tf.decisions.policy.lin_ucb import LinUCB
from intent_tf.errors import InputError
from intent_tf.simulator.hidden_markov import Floats

LINEAR, ON_PROBABILITY, UNIFORM = "linear in the last layer", "greedy on probability", "uniform"


@dataclass(frozen=True)
class Estimate:
    """The mean reward of a policy.

    Args:
        estimate: In the reward's unit.
        low: Lower end of the interval.
        high: Upper end of the interval.
    """

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class LoggedDecisions:
    """What a shop did, what that brought, and how probable it was.

    Args:
        actions: Action taken, from 0, ``(decisions,)``.
        rewards: What it brought, ``(decisions,)``.
        propensities: Probability with which it was taken, in (0, 1], ``(decisions,)``.

    Raises:
        InputError: If the shapes differ, a value is not finite, or a propensity is not in (0, 1].

    Example:
        >>> LoggedDecisions(np.array([1, 0]), np.array([5.0, 0.0]), np.array([0.0, 0.5]))
        Traceback (most recent call last):
        ...
        intent_tf.errors.InputError: row 0, column 'propensity': found 0.0; ...
    """

    actions: np.ndarray
    rewards: np.ndarray
    propensities: np.ndarray

    def __post_init__(self) -> None:
        shape = self.actions.shape
        if len(shape) != 1 or not {shape} == {self.rewards.shape, self.propensities.shape} or shape[0] < 2:
            raise InputError(
                f"the shapes are {shape}, {self.rewards.shape}, {self.propensities.shape}",
                expected="(decisions,), at least two",
            )
        if not np.isfinite(self.rewards).all():
            raise InputError("is not finite", row=int((~np.isfinite(self.rewards)).argmax()), column="reward")
        wrong = ~((self.propensities > 0) & (self.propensities <= 1))
        if wrong.any():
            raise InputError(
                f"found {self.propensities[wrong][0]}",
                row=int(wrong.argmax()),
                column="propensity",
                expected="more than 0, at most 1",
                remedy="log every action with the probability that it was taken with, and give each some "
                "(`floor`)",
            )

    def weights(self, policy: ArrayLike) -> np.ndarray:
        """Tell how much more probable what was done is under another policy, ``(decisions,)``.

        Args:
            policy: Probability of each action under it, ``(decisions, actions)``.

        Raises:
            InputError: If that is no distribution, or none of the logged actions has a chance under it.
        """
        policy = np.asarray(policy, np.float64)
        if policy.ndim != 2 or len(policy) != len(self.actions) or policy.shape[1] <= self.actions.max():
            raise InputError(
                f"the policy has shape {policy.shape}", expected=f"({len(self.actions)}, actions)"
            )
        if (policy < 0).any() or not np.allclose(policy.sum(axis=1), 1):
            raise InputError("the policy is no distribution", expected="rows of shares that sum to 1")
        weights: np.ndarray = policy[np.arange(len(policy)), self.actions] / self.propensities
        if not weights.any():
            raise InputError(
                "the policy never does what was logged",
                expected="some decisions in common",
                remedy="evaluate a policy that is closer to the logged one",
            )
        return weights


def ips(logged: LoggedDecisions, policy: ArrayLike, alpha: float = 0.05) -> Estimate:
    r"""Weight each reward by inverse propensity: :math:`\frac1n \sum w_i r_i`. Unbiased, and noisy.

    Args:
        logged: The actions taken, their propensities and their rewards.
        policy: Probability of each action under the policy to evaluate, ``(decisions, actions)``.
        alpha: One less the confidence of the interval (normal), in (0, 1).

    Raises:
        InputError: As `LoggedDecisions.weights` does.

    Reference:
        Horvitz & Thompson (1952); Li, Chu, Langford & Wang (2011), Unbiased Offline Evaluation of
        Contextual-bandit-based News Article Recommendation Algorithms.

    Example:
        >>> logged = LoggedDecisions(np.array([0, 1, 0, 1]), np.array([1.0, 3.0, 1.0, 3.0]), np.full(4, 0.5))
        >>> ips(logged, [[0.0, 1.0]] * 4).estimate
        3.0
    """
    return _mean(logged.weights(policy) * logged.rewards, alpha)


def snips(logged: LoggedDecisions, policy: ArrayLike, alpha: float = 0.05) -> Estimate:
    r"""Divide by the weights that there were: :math:`\sum w_i r_i / \sum w_i`. Slightly biased, less noisy.

    Args and Raises: those of `ips`. The interval is by the delta method.

    Reference:
        Swaminathan & Joachims (2015), The Self-Normalized Estimator for Counterfactual Learning.
    """
    weights = logged.weights(policy)
    estimate = float(weights @ logged.rewards / weights.sum())
    residuals = weights * (logged.rewards - estimate) / weights.mean()
    return _mean(residuals + estimate, alpha)


def doubly_robust(
    logged: LoggedDecisions, policy: ArrayLike, expected: ArrayLike, alpha: float = 0.05
) -> Estimate:
    r"""Ask a model of the rewards, and correct it by what was seen.

    .. math:: \frac1n \sum_i \Big(\sum_a \pi(a|x_i)\,\hat r(x_i, a) + w_i\,(r_i - \hat r(x_i, a_i))\Big)

    Right if either the propensities or the model are, and less noisy the better the model.

    Args:
        logged: The actions taken, their propensities and their rewards.
        policy: Probability of each action under the policy to evaluate, ``(decisions, actions)``.
        expected: The model's rewards, ``(decisions, actions)``, not fitted on the same decision (see
            `cross_fitted_rewards`).
        alpha: One less the confidence of the interval (normal), in (0, 1).

    Raises:
        InputError: If propensities or shapes are wrong, as with `ips`, or the shape of ``expected`` differs.

    Reference:
        Dudík, Langford & Li (2011), Doubly Robust Policy Evaluation and Learning.
    """
    weights = logged.weights(policy)
    policy, expected = np.asarray(policy, np.float64), np.asarray(expected, np.float64)
    if expected.shape != policy.shape:
        raise InputError(f"the model's rewards have shape {expected.shape}", expected=f"{policy.shape}")
    missed = logged.rewards - expected[np.arange(len(expected)), logged.actions]
    return _mean((policy * expected).sum(axis=1) + weights * missed, alpha)


def cross_fitted_rewards(
    logged: LoggedDecisions, contexts: ArrayLike, actions: int, seed: int = 0
) -> np.ndarray:
    """Estimate the reward of each action by ridge regressions, each on the decisions of four other fifths.

    Args:
        logged: The actions taken, their propensities and their rewards.
        contexts: Features of each decision, ``(decisions, features)``, with a constant among them.
        actions: Number of actions; one that was never taken has the estimate 0.
        seed: Seed of the folds.

    Returns:
        Expected rewards, ``(decisions, actions)``.
    """
    contexts = np.asarray(contexts, np.float64)
    fold = np.random.default_rng(seed).permutation(len(contexts)) % 5
    expected = np.empty((len(contexts), actions))
    for number in range(5):
        model, other = LinUCB(actions, contexts.shape[1]), fold != number
        model.learn(contexts[other], logged.actions[other], logged.rewards[other])
        expected[~other] = model.expected_rewards(contexts[~other])
    return expected


def _mean(terms: np.ndarray, alpha: float) -> Estimate:
    if not 0 < alpha < 1:
        raise InputError(f"alpha is {alpha}", expected="a number in (0, 1)")
    estimate = float(terms.mean())
    margin = float(norm.ppf(1 - alpha / 2) * terms.std(ddof=1) / np.sqrt(len(terms)))
    return Estimate(estimate, estimate - margin, estimate + margin)


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
