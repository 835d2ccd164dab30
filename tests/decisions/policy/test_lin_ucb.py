from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from intent_tf.decisions.policy.lin_ucb import LinUCB
from intent_tf.errors import InputError


def test_estimates_are_those_of_ridge_regression() -> None:
    generator = np.random.default_rng(0)
    contexts, rewards = generator.normal(size=(50, 3)), generator.normal(size=50)
    bandit = LinUCB(2, 3)
    for part in (slice(0, 20), slice(20, 50)):
        bandit.learn(contexts[part], np.ones(len(rewards[part]), int), rewards[part])
    ridge = Ridge(alpha=1.0, fit_intercept=False).fit(contexts, rewards)
    np.testing.assert_allclose(bandit.coefficients, [np.zeros(3), ridge.coef_], atol=1e-12)


def test_what_was_never_tried_has_the_higher_bound() -> None:
    bandit = LinUCB(2, 1, exploration=1.0, floor=0.0)
    bandit.learn([[1.0]] * 3, [0] * 3, [0.5] * 3)  # 1.5/4 + sqrt(1/4) = 0.875 against 0 + 1
    assert bandit.probabilities([[1.0]]).tolist() == [[0.0, 1.0]]


def test_without_exploration_the_estimate_decides() -> None:
    bandit = LinUCB(2, 1, exploration=0.0, floor=0.0)
    bandit.learn([[1.0]] * 3, [0] * 3, [0.5] * 3)
    assert bandit.probabilities([[1.0]]).tolist() == [[1.0, 0.0]]


def test_a_floor_makes_every_propensity_positive() -> None:
    found = LinUCB(4, 2, floor=0.2).probabilities(np.random.default_rng(0).normal(size=(20, 2)))
    assert found.min() >= 0.05
    np.testing.assert_allclose(found.sum(axis=1), 1)


def test_arguments_out_of_range_are_refused() -> None:
    with pytest.raises(InputError, match="1 actions"):
        LinUCB(1, 3)
    with pytest.raises(InputError, match="floor 2"):
        LinUCB(2, 3, floor=2)
