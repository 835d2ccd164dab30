"""Early quality, on sessions small enough to follow by hand."""

from __future__ import annotations

import numpy as np

from intent_tf.data.predictions import Labels
from intent_tf.evaluation.early import early_quality
from intent_tf.evaluation.metrics import Metrics

SESSION = np.array(["a", "a", "a", "b", "b", "c"])
EVENTS = np.array([1, 3, 7, 1, 2, 4])
LABEL = np.array([1, 1, 1, 0, 0, 1])
PROBABILITIES = {"intent_tf": np.array([0.1, 0.6, 0.9, 0.5, 0.4, 0.3])}


def measured(step: int) -> Metrics:
    return early_quality(SESSION, EVENTS, Labels.unweighted(LABEL), PROBABILITIES, steps=(step,))[str(step)][
        "intent_tf"
    ]


def test_each_session_counts_once() -> None:
    assert measured(10).rows == 3


def test_the_latest_example_that_is_not_too_late_is_taken() -> None:
    # After 3 events: a says 0.6, b, which has only 2, says 0.4; c is first seen after 4.
    assert measured(3).rows == 2
    assert measured(3).brier == np.mean([0.4**2, 0.4**2])


def test_no_later_example_is_looked_at() -> None:
    assert measured(1).auroc == 0.0  # a says 0.1 after one event, and 0.9 only later


def test_a_step_with_one_class_is_left_out() -> None:
    assert early_quality(["a", "b"], [1, 1], Labels.unweighted([1, 1]), {"intent_tf": [0.5, 0.6]}) == {}


def test_the_order_of_the_rows_does_not_matter() -> None:
    order = np.array([5, 2, 3, 0, 4, 1])
    shuffled = {"intent_tf": PROBABILITIES["intent_tf"][order]}
    assert early_quality(
        SESSION[order], EVENTS[order], Labels.unweighted(LABEL[order]), shuffled
    ) == early_quality(SESSION, EVENTS, Labels.unweighted(LABEL), PROBABILITIES)
