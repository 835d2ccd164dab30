from __future__ import annotations

import pandas as pd
import pytest

from intent_tf.decisions.event_log import clean_log
from intent_tf.decisions.recommend.evaluate import purchases_caused
from intent_tf.decisions.recommend.recommendation_times import recommendation_times
from intent_tf.errors import InputError
from intent_tf.simulator.optimum import optimal_probabilities
from intent_tf.simulator.simulator import simulate
from intent_tf.simulator.trial import Interventions, beliefs_at


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    return clean_log(simulate(300, seed=2))


@pytest.fixture(scope="module")
def prediction_times(log: pd.DataFrame) -> pd.DataFrame:
    return recommendation_times(log, prediction_times="3")


def test_the_effect_is_that_of_the_simulator(log: pd.DataFrame, prediction_times: pd.DataFrame) -> None:
    probability = optimal_probabilities(prediction_times, log)
    found = purchases_caused(prediction_times, probability, log)["caused"]
    chances = Interventions().purchase_probabilities(beliefs_at(prediction_times, log))
    assert found["everybody"] == pytest.approx(1000 * (chances[:, 1] - chances[:, 0]).mean())
    assert found["strongest"] + found["weakest"] == pytest.approx(found["everybody"], abs=0.5)


def test_who_has_decided_is_distracted_and_nobody_chooses_better_than_the_truth(
    log: pd.DataFrame, prediction_times: pd.DataFrame
) -> None:
    found = purchases_caused(prediction_times, optimal_probabilities(prediction_times, log), log, share=0.3)[
        "caused"
    ]
    assert found["strongest"] < found["random"] < found["best"] and found["weakest"] <= found["best"]


def test_nobody_shown_is_refused(log: pd.DataFrame, prediction_times: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="share of sessions is 0"):
        purchases_caused(prediction_times, prediction_times["events"].to_numpy(), log, share=0)
