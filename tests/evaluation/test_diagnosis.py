from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest

from intent_tf.data.predictions import Labels, Predictions
from intent_tf.errors import InputError
from intent_tf.evaluation.diagnosis import diagnose
from intent_tf.evaluation.metrics import evaluate
from intent_tf.evaluation.report import Report, render_report
from intent_tf.evaluation.run_metrics import RunMetrics

KINDS = {
    "pages": "number",
    "month": "category",
    "event_type": "sequence",
    "elapsed": "sequence",
}


def shop(rows, seed):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 9, rows)
    frame = pd.DataFrame(
        {
            "pages": rng.uniform(size=rows),
            "month": rng.choice(["May", "Nov"], rows),
            "event_type": [["click"] * length for length in lengths],
            "elapsed": [list(np.arange(float(length))) for length in lengths],
            "prediction_time": pd.date_range("2020-01-01", periods=rows, freq="min", tz="UTC"),
            "user_id": [f"u{row}" for row in range(rows)],
        }
    )
    label = (rng.uniform(size=rows) < predict(frame)).astype(int)
    return frame, Labels.unweighted(label)


def predict(frame):
    assert [len(types) for types in frame["event_type"]] == [len(times) for times in frame["elapsed"]]
    return (frame["pages"] + frame["event_type"].map(len) / 10).to_numpy() / 2


TRAIN, TEST = shop(800, 0), shop(500, 1)
PROBABILITIES = {
    "intent_tf": predict(TEST[0]),
    "uncalibrated": predict(TEST[0]) / 2,
    "logistic_regression": TEST[0]["pages"].to_numpy(),
    "constant_rate": np.full(500, 0.5),
    "optimum": predict(TEST[0]),
}
DIAGNOSIS = diagnose(predict, TRAIN, TEST, PROBABILITIES, KINDS, {"intent_tf": 0.4})


def test_model_and_baselines_get_intervals():
    assert list(DIAGNOSIS.intervals) == ["intent_tf", "logistic_regression"]


def test_the_model_is_compared_with_each_baseline_but_the_constant_one():
    assert list(DIAGNOSIS.comparison) == ["logistic_regression"]


def test_the_sequences_of_a_session_are_shuffled_together():
    assert {row.column for row in DIAGNOSIS.importance} == {"pages", "month", "session"}


def test_the_sequences_of_a_session_drift_as_one():
    assert {row.column for row in DIAGNOSIS.drift} == {"pages", "month", "event_type"}


def test_slices_are_by_category_length_and_time():
    columns = {title.split(":")[0].split(" =")[0] for title in DIAGNOSIS.slices}
    assert columns == {"month", "event_type", "prediction_time"}


def test_slices_are_measured_at_the_threshold():
    assert DIAGNOSIS.slices["month = May"]["intent_tf"].threshold == 0.4


def test_an_honest_shop_has_no_leak():
    assert DIAGNOSIS.leaks == []


def test_what_was_found_is_json():
    assert json.loads(json.dumps(asdict(DIAGNOSIS), allow_nan=False)) == asdict(DIAGNOSIS)


def test_the_report_shows_what_was_found():
    metrics = RunMetrics(
        test=evaluate(Predictions.of(TEST[1], PROBABILITIES["intent_tf"]), 0.4),
        slices=DIAGNOSIS.slices,
        diagnosis=DIAGNOSIS,
    )
    page = render_report(Report("A shop", TEST[1], PROBABILITIES, metrics))
    for shown in ("Permutation importance", "Drift from train to test", "Slices", "Model minus baseline"):
        assert shown in page


def test_few_rows_of_a_class_give_nothing():
    few = (TEST[0], Labels.unweighted(np.arange(500) < 9))
    assert diagnose(predict, TRAIN, few, PROBABILITIES, KINDS) is None


def test_strengths_of_another_length_are_refused():
    with pytest.raises(InputError, match="shape"):
        diagnose(predict, TRAIN, TEST, {"intent_tf": [0.5]}, KINDS)
