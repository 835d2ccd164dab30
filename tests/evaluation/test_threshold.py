from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.data.predictions import Predictions
from intent_tf.errors import InputError
from intent_tf.evaluation.threshold import choose_threshold

rows = st.lists(st.tuples(st.integers(0, 1), st.floats(0, 1)), min_size=1, max_size=30)
without_deadline = settings(deadline=None, max_examples=50)


def f1_at(label, probability, threshold):
    decision = probability >= threshold
    return 2 * (decision & (label == 1)).sum() / max(decision.sum() + label.sum(), 1)


def costs_at(label, probability, threshold, cost_fp, cost_fn):
    decision = probability >= threshold
    return cost_fp * (decision & (label == 0)).sum() + cost_fn * (~decision & (label == 1)).sum()


@without_deadline
@given(rows)
def test_no_threshold_has_a_better_f1(rows):
    label, probability = map(np.array, zip(*rows, strict=True))
    chosen = f1_at(label, probability, choose_threshold(Predictions.unweighted(label, probability)))
    assert chosen >= max(f1_at(label, probability, threshold) for threshold in probability) - 1e-12


@without_deadline
@given(rows, st.floats(0.1, 9), st.floats(0.1, 9))
def test_no_threshold_costs_less(rows, cost_fp, cost_fn):
    label, probability = map(np.array, zip(*rows, strict=True))
    threshold = choose_threshold(Predictions.unweighted(label, probability), cost_fp, cost_fn)
    chosen = costs_at(label, probability, threshold, cost_fp, cost_fn)
    assert (
        chosen <= min(costs_at(label, probability, t, cost_fp, cost_fn) for t in [*probability, 2.0]) + 1e-9
    )


def test_the_threshold_stands_half_way_between_neighbours():
    assert choose_threshold(Predictions.unweighted([0, 0, 1, 1], [0.0, 0.25, 0.75, 1.0])) == 0.5


@pytest.mark.parametrize("low", [0.0, 0.5])
def test_probabilities_with_no_number_between_them_are_told_apart(low):
    high = np.nextafter(low, 1)
    assert low < choose_threshold(Predictions.unweighted([0, 1], [low, high])) <= high


def test_calibrated_strengths_give_the_threshold_of_the_cost_ratio():
    rng = np.random.default_rng(0)
    probability = rng.uniform(size=200_000)
    label = (rng.uniform(size=probability.size) < probability).astype(int)
    assert choose_threshold(
        Predictions.unweighted(label, probability), cost_fp=1, cost_fn=4
    ) == pytest.approx(1 / 5, abs=0.02)


def test_a_weight_moves_the_threshold_like_repeated_rows():
    label, probability, weight = (
        np.array([1, 0, 1, 0]),
        np.array([0.2, 0.4, 0.6, 0.8]),
        np.array([5, 1, 1, 3]),
    )
    expected = choose_threshold(
        Predictions.unweighted(np.repeat(label, weight), np.repeat(probability, weight)), 1, 1
    )
    assert choose_threshold(Predictions(label, probability, weight), 1, 1) == expected
    assert choose_threshold(Predictions.unweighted(label, probability), 1, 1) != expected


def test_nobody_is_called_a_buyer_where_that_is_cheapest():
    label, probability = [0, 0, 1], [1.0, 1.0, 1.0]
    assert choose_threshold(Predictions.unweighted(label, probability), cost_fp=9, cost_fn=1) > 1


def test_everybody_is_called_a_buyer_where_missing_one_is_all_that_costs():
    assert choose_threshold(Predictions.unweighted([1, 0], [0.0, 0.5]), cost_fp=0, cost_fn=1) == 0


def test_without_a_positive_row_the_threshold_is_one_half():
    assert choose_threshold(Predictions.unweighted([0, 0], [0.1, 0.2])) == 0.5


@pytest.mark.parametrize(
    ("costs", "message"),
    [
        ({"cost_fp": 1}, "both costs or neither"),
        ({"cost_fn": 1}, "both costs or neither"),
        ({"cost_fp": -1, "cost_fn": 1}, "cost_fp is -1"),
        ({"cost_fp": 1, "cost_fn": float("nan")}, "cost_fn is nan"),
        ({"cost_fp": 0, "cost_fn": 0}, "both costs are 0"),
    ],
)
def test_impossible_costs_are_refused(costs, message):
    with pytest.raises(InputError, match=message):
        choose_threshold(Predictions.unweighted([0, 1], [0.2, 0.8]), **costs)
