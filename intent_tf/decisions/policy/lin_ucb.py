"""A contextual bandit whose rewards are linear in the context."""

import numpy as np
from numpy.typing import ArrayLike

from intent_tf.errors import InputError


class LinUCB:
    r"""A ridge regression of the reward on the context for each action; the highest upper bound is taken.

    For action :math:`a`, :math:`A_a = I + \sum x x^\top`, :math:`\hat\theta_a = A_a^{-1} \sum r x`, and the
    bound is :math:`x^\top\hat\theta_a + \alpha\sqrt{x^\top A_a^{-1} x}`.

    Args:
        actions: How many.
        features: Width of a context.
        exploration: Width of the confidence bound, :math:`\alpha`, in standard deviations of the reward
            around its mean; 0 trusts the estimates. Give it in the reward's unit.
        floor: Share of rounds in which any action is drawn, all alike, in [0, 1]. Above 0, every propensity
            is positive, and the log can be used to evaluate other policies.

    Raises:
        InputError: If an argument is out of its range.

    Reference:
        Li, Chu, Langford & Schapire (2010), A Contextual-Bandit Approach to Personalized News Article
        Recommendation (disjoint linear models).

    Example:
        >>> bandit = LinUCB(actions=2, features=1, floor=0.0)
        >>> bandit.learn([[1.0]] * 9, [0] * 9, [1.0] * 9)
        >>> bandit.probabilities([[1.0]]).tolist()  # 0.9 + sqrt(1/10) against 0 + 1: what is known is better
        [[1.0, 0.0]]
    """

    def __init__(self, actions: int, features: int, exploration: float = 1.0, floor: float = 0.02) -> None:
        if actions < 2 or features < 1:
            raise InputError(f"{actions} actions of {features} features", expected="at least 2 and 1")
        if not (0 <= floor <= 1 and exploration >= 0):
            raise InputError(
                f"floor {floor}, exploration {exploration}", expected="a share in [0, 1], and 0 or more"
            )
        self.exploration, self.floor = exploration, floor
        self.gram = np.tile(np.eye(features), (actions, 1, 1))
        self.reward_sum = np.zeros((actions, features))

    def learn(self, contexts: ArrayLike, actions: ArrayLike, rewards: ArrayLike) -> None:
        """Take in what rounds brought.

        Args:
            contexts: ``(rounds, features)``.
            actions: Which was taken, from 0, ``(rounds,)``.
            rewards: What it brought, ``(rounds,)``.
        """
        contexts, rewards = np.asarray(contexts, np.float64), np.asarray(rewards, np.float64)
        for action in np.unique(np.asarray(actions)):
            seen = contexts[np.asarray(actions) == action]
            self.gram[action] += seen.T @ seen
            self.reward_sum[action] += rewards[np.asarray(actions) == action] @ seen

    @property
    def coefficients(self) -> np.ndarray:
        """Each action's estimate, ``(actions, features)``."""
        solved: np.ndarray = np.linalg.solve(self.gram, self.reward_sum[:, :, None])[:, :, 0]
        return solved

    def expected_rewards(self, contexts: ArrayLike) -> np.ndarray:
        """Estimate the reward of each action, ``(rounds, actions)``."""
        expected: np.ndarray = np.asarray(contexts, np.float64) @ self.coefficients.T
        return expected

    def probabilities(self, contexts: ArrayLike) -> np.ndarray:
        """Tell how probable each action is in each round: the propensities to log, ``(rounds, actions)``."""
        x, actions = np.asarray(contexts, np.float64), len(self.gram)
        spread = np.einsum("rf,afg,rg->ra", x, np.linalg.inv(self.gram), x)
        bounds = self.expected_rewards(x) + self.exploration * np.sqrt(spread)
        return (1 - self.floor) * np.eye(actions)[bounds.argmax(axis=1)] + self.floor / actions
