from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from intent_tf.data.predictions import Labels, Predictions
from intent_tf.errors import InputError
from intent_tf.evaluation import bootstrap
from intent_tf.evaluation.bootstrap import bootstrap_intervals, compare
from intent_tf.evaluation.difference import Difference
from intent_tf.evaluation.metrics import evaluate


def shoppers(rows=600, noise=0.1, seed=0):
    """Labels, good probabilities, and probabilities that are the same with noise."""
    rng = np.random.default_rng(seed)
    truth = rng.uniform(0.05, 0.95, rows)
    label = (rng.uniform(size=rows) < truth).astype(int)
    return label, truth, np.clip(truth + rng.normal(0, noise, rows), 0.01, 0.99)


def test_the_figures_of_all_rows_are_those_of_measure():
    label, truth, noisy = shoppers()
    noisy = noisy.round(1)  # with ties
    found = compare(Labels.unweighted(label), noisy, truth, resamples=2)
    for name in ("auroc", "auprc", "log_loss"):
        expected = getattr(evaluate(Predictions.unweighted(label, noisy)), name) - getattr(
            evaluate(Predictions.unweighted(label, truth)), name
        )
        assert found[name].difference == pytest.approx(expected, abs=1e-12)


def test_a_draw_is_measured_as_the_rows_it_repeats():
    label, truth, _ = shoppers(rows=50)
    weight = np.random.default_rng(1).integers(0, 4, 50)
    repeated = evaluate(Predictions.unweighted(np.repeat(label, weight), np.repeat(truth.round(1), weight)))
    drawn = bootstrap._figures(label, truth.round(1))(weight)
    assert drawn == pytest.approx([getattr(repeated, name) for name in ("auroc", "auprc", "log_loss")])


def delong(label, probability, other):
    """Difference of AUROCs and its standard error after DeLong, DeLong & Clarke-Pearson (1988)."""
    placements = []
    for values in (probability, other):
        buyers, rest = values[label == 1], values[label == 0]
        wins = (buyers[:, None] > rest) + 0.5 * (buyers[:, None] == rest)
        placements.append((wins.mean(axis=1), wins.mean(axis=0)))
    (first_buyers, first_rest), (second_buyers, second_rest) = placements
    by_buyer, by_rest = first_buyers - second_buyers, first_rest - second_rest
    error = np.sqrt(by_buyer.var(ddof=1) / len(by_buyer) + by_rest.var(ddof=1) / len(by_rest))
    return by_buyer.mean(), error


def test_the_auroc_interval_is_as_wide_as_delongs():
    label, truth, noisy = shoppers(noise=0.2)
    difference, error = delong(label, truth, noisy)
    found = compare(Labels.unweighted(label), truth, noisy, resamples=2000)["auroc"]
    assert found.difference == pytest.approx(difference)
    assert found.high - found.low == pytest.approx(2 * 1.96 * error, rel=0.1)


def test_the_p_value_agrees_with_delongs_test():
    label, truth, noisy = shoppers(noise=0.13, seed=3)
    difference, error = delong(label, truth, noisy)
    p_value = 2 * norm.sf(abs(difference / error))
    assert 0.01 < p_value < 0.5
    assert compare(Labels.unweighted(label), truth, noisy, resamples=4000)["auroc"].p_value == pytest.approx(
        p_value, abs=0.05
    )


def test_a_model_differs_from_itself_by_nothing():
    label, truth, _ = shoppers()
    for row in compare(Labels.unweighted(label), truth, truth, resamples=50).values():
        assert row == Difference(0, 0, 0, 1)


def test_swapping_the_models_turns_the_differences_round():
    label, truth, noisy = shoppers()
    forth, back = (
        compare(Labels.unweighted(label), truth, noisy),
        compare(Labels.unweighted(label), noisy, truth),
    )
    for name in forth:
        assert forth[name].difference == -back[name].difference
        assert forth[name].low == pytest.approx(-back[name].high)
        assert forth[name].p_value == back[name].p_value


def test_a_paired_interval_is_narrower_than_one_of_the_figure():
    label, truth, noisy = shoppers()
    low, high = bootstrap_intervals(Labels.unweighted(label), truth)["auroc"]
    paired = compare(Labels.unweighted(label), truth, noisy)["auroc"]
    assert paired.high - paired.low < (high - low) / 2


def test_intervals_cover_the_truth_as_often_as_they_say():
    # Log loss of the true probabilities: its mean over many draws of labels is known.
    rng = np.random.default_rng(0)
    truth = rng.uniform(0.05, 0.95, 200)
    entropy = float(np.mean(-truth * np.log(truth) - (1 - truth) * np.log(1 - truth)))
    covered = 0
    for seed in range(100):
        label = (rng.uniform(size=200) < truth).astype(int)
        low, high = bootstrap_intervals(Labels.unweighted(label), truth, resamples=200, seed=seed)["log_loss"]
        covered += low <= entropy <= high
    assert 88 <= covered <= 100


def test_rows_of_a_group_count_as_one_piece_of_evidence():
    label, truth, _ = shoppers(rows=150)
    often = [np.repeat(values, 8) for values in (label, truth, np.arange(150))]
    alone = bootstrap_intervals(Labels.unweighted(label), truth)["auroc"]
    grouped = bootstrap_intervals(Labels.unweighted(often[0]), often[1], groups=often[2])["auroc"]
    ungrouped = bootstrap_intervals(Labels.unweighted(often[0]), often[1])["auroc"]
    assert np.ptp(grouped) == pytest.approx(np.ptp(alone), rel=1e-9)
    assert np.ptp(ungrouped) < np.ptp(alone) / 2


def test_a_draw_without_buyers_is_left_out_of_the_auroc():
    label = np.array([1, 0, 0, 0])
    low, high = bootstrap_intervals(Labels.unweighted(label), [0.9, 0.1, 0.2, 0.3], resamples=100)["auroc"]
    assert low == high == 1.0


def test_the_same_seed_gives_the_same_interval():
    label, truth, _ = shoppers()
    assert bootstrap_intervals(Labels.unweighted(label), truth, seed=5) == bootstrap_intervals(
        Labels.unweighted(label), truth, seed=5
    )


def test_higher_confidence_gives_a_wider_interval():
    label, truth, _ = shoppers()
    narrow, wide = (
        bootstrap_intervals(Labels.unweighted(label), truth, confidence=c)["auroc"] for c in (0.5, 0.99)
    )
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_strengths_of_another_length_are_refused():
    with pytest.raises(InputError, match="shape"):
        compare(Labels.unweighted([0, 1]), [0.1, 0.9], [0.1])


def test_sample_weights_count_like_repeated_rows_in_the_difference_of_two_models():
    label, truth, other = shoppers(rows=50)
    weight = np.random.default_rng(1).integers(1, 4, 50)
    weighted = compare(Labels(label, weight), truth, other, resamples=10)
    own, *others = (np.repeat(each, weight) for each in (label, truth, other))
    repeated = compare(Labels.unweighted(own), *others, resamples=10)
    assert weighted["auroc"].difference == pytest.approx(repeated["auroc"].difference)
