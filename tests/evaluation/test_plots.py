from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from intent_tf.data.predictions import Labels, Predictions
from intent_tf.evaluation import plots
from intent_tf.evaluation.metrics import evaluate

LABEL = np.array([0, 0, 1, 0, 1, 1])
STRENGTH = np.array([0.1, 0.2, 0.3, 0.4, 0.8, 0.9])
SHOPPERS = Predictions.unweighted(LABEL, STRENGTH)


def drawn(drawing):
    axes = Figure().subplots()
    drawing(axes)
    return axes


def look_of(line):
    return line.get_color(), str(line._dash_pattern)


def curve(axes, label):
    return next(line.get_xydata() for line in axes.lines if line.get_label() == label)


def test_the_roc_curve_goes_through_its_known_points():
    points = curve(drawn(plots.roc(Labels.unweighted(LABEL), {"intent_tf": STRENGTH})), "intent_tf")
    at_one_third = points[np.isclose(points[:, 0], 1 / 3)][:, 1]
    assert at_one_third == pytest.approx([2 / 3, 1])


def test_the_area_under_the_drawn_roc_curve_is_the_auroc():
    x, y = curve(drawn(plots.roc(Labels.unweighted(LABEL), {"intent_tf": STRENGTH})), "intent_tf").T
    assert np.trapezoid(y, x) == pytest.approx(8 / 9)


def test_precision_at_full_recall_is_the_rate_of_those_called_buyers():
    points = curve(
        drawn(plots.precision_recall(Labels.unweighted(LABEL), {"intent_tf": STRENGTH})), "intent_tf"
    )
    assert points[points[:, 0] == 1.0][:, 1].max() == pytest.approx(3 / 4)


def test_a_long_curve_is_thinned_and_keeps_its_ends():
    rng = np.random.default_rng(0)
    probability = rng.uniform(size=20_000)
    label = (rng.uniform(size=20_000) < probability).astype(int)
    points = curve(drawn(plots.roc(Labels.unweighted(label), {"intent_tf": probability})), "intent_tf")
    assert len(points) <= 400
    assert points[[0, -1]].tolist() == [[0, 0], [1, 1]]


def test_two_baselines_have_different_dashes():
    axes = drawn(plots.roc(Labels.unweighted(LABEL), {"intent_tf": STRENGTH, "a": STRENGTH, "b": STRENGTH}))
    dashes = {line.get_label(): line._dash_pattern for line in axes.lines}
    assert dashes["a"] != dashes["b"]


def test_rivals_look_the_same_on_every_plot_and_unlike_each_other():
    models = {
        "intent_tf": evaluate(Predictions.unweighted(LABEL, STRENGTH)),
        "constant_rate": evaluate(Predictions.unweighted(LABEL, 0 * STRENGTH + 0.5)),
    }
    rivals = ["logistic_regression", "hist_gradient_boosting", "teacher"]
    models |= dict.fromkeys([*rivals, "optimum"], models["intent_tf"])
    early = drawn(plots.early({"1": models, "3": models}, "auroc"))
    curves = drawn(
        plots.gain(Labels.unweighted(LABEL), dict.fromkeys(["intent_tf", *rivals, "optimum"], STRENGTH))
    )
    looks = [{line.get_label(): look_of(line) for line in axes.lines} for axes in (early, curves)]
    assert looks[0].items() <= looks[1].items()
    colours, dashes = zip(*(looks[0][name.replace("_", " ")] for name in rivals), strict=True)
    assert len(set(colours)) == len(set(dashes)) == 3


def test_reliability_shows_mean_strength_and_rate_of_each_bin():
    axes = drawn(plots.reliability(None, SHOPPERS, bins=2))
    assert axes.containers[0].lines[0].get_xydata() == pytest.approx(np.array([[0.25, 0.25], [0.85, 1.0]]))


def test_reliability_intervals_are_wilsons():
    # 1 of 4: centre (1 + z²/2) / (4 + z²), z = 1.96.
    axes = drawn(plots.reliability(None, SHOPPERS, bins=2))
    low, high = axes.containers[0].lines[2][0].get_segments()[0][:, 1]
    assert [low, high] == pytest.approx([0.0456, 0.6994], abs=1e-4)


def test_reliability_draws_before_and_after():
    axes = drawn(plots.reliability(Predictions.unweighted(LABEL, STRENGTH / 2), SHOPPERS))
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "before calibration",
        "after calibration",
    ]


def test_the_histogram_of_each_class_sums_to_1():
    axes = drawn(plots.histogram(SHOPPERS, 0.5))
    assert [patch.get_data().values.sum() for patch in axes.patches] == pytest.approx([1, 1, 1, 1])


def test_gains_take_rows_of_equal_strength_together():
    rows, buyers = plots.gains(Predictions.unweighted(LABEL, np.full(6, 0.5)))
    assert rows.tolist() == buyers.tolist() == [0, 1]


def test_gains_rise_by_the_buyers_from_the_strongest_on():
    assert plots.gains(SHOPPERS)[1] == pytest.approx([0, 1 / 3, 2 / 3, 2 / 3, 1, 1, 1])


def test_the_mean_lift_of_the_tenths_is_1():
    heights = [bar.get_height() for bar in drawn(plots.lift(SHOPPERS)).patches]
    assert np.mean(heights) == pytest.approx(1)
    assert heights[0] == pytest.approx(2)  # half of the rows buy; the strongest tenth all do


def test_the_best_epoch_is_the_lowest_of_validation():
    axes = drawn(plots.loss_curves({"loss": [3, 2, 1], "val_loss": [3.0, 1.5, 2.0]}))
    assert curve(axes, "best: epoch 2").tolist() == [[2, 1.5]]


def test_without_validation_only_train_is_drawn():
    assert len(drawn(plots.loss_curves({"loss": [3, 2, 1]})).lines) == 1
