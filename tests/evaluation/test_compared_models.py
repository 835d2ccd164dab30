"""The thresholds of the models of a comparison, from validation rows that were not learnt from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from intent_tf.columns.prepared import PreparedData, preprocess_data
from intent_tf.data.predictions import Labels, Predictions
from intent_tf.evaluation.baseline_rows import baseline_table
from intent_tf.evaluation.baselines import fit_baselines
from intent_tf.evaluation.compared_models import MEAN, fit_models
from intent_tf.evaluation.threshold import choose_threshold
from intent_tf.options.training import TrainingConfig

NAMES = ("logistic_regression", "constant_rate")


@pytest.fixture(scope="module")
def data() -> PreparedData:
    rng = np.random.default_rng(0)
    chance = rng.uniform(0, 0.5, 400)
    frame = pd.DataFrame(
        {
            "pages": chance + rng.normal(0, 0.1, 400),
            "weight": rng.uniform(0.5, 4, 400),
            "bought": (rng.uniform(size=400) < chance).astype(int),
        }
    )
    return preprocess_data(frame, "bought", kinds={"pages": "number"}, weight="weight")


@pytest.mark.parametrize("name", NAMES)
def test_a_baseline_gets_the_threshold_of_a_fit_that_did_not_see_the_validation_rows(data, name) -> None:
    _, thresholds, _ = fit_models([name], data, TrainingConfig())
    train, validation = (baseline_table(rows, data.preprocessor) for rows in (data.train, data.validation))
    fitted = fit_baselines(train, Labels(data.train.label, data.train.weight))[name].predict(validation)
    assert thresholds[name] == choose_threshold(
        Predictions(data.validation.label, fitted, data.validation.weight)
    )


def test_a_comparison_that_goes_on_has_the_thresholds_of_the_one_that_was_interrupted(
    data, tmp_path: Path
) -> None:
    first, again = (fit_models(NAMES, data, TrainingConfig(), store=tmp_path)[1] for _ in range(2))
    assert first == again


def test_boosters_and_their_mean_get_thresholds_too(data) -> None:
    for package in ("lightgbm", "catboost", "xgboost"):
        pytest.importorskip(package, reason="needs intent_tf[compare]")
    boosters = ["lightgbm", "catboost", "xgboost"]
    _, thresholds, _ = fit_models(boosters, data, TrainingConfig())
    assert all(0 < thresholds[name] < 0.5 for name in (*boosters, MEAN))
