"""Learners over a logistic regression, on shoppers of whom only some are persuaded."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from intent_tf.decisions.advertise.uplift import Predict, TLearner, XLearner, intent_fit
from intent_tf.errors import InputError
from intent_tf.options.training import TrainingConfig


def logistic(features: pd.DataFrame, label: np.ndarray, weight: np.ndarray) -> Predict:
    model = LogisticRegression().fit(features, label, sample_weight=weight)
    return lambda rows: model.predict_proba(rows)[:, 1]


def _trial(rows: int, share: float = 0.5, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    features = pd.DataFrame(generator.integers(2, size=(rows, 2)), columns=["loyal", "young"])
    treated = (generator.random(rows) < share).astype(int)
    chance = 0.2 + 0.5 * features["loyal"] + 0.3 * treated * (1 - features["loyal"])
    return features, treated, (generator.random(rows) < chance).to_numpy(int)


GROUPS = pd.DataFrame({"loyal": [0, 1], "young": [0, 0]})


@pytest.mark.parametrize("share", [0.5, 0.15])
def test_both_learners_find_who_is_persuaded(share: float) -> None:
    features, treated, outcome = _trial(20_000, share)
    two = TLearner.fit(features, treated, outcome, logistic)
    crossed = XLearner.fit(features, treated, outcome, logistic, two)
    np.testing.assert_allclose(two.effect(GROUPS), [0.3, 0.0], atol=0.05)
    np.testing.assert_allclose(crossed.effect(GROUPS), [0.3, 0.0], atol=0.05)


def test_the_likeliest_buyers_are_not_those_who_are_persuaded() -> None:
    two = TLearner.fit(*_trial(20_000), logistic)
    assert np.argmax(two.untreated(GROUPS)) == 1 and np.argmax(two.effect(GROUPS)) == 0


def test_hand_computed_mixture_of_the_x_learner() -> None:
    crossed = XLearner(lambda rows: np.full(len(rows), 0.6), lambda rows: np.full(len(rows), 0.7), share=0.25)
    # effects 0.2 and 0.4, mixed as 1/4 and 3/4
    np.testing.assert_allclose(crossed.effect(GROUPS), 0.35)


def test_noisy_effects_are_fitted_as_labels_that_weigh_what_they_say() -> None:
    seen: list[tuple[np.ndarray, np.ndarray]] = []

    def remember(features: pd.DataFrame, label: np.ndarray, weight: np.ndarray) -> Predict:
        seen.append((label, weight))
        return lambda rows: np.full(len(rows), 0.5)

    half = TLearner(lambda rows: np.full(len(rows), 0.25), lambda rows: np.full(len(rows), 0.5))
    features = pd.DataFrame({"x": range(4)})
    XLearner.fit(features, np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), remember, half)
    # of the untreated: 1/2 - 0 and 1/2 - 1; of the treated: 0 - 1/4 and 1 - 1/4; each plus 1, halved
    assert seen[0][0].tolist() == [1, 1, 0, 0] and seen[0][1].tolist() == [0.75, 0.25, 0.25, 0.75]
    assert seen[1][1].tolist() == [0.375, 0.875, 0.625, 0.125]


@pytest.mark.slow
def test_an_intent_model_serves_as_well(tiny: TrainingConfig) -> None:
    features, treated, outcome = _trial(1200)
    users = features.assign(user_id=[f"u{row}" for row in range(1200)])
    two = TLearner.fit(users, treated, outcome, intent_fit(tiny))
    effect = two.effect(users)
    assert effect[features["loyal"] == 0].mean() > effect[features["loyal"] == 1].mean() + 0.1


@pytest.mark.parametrize(
    ("treated", "outcome", "message"),
    [
        ([1, 1, 1, 1], [0, 1, 0, 1], "of the untreated shoppers there are none"),
        ([0, 0, 1, 1], [0, 1, 0, 0], "of the treated shoppers all have the outcome 0"),
        ([0, 2, 1, 1], [0, 1, 0, 1], "row 1, column 'treated': found 2"),
    ],
)
def test_an_empty_arm_is_told(treated: list[int], outcome: list[int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        TLearner.fit(pd.DataFrame({"x": range(4)}), np.array(treated), np.array(outcome), logistic)
