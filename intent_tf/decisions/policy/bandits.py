"""Contextual bandits whose rewards are linear in the context: LinUCB and Thompson sampling."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import ArrayLike

from intent_tf.errors import InputError


class LinearBandit(ABC):
    r"""A ridge regression of the reward on the context for each action, and a rule to choose by them.

    For action :math:`a`, :math:`A_a = \lambda I + \sum x x^\top`, :math:`\hat\theta_a = A_a^{-1} \sum r x`.

    Args:
        actions: How many.
        features: Width of a context.
        exploration: Width of the confidence bound, or of the posterior, in standard deviations of the reward
            around its mean; 0 trusts the estimates. Give it in the reward's unit.
        floor: Share of rounds in which any action is drawn, all alike, in [0, 1]. Above 0, every propensity
            is positive, and the log can be used to evaluate other policies.
        ridge: :math:`\lambda`, positive.
        seed: Of Thompson's draws.

    Raises:
        InputError: If an argument is out of its range.
    """

    def __init__(
        self,
        actions: int,
        features: int,
        exploration: float = 1.0,
        floor: float = 0.02,
        ridge: float = 1.0,
        seed: int = 0,
    ) -> None:
        if actions < 2 or features < 1:
            raise InputError(f"{actions} actions of {features} features", expected="at least 2 and 1")
        if not (0 <= floor <= 1 and exploration >= 0 and ridge > 0):
            raise InputError(
                f"floor {floor}, exploration {exploration}, ridge {ridge}",
                expected="a share in [0, 1], 0 or more, and more than 0",
            )
        self.exploration, self.floor = exploration, floor
        self.gram = np.tile(ridge * np.eye(features), (actions, 1, 1))
        self.reward_sum = np.zeros((actions, features))
        self.generator = np.random.default_rng(seed)

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
        rule = self._rule(np.asarray(contexts, np.float64))
        return (1 - self.floor) * rule + self.floor / len(self.gram)

    @abstractmethod
    def _rule(self, contexts: np.ndarray) -> np.ndarray:
        """Return the probabilities without the floor."""


class LinUCB(LinearBandit):
    r"""Take the action whose upper confidence bound :math:`x^\top\hat\theta_a + \alpha\sqrt{x^\top A_a^{-1} x}` is highest.

    Args and Raises: those of `LinearBandit`; ``exploration`` is :math:`\alpha`.

    Reference:
        Li, Chu, Langford & Schapire (2010), A Contextual-Bandit Approach to Personalized News Article
        Recommendation (disjoint linear models).

    Example:
        >>> bandit = LinUCB(actions=2, features=1, floor=0.0)
        >>> bandit.learn([[1.0]] * 9, [0] * 9, [1.0] * 9)
        >>> bandit.probabilities([[1.0]]).tolist()  # 0.9 + sqrt(1/10) against 0 + 1: what is known is better
        [[1.0, 0.0]]
    """  # noqa: E501

    def _rule(self, contexts: np.ndarray) -> np.ndarray:
        spread = np.einsum("rf,afg,rg->ra", contexts, np.linalg.inv(self.gram), contexts)
        bounds = self.expected_rewards(contexts) + self.exploration * np.sqrt(spread)
        return np.eye(len(self.gram))[bounds.argmax(axis=1)]


class ThompsonSampling(LinearBandit):
    r"""Take each action as often as it is the best one under the posterior :math:`N(\hat\theta_a, v^2 A_a^{-1})`.

    The probabilities are shares among 200 draws that all rounds of a call have in common, and an action is
    drawn by these shares: they are its exact propensities.

    Args and Raises: those of `LinearBandit`; ``exploration`` is :math:`v`.

    Reference:
        Agrawal & Goyal (2013), Thompson Sampling for Contextual Bandits with Linear Payoffs.

    Example:
        >>> bandit = ThompsonSampling(actions=2, features=1, floor=0.0)
        >>> bandit.learn([[1.0]] * 1000, [0, 1] * 500, [1.0, 0.0] * 500)
        >>> bandit.probabilities([[1.0]]).tolist()
        [[1.0, 0.0]]
    """  # noqa: E501

    def _rule(self, contexts: np.ndarray, draws: int = 200) -> np.ndarray:
        roots = np.linalg.cholesky(np.linalg.inv(self.gram))
        noise = self.generator.standard_normal((draws, *self.reward_sum.shape))
        sampled = self.coefficients + self.exploration * np.einsum("afg,dag->daf", roots, noise)
        best = np.einsum("rf,daf->dra", contexts, sampled).argmax(axis=2)
        return (best[..., None] == np.arange(len(self.gram))).mean(axis=0)
