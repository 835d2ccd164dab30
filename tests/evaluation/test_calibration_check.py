"""The check of calibration: hand-made labels, and statsmodels' figures for the same rows."""

import numpy as np
import pytest
from scipy.special import expit

from intent_tf.data.predictions import Predictions
from intent_tf.evaluation.calibration_check import check_calibration


def drawn(slope: float, intercept: float, rows: int = 20_000, seed: int = 0) -> Predictions:
    """Labels whose logits are so far from those predicted."""
    rng = np.random.default_rng(seed)
    given = rng.normal(-1, 1.5, rows)
    label = (rng.random(rows) < expit(intercept + slope * given)).astype(int)
    return Predictions.unweighted(label, expit(given))


def test_true_probabilities_have_slope_1_intercept_0_and_an_error_within_the_band() -> None:
    check = check_calibration(drawn(1, 0))
    assert check.slope[1] < 1 < check.slope[2]
    assert check.intercept[1] < 0 < check.intercept[2]
    assert check.ece_band[0] < check.ece < check.ece_band[1]


@pytest.mark.parametrize(("slope", "intercept"), [(0.7, 0.0), (1.3, 0.0), (1.0, 0.4)])
def test_probabilities_that_are_not_true_are_outside(slope: float, intercept: float) -> None:
    check = check_calibration(drawn(slope, intercept))
    assert check.slope[0] == pytest.approx(slope, abs=0.06)
    assert (check.slope[1] < 1 < check.slope[2]) == (slope == 1)
    assert check.ece > check.ece_band[1]


def test_the_intercept_is_that_of_true_slopes() -> None:
    assert check_calibration(drawn(1, -0.5)).intercept[0] == pytest.approx(-0.5, abs=0.05)


def test_the_intervals_are_those_of_a_logistic_regression_with_robust_errors() -> None:
    statsmodels = pytest.importorskip("statsmodels.api", reason="the extra decisions is not installed")
    predictions = drawn(0.9, 0.1, rows=500)
    design = np.column_stack(
        [np.log(predictions.probability / (1 - predictions.probability)), np.ones(len(predictions))]
    )
    fitted = statsmodels.Logit(predictions.label, design).fit(disp=0, cov_type="HC0")
    expected = [fitted.params[0], *fitted.conf_int()[0]]
    np.testing.assert_allclose(check_calibration(predictions).slope, expected, rtol=1e-5)


def test_rows_of_one_group_are_no_independent_evidence() -> None:
    once = drawn(1, 0, rows=500)
    four_times = once.take(np.tile(np.arange(500), 4))
    alone, grouped = check_calibration(once), check_calibration(four_times, np.tile(np.arange(500), 4))
    np.testing.assert_allclose(grouped.slope, alone.slope, rtol=1e-6)
    assert np.ptp(check_calibration(four_times).slope) == pytest.approx(np.ptp(alone.slope) / 2, rel=1e-6)


def test_a_weight_of_two_counts_as_two_rows_of_one_group() -> None:
    once = drawn(1, 0, rows=500)
    twice = Predictions(once.label, once.probability, np.full(500, 2.0))
    np.testing.assert_allclose(check_calibration(twice).slope, check_calibration(once).slope, rtol=1e-6)


def test_certain_probabilities_are_finite() -> None:
    check = check_calibration(Predictions.unweighted([0, 1, 1, 0, 1], [0.0, 1.0, 0.5, 0.5, 0.6]))
    assert np.isfinite(check.slope).all()


@pytest.mark.parametrize(("label", "probability"), [([1, 1], [0.2, 0.6]), ([0, 1], [0.5, 0.5])])
def test_without_two_labels_or_two_probabilities_there_is_none(
    label: list[int], probability: list[float]
) -> None:
    assert check_calibration(Predictions.unweighted(label, probability)) is None
