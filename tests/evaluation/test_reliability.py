"""Intervals hold what is promised as often as they say, and rows of one shopper count for less."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from intent_tf.data.predictions import Predictions
from intent_tf.evaluation.reliability import Reliability, by_decile, by_week

RNG = np.random.default_rng(0)


def drawn(rows: int, factor: float = 1.0) -> Predictions:
    """Rows that buy as promised, or so many times as often."""
    promised = RNG.beta(1, 8, rows)
    return Predictions.unweighted(RNG.random(rows) < np.minimum(factor * promised, 1), promised)


def test_true_probabilities_hold_as_often_as_95_percent_intervals_do() -> None:
    held = [Reliability.of(drawn(500)).holds for _ in range(400)]
    assert 0.92 <= np.mean(held) <= 0.98


def test_probabilities_of_half_the_rate_do_not_hold() -> None:
    check = Reliability.of(drawn(4000, 2.0))
    assert not check.holds and check.rate == pytest.approx(2 * check.promised, rel=0.15)


def test_rows_of_one_shopper_are_no_independent_evidence() -> None:
    alone = drawn(200)
    again = Predictions.unweighted(np.repeat(alone.label, 10), np.repeat(alone.probability, 10))
    once, grouped = Reliability.of(alone), Reliability.of(again, np.repeat(np.arange(200), 10))
    assert (grouped.low, grouped.high) == pytest.approx((once.low, once.high), abs=1e-3)


def test_weights_count() -> None:
    check = Reliability.of(Predictions([1, 0], [0.5, 0.2], [1, 3]))
    assert (check.rate, check.promised) == pytest.approx((0.25, 0.275))


def test_tenths_have_a_tenth_of_the_weight_each() -> None:
    predictions = Predictions(RNG.integers(0, 2, 1000), RNG.random(1000), np.repeat([1.0, 4.0], 500))
    checks = by_decile(predictions)
    assert [check.title for check in checks] == [str(number) for number in range(1, 11)]
    assert [check.promised for check in checks] == pytest.approx(np.arange(0.05, 1, 0.1), abs=0.05)


def test_weeks_begin_on_mondays_and_short_ones_are_left_out() -> None:
    times = pd.Series(pd.to_datetime(["2024-05-05T23:59", "2024-05-06T00:00"] * 30 + ["2024-06-01T00:00"]))
    seconds = (times - pd.Timestamp(0)) / pd.Timedelta(seconds=1)
    checks = by_week(Predictions.unweighted([0, 1] * 30 + [1], [0.5] * 61), seconds, None)
    assert [(check.title, check.rows, check.rate) for check in checks] == [
        ("2024-04-29", 30, 0.0),
        ("2024-05-06", 30, 1.0),
    ]
