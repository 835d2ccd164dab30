from __future__ import annotations

import pandas as pd
import pytest

from intent_tf.decisions.log_config import clean_log
from intent_tf.decisions.recommend.caused import purchases_caused
from intent_tf.decisions.recommend.moments import recommendation_moments
from intent_tf.errors import InputError
from intent_tf.simulator.interventions import Interventions, beliefs_at
from intent_tf.simulator.optimum import optimal_strengths
from intent_tf.simulator.simulator import simulate


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    return clean_log(simulate(300, seed=2))


@pytest.fixture(scope="module")
def moments(log: pd.DataFrame) -> pd.DataFrame:
    return recommendation_moments(log, moments="3")


def test_the_effect_is_that_of_the_simulator(log: pd.DataFrame, moments: pd.DataFrame) -> None:
    strength = optimal_strengths(moments, log)
    found = purchases_caused(moments, strength, log)["caused"]
    chances = Interventions().purchase_probabilities(beliefs_at(moments, log))
    assert found["everybody"] == pytest.approx(1000 * (chances[:, 1] - chances[:, 0]).mean())
    assert found["strongest"] + found["weakest"] == pytest.approx(found["everybody"], abs=0.5)


def test_who_has_decided_is_distracted_and_nobody_chooses_better_than_the_truth(
    log: pd.DataFrame, moments: pd.DataFrame
) -> None:
    found = purchases_caused(moments, optimal_strengths(moments, log), log, share=0.3)["caused"]
    assert found["strongest"] < found["random"] < found["best"] and found["weakest"] <= found["best"]


def test_nobody_shown_is_refused(log: pd.DataFrame, moments: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="share of sessions is 0"):
        purchases_caused(moments, moments["events"].to_numpy(), log, share=0)
