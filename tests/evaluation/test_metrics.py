from __future__ import annotations

import json
import math
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.data.predictions import Predictions
from intent_tf.errors import InputError
from intent_tf.evaluation.metrics import evaluate, expected_calibration_error

LABEL = [0, 0, 0, 1, 1]
STRENGTH = [0.1, 0.4, 0.8, 0.6, 0.9]

rows = st.lists(st.tuples(st.integers(0, 1), st.floats(0, 1), st.integers(1, 5)), min_size=1, max_size=40)
without_deadline = settings(deadline=None, max_examples=50)


def test_auroc_counts_the_pairs_in_the_right_order():
    assert evaluate(Predictions.unweighted(LABEL, STRENGTH)).auroc == pytest.approx(5 / 6)


def test_auprc_averages_precision_over_the_positives():
    # Falling: 0.9 (positive, precision 1), 0.8, 0.6 (positive, precision 2/3).
    assert evaluate(Predictions.unweighted(LABEL, STRENGTH)).auprc == pytest.approx((1 + 2 / 3) / 2)


def test_auprc_negative_finds_class_0_by_the_lowest_strengths():
    # Rising: 0.1 (1/1), 0.4 (2/2), 0.6 (a buyer), 0.8 (3/4).
    assert evaluate(Predictions.unweighted(LABEL, STRENGTH)).auprc_negative == pytest.approx(
        (1 + 1 + 3 / 4) / 3
    )


def test_log_loss_is_the_mean_negative_log_likelihood_in_nats():
    likelihoods = [0.9, 0.6, 0.2, 0.6, 0.9]
    assert evaluate(Predictions.unweighted(LABEL, STRENGTH)).log_loss == pytest.approx(
        -sum(map(math.log, likelihoods)) / 5
    )


def test_brier_is_the_mean_squared_error():
    assert evaluate(Predictions.unweighted(LABEL, STRENGTH)).brier == pytest.approx(
        (0.01 + 0.16 + 0.64 + 0.16 + 0.01) / 5
    )


def test_confusion_matrix_has_labels_as_rows_and_decisions_as_columns():
    assert evaluate(Predictions.unweighted(LABEL, STRENGTH)).confusion_matrix == [[2, 1], [0, 2]]


def test_decision_measures_of_both_classes_follow_from_the_confusion_matrix():
    result = evaluate(Predictions.unweighted(LABEL, STRENGTH))
    names = (
        "accuracy",
        "precision",
        "recall",
        "f1",
        "precision_negative",
        "recall_negative",
        "f1_negative",
    )
    assert [getattr(result, name) for name in names] == pytest.approx(
        [4 / 5, 2 / 3, 1, 4 / 5, 1, 2 / 3, 4 / 5]
    )


def test_a_strength_equal_to_the_threshold_is_positive():
    assert evaluate(Predictions.unweighted(LABEL, STRENGTH), threshold=0.8).confusion_matrix == [
        [2, 1],
        [1, 1],
    ]


def test_one_class_has_no_auroc_and_still_has_a_log_loss():
    result = evaluate(Predictions.unweighted([1, 1], [0.5, 0.5]))
    assert result.auroc is None
    assert result.log_loss == pytest.approx(math.log(2))


def test_no_positive_row_has_no_auprc():
    assert evaluate(Predictions.unweighted([0, 0], [0.2, 0.7])).auprc is None


def test_no_negative_row_has_no_auprc_negative():
    assert evaluate(Predictions.unweighted([1, 1], [0.2, 0.7])).auprc_negative is None


def test_certain_and_wrong_costs_much_but_not_infinity():
    assert 30 < evaluate(Predictions.unweighted([0, 1], [1.0, 1.0])).log_loss * 2 < 40


@without_deadline
@given(rows)
def test_every_result_is_valid_json_without_nan(rows):
    label, probability, _ = zip(*rows, strict=True)
    result = asdict(evaluate(Predictions.unweighted(label, np.array(probability, np.float32))))
    assert json.loads(json.dumps(result, allow_nan=False)) == result


@without_deadline
@given(rows)
def test_a_weight_counts_like_repeated_rows(rows):
    label, probability, weight = (np.array(column) for column in zip(*rows, strict=True))
    weighted = asdict(evaluate(Predictions(label, probability, weight)))
    repeated = asdict(
        evaluate(Predictions.unweighted(np.repeat(label, weight), np.repeat(probability, weight)))
    )
    assert weighted.pop("confusion_matrix") == repeated.pop("confusion_matrix")
    assert {**weighted, "rows": 0, "positives": 0} == pytest.approx({**repeated, "rows": 0, "positives": 0})


@without_deadline
@given(rows)
def test_swapping_the_classes_swaps_the_two_precision_recall_areas(rows):
    label, eighths, _ = zip(*rows, strict=True)
    label, probability = np.array(label), np.round(np.array(eighths) * 8) / 8  # 1 - probability is exact
    assert (
        evaluate(Predictions.unweighted(label, probability)).auprc
        == evaluate(Predictions.unweighted(1 - label, 1 - probability)).auprc_negative
    )


def test_ece_weighs_the_gap_of_each_bin_by_its_rows():
    # Two rows promise 0.05 and none buys; three promise 0.95 and two buy.
    gap = expected_calibration_error(Predictions.unweighted([0, 0, 1, 1, 0], [0.05, 0.05, 0.95, 0.95, 0.95]))
    assert gap == pytest.approx((2 * 0.05 + 3 * (0.95 - 2 / 3)) / 5)


def test_ece_keeps_apart_strengths_of_neighbouring_bins():
    # Both promises are wrong; in one bin they would cancel out.
    assert expected_calibration_error(Predictions.unweighted([0, 1], [0.49, 0.51]), bins=1) == pytest.approx(
        0.0
    )
    assert expected_calibration_error(Predictions.unweighted([0, 1], [0.49, 0.51]), bins=2) == pytest.approx(
        0.49
    )


def test_ece_of_strengths_0_and_1_that_come_true_is_0():
    assert expected_calibration_error(Predictions.unweighted([0, 1, 1], [0.0, 1.0, 1.0])) == 0


@without_deadline
@given(rows)
def test_ece_is_at_least_the_gap_between_the_overall_means(rows):
    label, probability, _ = (np.array(column) for column in zip(*rows, strict=True))
    assert (
        expected_calibration_error(Predictions.unweighted(label, probability))
        >= abs(label.mean() - probability.mean()) - 1e-12
    )


@pytest.mark.parametrize(
    ("label", "probability", "weight", "message"),
    [
        ([0, 1], [0.5], None, r"\(2,\), probabilities \(1,\)"),
        ([[0], [1]], [[0.5], [0.5]], None, r"\(2, 1\)"),
        ([], [], None, "no rows"),
        ([0, 2], [0.5, 0.5], None, "row 1: the label is 2"),
        ([0, np.nan], [0.5, 0.5], None, "row 1: the label is nan"),
        ([0, 1], [0.5, 1.2], None, "row 1: the probability is 1.2"),
        ([0, 1], [np.nan, 1], None, "row 0: the probability is nan"),
        ([0, 1], [0.5, 0.5], [1, -1], "row 1: the weight is -1"),
        ([0, 1], [0.5, 0.5], [0, 0], "every weight is 0"),
        ([0, 1], [0.5, 0.5], [1], r"weights \(1,\)"),
    ],
)
def test_bad_arrays_are_refused_with_what_was_found(label, probability, weight, message):
    with pytest.raises(InputError, match=message):
        evaluate(Predictions(label, probability, np.ones(len(label)) if weight is None else weight))
