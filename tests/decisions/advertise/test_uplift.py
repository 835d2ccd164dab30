"""A learner over a logistic regression, on shoppers of whom only some are persuaded."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from intent_tf.decisions.advertise.uplift import Predict, TLearner, intent_fit
from intent_tf.errors import InputError
from intent_tf.options.training import TrainingConfig


def logistic(features: pd.DataFrame, label: np.ndarray) -> Predict:
    model = LogisticRegression().fit(features, label)
    return lambda rows: model.predict_proba(rows)[:, 1]


def _trial(rows: int, share: float = 0.5, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    features = pd.DataFrame(generator.integers(2, size=(rows, 2)), columns=["loyal", "young"])
    treated = (generator.random(rows) < share).astype(int)
    chance = 0.2 + 0.5 * features["loyal"] + 0.3 * treated * (1 - features["loyal"])
    return features, treated, (generator.random(rows) < chance).to_numpy(int)


GROUPS = pd.DataFrame({"loyal": [0, 1], "young": [0, 0]})


@pytest.mark.parametrize("share", [0.5, 0.15])
def test_the_learner_finds_who_is_persuaded(share: float) -> None:
    features, treated, outcome = _trial(20_000, share)
    two = TLearner.fit(features, treated, outcome, logistic)
    np.testing.assert_allclose(two.effect(GROUPS), [0.3, 0.0], atol=0.05)


def test_the_likeliest_buyers_are_not_those_who_are_persuaded() -> None:
    two = TLearner.fit(*_trial(20_000), logistic)
    assert np.argmax(two.untreated(GROUPS)) == 1 and np.argmax(two.effect(GROUPS)) == 0


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
