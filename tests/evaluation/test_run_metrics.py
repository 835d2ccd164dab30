"""The figures of a run are laid out as `metrics.json` has had them since version 0.1."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from intent_tf.data.cleaning import CleaningCounts
from intent_tf.data.predictions import Predictions
from intent_tf.data.splitting import PartCounts, SplitDescription
from intent_tf.evaluation.diagnosis import Diagnosis
from intent_tf.evaluation.metrics import evaluate
from intent_tf.evaluation.run_metrics import RunMetrics
from intent_tf.training.calibration import CalibrationChoice

MEASURED = evaluate(Predictions.unweighted([0, 1], [0.2, 0.8]))
PART = PartCounts(rows=10, positives=2)
FULL = RunMetrics(
    diagnosis=Diagnosis(slices={"month = May": {"intent_tf": MEASURED}}),
    ngrams={"text": []},
    test=MEASURED,
    ece_uncalibrated=0.25,
    baselines={"constant_rate": MEASURED},
    slices={"month = May": {"intent_tf": MEASURED}, "own": {"intent_tf": MEASURED}},
    source_counts={"rejected": 3},
    cleaning=CleaningCounts(10, 0, 0, 10, 0, 0, 0),
    split=SplitDescription("by time", None, 0, PART, PART, PART, set_aside_because_group_returns_later=0),
    calibration=CalibrationChoice("identity", 10, {}),
    throughput={"predict_rows_per_second": 9},
)


def test_the_names_come_in_the_order_of_the_file() -> None:
    assert list(FULL.as_dict()) == [
        *("intervals", "comparison", "leaks", "drift", "slices", "importance", "ngrams"),
        *("test", "baselines", "cleaning", "split", "calibration", "throughput"),
    ]


def test_slices_of_the_run_stand_for_those_of_the_diagnosis() -> None:
    assert list(FULL.as_dict()["slices"]) == ["month = May", "own"]


def test_what_the_source_counted_stands_before_what_cleaning_counted() -> None:
    assert list(FULL.as_dict()["cleaning"])[:2] == ["rejected", "rows_read"]


def test_the_error_before_calibration_stands_beside_that_after_it() -> None:
    assert FULL.as_dict()["test"] == {**asdict(MEASURED), "ece_uncalibrated": 0.25}


def test_a_split_without_a_group_says_so_and_leaves_out_counts_that_do_not_apply() -> None:
    split = FULL.as_dict()["split"]
    assert split["group"] is None and split["set_aside_because_group_returns_later"] == 0
    assert "set_aside_because_group_is_in_test_rows" not in split


@pytest.mark.parametrize("unknown", ["diagnosis", "cleaning", "split"])
def test_what_is_unknown_is_left_out(unknown: str) -> None:
    assert unknown not in replace(FULL, **{unknown: None}).as_dict()


def test_an_undefined_figure_stays_as_null() -> None:
    assert RunMetrics(test=evaluate(Predictions.unweighted([1], [0.5]))).as_dict()["test"]["auroc"] is None
