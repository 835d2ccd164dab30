from __future__ import annotations

import numpy as np
import pandas as pd

from intent_tf.data.predictions import Labels, Predictions
from intent_tf.evaluation.metrics import evaluate, evaluate_all
from intent_tf.evaluation.slices import find_slices, missing_slices

FRAME = pd.DataFrame(
    {
        "month": ["May"] * 150 + ["Nov"] * 150,
        "price": np.arange(300.0),
        "title": ["x" * (1 + row % 100) for row in range(300)],
        "prediction_time": pd.date_range("2020-01-01", periods=300, freq="h", tz="UTC"),
        "event_type": [["click"] * (1 + row % 8) for row in range(300)],
    }
)
KINDS = {
    "month": "category",
    "price": "number",
    "title": "text",
    "prediction_time": "time",
    "event_type": "sequence",
}


def test_each_kind_of_column_gives_its_slices():
    titles = list(find_slices(FRAME, np.ones(len(FRAME)), KINDS, bins=2))
    assert titles == [
        "month = May",
        "month = Nov",
        "price: up to 149.5",
        "price: above 149.5",
        "title: up to 50 characters",
        "title: above 50 characters",
        "prediction_time: up to 2020-01-07 05:30",
        "prediction_time: above 2020-01-07 05:30",
        "event_type: up to 4 events",
        "event_type: above 4 events",
    ]


def test_the_slices_of_a_column_are_all_rows_once():
    slices = find_slices(FRAME, np.ones(len(FRAME)), {"price": "number"}, least=1)
    assert sorted(np.concatenate(list(slices.values())).tolist()) == list(range(300))


def test_small_slices_are_left_out():
    frame = pd.DataFrame({"month": ["May"] * 150 + ["Nov"] * 99 + [None] * 101})
    assert list(find_slices(frame, np.ones(len(frame)), {"month": "category"})) == [
        "month = May",
        "month = (missing)",
    ]


def test_rows_are_sliced_by_the_number_of_columns_that_they_lack():
    rng = np.random.default_rng(0)
    missing = rng.random((4000, 6)) < 0.3
    frame = pd.DataFrame({name: FRAME[name].sample(4000, replace=True).tolist() for name in KINDS})
    frame["note"] = "a note"
    frame = frame.mask(missing)
    kinds = {**KINDS, "note": "text"}
    slices = missing_slices(frame, np.ones(4000), kinds)
    titles = [f"missing columns = {number}" for number in ("0", "1", "2", "3", "4 or more")]
    assert list(slices) == titles
    number = np.minimum(missing.sum(axis=1), 4)
    for index, rows in enumerate(slices.values()):
        np.testing.assert_array_equal(rows, np.flatnonzero(number == index))


def test_rows_that_lack_nothing_are_not_sliced_by_that():
    assert missing_slices(FRAME, np.ones(len(FRAME)), KINDS) == {}


def test_a_slice_is_measured_as_its_rows_alone():
    rng = np.random.default_rng(0)
    label, probability = rng.integers(0, 2, 300), rng.uniform(size=300)
    probabilities = {"intent_tf": probability, "half": np.full(300, 0.5)}
    found = {
        title: evaluate_all(Labels.unweighted(label), probabilities, {"intent_tf": 0.3}, rows=rows)
        for title, rows in find_slices(FRAME, np.ones(len(FRAME)), {"month": "category"}).items()
    }
    assert found["month = Nov"]["intent_tf"] == evaluate(
        Predictions.unweighted(label[150:], probability[150:]), 0.3
    )
    assert list(found["month = May"]) == ["intent_tf", "half"]
