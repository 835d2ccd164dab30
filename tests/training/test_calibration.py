from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest
from scipy.special import expit, logit

from intent_tf.data.predictions import Predictions
from intent_tf.evaluation.metrics import evaluate
from intent_tf.layers.calibrator import CALIBRATOR_KINDS
from intent_tf.training.calibration import CalibrationChoice, calibrate, fit_calibrator


def buyers(truth, seed=1):
    """Labels that come true as often as the probabilities say."""
    return (np.random.default_rng(seed).uniform(size=len(truth)) < truth).astype(int)


TRUTH = np.random.default_rng(0).uniform(0.02, 0.98, 4000)
LABEL = buyers(TRUTH)


def test_temperature_recovers_what_made_the_strengths_too_sure():
    assert float(
        calibrate("temperature", Predictions.unweighted(LABEL, expit(2.5 * logit(TRUTH)))).scale
    ) == pytest.approx(1 / 2.5, rel=0.05)


def test_platt_recovers_scale_and_offset():
    calibrator = calibrate("platt", Predictions.unweighted(LABEL, expit(2 * logit(TRUTH) - 1)))
    assert float(calibrator.scale) == pytest.approx(1 / 2, rel=0.05)
    assert float(calibrator.offset) == pytest.approx(1 / 2, abs=0.05)


def test_platt_takes_back_what_resampling_did_to_the_odds():
    # Keeping 1 of 4 negatives multiplies the odds by 4.
    calibrator = calibrate("platt", Predictions.unweighted(LABEL, expit(logit(TRUTH) + np.log(4))))
    assert float(calibrator.offset) == pytest.approx(-np.log(4), abs=0.1)


def test_isotonic_knots_stand_at_the_means_of_the_pooled_blocks():
    # 0.3 and 0.4 violate the order and are pooled: mean probability 0.35, half of them buy.
    label, probability = [0, 1, 0, 1], [0.1, 0.3, 0.4, 0.9]
    calibrator = calibrate("isotonic", Predictions.unweighted(label, probability))
    assert calibrator.x.numpy()[:3] == pytest.approx([0.1, 0.35, 0.9])
    assert calibrator.y.numpy()[:3] == pytest.approx([1 / 6, 1 / 2, 5 / 6])  # 1 / (4 rows + 2) from 0 and 1


def test_unused_isotonic_knots_repeat_the_last():
    calibrator = calibrate("isotonic", Predictions.unweighted([0, 1], [0.2, 0.7]))
    assert calibrator.x.numpy()[2:] == pytest.approx([0.7] * 62)


def test_more_blocks_than_knots_still_follow_the_curve():
    truth = np.linspace(0, 1, 60_000)
    calibrator = calibrate("isotonic", Predictions.unweighted(buyers(truth), truth**0.5))
    assert float(np.abs(calibrator(truth**0.5).numpy() - truth).mean()) < 0.01


def test_isotonic_mends_a_bend_that_no_scale_and_offset_can():
    truth = np.random.default_rng(0).uniform(0.02, 0.98, 12_000)
    label, bent = buyers(truth), np.where(truth < 0.5, 0.2 * truth, 1.8 * truth - 0.8)
    calibrator, choice = fit_calibrator(Predictions.unweighted(label, bent))
    assert choice.kind == "isotonic"
    assert (
        evaluate(Predictions.unweighted(label, calibrator(bent))).ece
        < 0.02
        < evaluate(Predictions.unweighted(label, bent)).ece
    )


def test_beta_takes_back_a_power_of_the_probabilities_alone():
    calibrator = calibrate("beta", Predictions.unweighted(LABEL, TRUTH**3))
    # odds = p³ / (1 - p³) are no power of p / (1 - p); near 0, where the rest is 1, they are p cubed.
    small = np.float32([0.05, 0.1]) ** 3
    assert calibrator(small).numpy() == pytest.approx([0.05, 0.1], abs=0.03)
    assert fit_calibrator(Predictions.unweighted(LABEL, TRUTH**3))[1].kind == "beta"


@pytest.mark.parametrize(
    ("rows", "kinds"),
    [
        (900, {"identity", "temperature"}),
        (4000, {"identity", "temperature", "platt", "beta"}),
        (12_000, set(CALIBRATOR_KINDS)),
    ],
)
def test_kinds_of_more_parameters_need_more_rows(rows, kinds):
    truth = np.random.default_rng(0).uniform(0.02, 0.98, rows)
    assert set(fit_calibrator(Predictions.unweighted(buyers(truth), truth))[1].log_loss) == kinds


def test_rows_of_little_weight_are_fewer_rows():
    weight = np.where(np.arange(4000) < 500, 100.0, 0.01)
    assert "platt" not in fit_calibrator(Predictions(LABEL, TRUTH, weight))[1].log_loss


def test_calibrated_strengths_are_left_alone():
    calibrator, choice = fit_calibrator(Predictions.unweighted(LABEL, TRUTH))
    assert choice.kind == calibrator.kind == "identity"


def test_too_sure_strengths_get_a_temperature():
    assert fit_calibrator(Predictions.unweighted(LABEL, expit(3 * logit(TRUTH))))[1].kind == "temperature"


def test_shifted_odds_get_platt():
    assert fit_calibrator(Predictions.unweighted(LABEL, expit(2 * logit(TRUTH) + 1.5)))[1].kind == "platt"


def test_the_lowest_log_loss_is_clearly_below_those_of_simpler_kinds_and_hardly_below_the_chosen_ones():
    choice = fit_calibrator(Predictions.unweighted(LABEL, expit(2 * logit(TRUTH) + 1.5)))[1]
    lowest = min(choice.log_loss.values())
    assert choice.log_loss["platt"] < lowest + 1e-3 < choice.log_loss["temperature"]
    assert choice.kind == "platt"


def test_the_loss_of_identity_is_the_plain_log_loss():
    choice = fit_calibrator(Predictions.unweighted(LABEL, TRUTH))[1]
    assert choice.log_loss["identity"] == pytest.approx(
        evaluate(Predictions.unweighted(LABEL, TRUTH)).log_loss, abs=1e-6
    )


def test_what_was_found_is_json():
    choice = fit_calibrator(Predictions.unweighted(LABEL, np.float32(TRUTH)))[1]
    assert json.loads(json.dumps(asdict(choice))) == asdict(choice)


def test_few_rows_of_a_class_leave_strengths_alone():
    label = np.arange(4000) < 9
    assert fit_calibrator(Predictions.unweighted(label, TRUTH))[1] == CalibrationChoice("identity", 4000, {})


@pytest.mark.parametrize("kind", CALIBRATOR_KINDS)
def test_perfectly_parted_classes_do_not_become_certain(kind):
    probability = np.concatenate([np.linspace(0.2, 0.4, 50), np.linspace(0.6, 0.8, 50)])
    calibrated = calibrate(kind, Predictions.unweighted(np.arange(100) >= 50, probability))(
        probability
    ).numpy()
    assert 5e-4 < calibrated.min() < 0.4 < 0.6 < calibrated.max() < 1 - 5e-4


@pytest.mark.parametrize("kind", ["temperature", "platt", "isotonic"])
def test_rows_of_weight_0_count_for_nothing(kind):
    probability = expit(2 * logit(TRUTH))
    few = calibrate(kind, Predictions.unweighted(LABEL[:500], probability[:500]))
    weighted = calibrate(kind, Predictions(LABEL, probability, (np.arange(4000) < 500).astype(float)))
    assert [w.numpy().tolist() for w in few.weights] == [w.numpy().tolist() for w in weighted.weights]


def test_strengths_that_rank_buyers_last_are_flattened_and_not_turned_round():
    probability = 1 - TRUTH
    for kind in ("temperature", "platt", "isotonic"):
        calibrated = calibrate(kind, Predictions.unweighted(LABEL, probability))(np.sort(probability)).numpy()
        assert (np.diff(calibrated) >= 0).all()


def test_strengths_that_are_good_as_trained_are_left_alone():
    kinds = []
    for seed in range(10):
        truth = np.random.default_rng([seed, 7]).uniform(0.02, 0.98, 1000)
        kinds.append(fit_calibrator(Predictions.unweighted(buyers(truth, seed), truth))[1].kind)
    assert kinds.count("identity") >= 8


def test_a_small_but_sure_error_is_mended():
    assert fit_calibrator(Predictions.unweighted(LABEL, expit(logit(TRUTH) + 0.3)))[1].kind != "identity"
