"""What `evaluate_model` says of a model, of its baselines and of the optimum, on the same weighted rows."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pandas as pd
import pytest

from intent_tf.columns.prepared import PreparedData, preprocess_data
from intent_tf.data.example_source import ExampleSource
from intent_tf.data.predictions import Labels, Predictions
from intent_tf.data.splitting import SplitPlan
from intent_tf.evaluation.baseline_rows import baseline_table
from intent_tf.evaluation.baselines import fit_baselines
from intent_tf.evaluation.evaluation import Evaluation, evaluate_model
from intent_tf.evaluation.metrics import evaluate
from intent_tf.evaluation.threshold import choose_threshold
from intent_tf.models.build import build_feature_extractor, build_model, build_predictor

EXCLUDED = dict.fromkeys(("chance", "session_id", "events"), "known to the test only")


def make_source() -> ExampleSource:
    rng = np.random.default_rng(0)
    chance = rng.uniform(0, 0.5, 600)
    frame = pd.DataFrame(
        {
            "pages": chance + rng.normal(0, 0.1, 600),
            "weight": rng.uniform(0.5, 4, 600),
            "chance": chance,
            "session_id": [f"session {row // 2}" for row in range(600)],
            "events": [1, 4] * 300,
            "bought": (rng.uniform(size=600) < chance).astype(int),
        }
    )
    return ExampleSource(
        frame, "bought", {"pages": "number"}, EXCLUDED, SplitPlan(), "weight", optimum="chance"
    )


@pytest.fixture(scope="module")
def data() -> PreparedData:
    source = make_source()
    return preprocess_data(
        source.frame, "bought", kinds=source.kinds, excluded=source.excluded, weight=source.weight
    )


@pytest.fixture(scope="module")
def evaluation(data: PreparedData) -> Evaluation:
    keras.utils.set_random_seed(0)
    model = build_model(data, build_feature_extractor(data), build_predictor(ensemble_size=1))
    return evaluate_model(model, data, make_source(), teacher=model, diagnosis=True)


def best_threshold(data: PreparedData, probability: np.ndarray) -> float:
    return choose_threshold(Predictions(data.validation.label, probability, data.validation.weight))


def test_the_model_gets_the_best_threshold_of_the_weighted_validation_rows(data, evaluation) -> None:
    expected = best_threshold(data, evaluation.model.predict(data.validation))
    assert evaluation.metrics.test.threshold == pytest.approx(expected, abs=1e-6)


def test_calibrator_and_threshold_come_from_what_is_held_out(data, evaluation) -> None:
    model = evaluation.model.with_calibration(None, 0.5)
    held_out = model.predict(data.validation) ** 3  # as if other parts had predicted these rows
    found = evaluate_model(model, data, replace(make_source(), optimum=None), held_out=held_out)
    assert found.metrics.test.threshold < evaluation.metrics.test.threshold


def test_the_metrics_say_what_the_baselines_learnt_from(data, evaluation) -> None:
    assert evaluation.metrics.baseline_inputs == data.preprocessor.number_names


@pytest.mark.parametrize("name", ["constant_rate", "logistic_regression", "hist_gradient_boosting"])
def test_a_baseline_learns_from_weighted_rows_and_gets_the_best_threshold_of_the_validation_rows(
    data, evaluation, name
) -> None:
    train, validation = (baseline_table(rows, data.preprocessor) for rows in (data.train, data.validation))
    labels = [Labels(rows.label, rows.weight) for rows in (data.train, data.validation)]
    first = fit_baselines(train, labels[0])[name]
    expected = best_threshold(data, first.predict(validation))
    assert evaluation.metrics.baselines[name].threshold == pytest.approx(expected)
    final = first.refitted(train.joined(validation), labels[0].joined(labels[1]))
    assert evaluation.probabilities[name] == pytest.approx(
        final.predict(baseline_table(data.test, data.preprocessor))
    )


def test_the_optimum_gets_the_best_threshold_of_the_validation_rows(data, evaluation) -> None:
    expected = best_threshold(data, data.validation.frame["chance"].to_numpy())
    assert evaluation.metrics.optimum.threshold == expected


def test_the_teacher_gets_a_threshold_from_these_validation_rows(data, evaluation) -> None:
    assert evaluation.metrics.baselines["teacher"].threshold != 0.5


@pytest.mark.parametrize("part", ["slices", "early"])
def test_each_model_keeps_its_threshold_on_parts_of_the_test_rows(evaluation, part) -> None:
    metrics = evaluation.metrics
    own = {"intent_tf": metrics.test, **metrics.baselines, "optimum": metrics.optimum}
    for models in getattr(metrics, part).values():
        assert all(found.threshold == own[name].threshold for name, found in models.items())


def test_weights_count_in_the_metrics_of_the_test_rows(data, evaluation) -> None:
    probability = data.test.frame["chance"].to_numpy()
    found = evaluation.metrics.optimum
    assert found == evaluate(Predictions(data.test.label, probability, data.test.weight), found.threshold)


def test_the_interval_of_a_weighted_figure_holds_it(evaluation) -> None:
    low, high = evaluation.metrics.diagnosis.intervals["intent_tf"]["log_loss"]
    assert low < evaluation.metrics.test.log_loss < high


def test_costs_move_the_thresholds_of_all_models(data, evaluation) -> None:
    costly = evaluate_model(
        evaluation.model, data, replace(make_source(), optimum=None), cost_fp=30.0, cost_fn=1.0
    )
    for name, metrics in costly.metrics.baselines.items():
        assert metrics.threshold > evaluation.metrics.baselines[name].threshold
