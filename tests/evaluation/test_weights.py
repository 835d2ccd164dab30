"""A weight counts wherever its row counts, and a thinned log gives what the whole one gives."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from scipy.special import expit, logit

import intent_tf
from intent_tf.columns.column_bins import ColumnBins, binning_of
from intent_tf.columns.leaks import find_leaks
from intent_tf.data.predictions import Labels, Predictions, effective_size
from intent_tf.errors import InputError
from intent_tf.evaluation import plots
from intent_tf.evaluation.baseline_table import BaselineTable
from intent_tf.evaluation.baselines import fit_baselines
from intent_tf.evaluation.bootstrap import bootstrap_intervals, compare
from intent_tf.evaluation.drift import evaluate_drift
from intent_tf.evaluation.early import early_quality
from intent_tf.evaluation.importance import permutation_importance
from intent_tf.evaluation.metrics import evaluate, evaluate_all, expected_calibration_error
from intent_tf.evaluation.slices import find_slices
from intent_tf.evaluation.threshold import choose_threshold
from intent_tf.layers.calibrator import CALIBRATOR_KINDS
from intent_tf.training.calibration import calibrate, fit_calibrator

ROWS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 8), st.integers(1, 5)), min_size=2, max_size=40)


def drawn(drawing: plots.Drawing) -> list[float]:
    """The distinct points of all lines and bars of a plot."""
    axes = Figure().subplots()
    drawing(axes)
    lines = [line.get_xydata().round(9).tolist() for line in axes.lines if len(line.get_xydata())]
    steps = [patch.get_data().values.tolist() for patch in axes.patches if hasattr(patch, "get_data")]
    bars = [patch.get_height() for patch in axes.patches if hasattr(patch, "get_height")]
    flat = [number for line in lines for point in sorted(set(map(tuple, line))) for number in point]
    return [*flat, *np.ravel(steps).tolist(), *bars]


FIGURES = {
    "log loss": lambda rows: evaluate(rows).log_loss,
    "brier": lambda rows: evaluate(rows).brier,
    "auroc": lambda rows: evaluate(rows).auroc,
    "auprc": lambda rows: evaluate(rows).auprc,
    "auprc of class 0": lambda rows: evaluate(rows).auprc_negative,
    "f1": lambda rows: evaluate(rows, 0.4).f1,
    "accuracy": lambda rows: evaluate(rows, 0.4).accuracy,
    "rate": lambda rows: evaluate(rows).rate,
    "confusion matrix": lambda rows: np.ravel(evaluate(rows, 0.4).confusion_matrix).tolist(),
    "ece": expected_calibration_error,
    "threshold": choose_threshold,
    "threshold by cost": lambda rows: choose_threshold(rows, 1, 3),
    "several models": lambda rows: evaluate_all(rows.labels, {"a": rows.probability})["a"].log_loss,
    "gains": lambda rows: np.ravel(plots.gains(rows)).tolist(),
    "lift": lambda rows: drawn(plots.lift(rows)),
    "roc": lambda rows: drawn(plots.roc(rows.labels, {"intent_tf": rows.probability})),
    "precision and recall": lambda rows: drawn(
        plots.precision_recall(rows.labels, {"intent_tf": rows.probability})
    ),
    "gain": lambda rows: drawn(plots.gain(rows.labels, {"intent_tf": rows.probability})),
    "reliability": lambda rows: drawn(plots.reliability(None, rows)),
    "histogram": lambda rows: drawn(plots.histogram(rows, 0.5)),
    "difference of two models": lambda rows: (
        compare(rows.labels, rows.probability, np.sqrt(rows.probability), resamples=2)["auroc"].difference
    ),
    "difference of log losses": lambda rows: (
        compare(rows.labels, rows.probability, rows.probability / 2 + 0.2, resamples=2)["log_loss"].difference
    ),
}


@pytest.mark.parametrize("figure", FIGURES)
@settings(deadline=None, max_examples=25)
@given(rows=ROWS)
def test_an_integer_weight_is_the_row_that_often(figure: str, rows: list[tuple[int, int, int]]) -> None:
    label, eighths, weight = np.array(rows).T
    assume(0 < label.mean() < 1)
    weighted = FIGURES[figure](Predictions(label, eighths / 8, weight))
    repeated = FIGURES[figure](
        Predictions.unweighted(np.repeat(label, weight), np.repeat(eighths / 8, weight))
    )
    assert weighted == pytest.approx(repeated, nan_ok=True, abs=1e-9)


@settings(deadline=None)
@given(
    numbers=st.lists(st.integers(-5, 5), min_size=1, max_size=20),
    bins=st.integers(2, 10),
    seed=st.integers(0, 99),
    kind=st.sampled_from(["number", "category"]),
)
def test_bins_are_those_of_repeated_rows(numbers: list[int], bins: int, seed: int, kind: str) -> None:
    weight = np.random.default_rng(seed).integers(1, 4, len(numbers))
    weight[0] = 1
    values = pd.Series(numbers, dtype=float if kind == "number" else str)
    often = pd.Series(np.repeat(values.to_numpy(), weight))
    weighted = ColumnBins(values, weight, binning_of(kind), bins)
    repeated = ColumnBins(often, np.ones(len(often)), binning_of(kind), bins)
    assert sorted(weighted.names) == sorted(repeated.names) or kind == "category"
    assert len(weighted.names) == len(repeated.names)


SCALED = {
    **{
        kind: lambda rows, kind=kind: calibrate(kind, rows)(rows.probability).numpy().tolist()
        for kind in CALIBRATOR_KINDS
    },
    "choice of the calibrator": lambda rows: list(fit_calibrator(rows)[1].log_loss.values()),
    "interval": lambda rows: bootstrap_intervals(rows.labels, rows.probability, resamples=20)["auroc"],
    "leak": lambda rows: find_leaks(_frame(rows), rows.labels, {"p": "number"}, limit=0.5)[0].auroc,
    "drift": lambda rows: (
        evaluate_drift(_frame(rows)[:150], rows.weight[:150], _frame(rows)[150:], rows.weight[150:], _KIND)[
            0
        ].psi
    ),
    "slices": lambda rows: [len(each) for each in find_slices(_frame(rows), rows.weight, _KIND).values()],
    "importance": lambda rows: (
        permutation_importance(lambda frame: frame["p"], _frame(rows), rows.labels)[0].auroc_drop
    ),
    "early": lambda rows: (
        early_quality(range(400), [1] * 400, rows.labels, {"a": rows.probability})["1"]["a"].auroc
    ),
    **{name: FIGURES[name] for name in ("log loss", "auroc", "ece", "threshold", "lift", "reliability")},
}
_KIND = {"p": "number"}


def _frame(rows: Predictions) -> pd.DataFrame:
    return pd.DataFrame({"p": rows.probability})


@pytest.mark.parametrize("figure", SCALED)
def test_equal_weights_count_as_none(figure: str) -> None:
    rng = np.random.default_rng(0)
    truth = rng.uniform(0.05, 0.95, size=400)
    label = rng.uniform(size=400) < truth
    plain, heavy = (SCALED[figure](Predictions(label, truth, np.full(400, w))) for w in (1.0, 4.0))
    assert heavy == pytest.approx(plain, abs=1e-5)


@pytest.fixture(scope="module")
def logs() -> tuple[Predictions, Predictions]:
    """A whole log, with probabilities that promise too much, and the same with 3 in 10 of the negatives."""
    rng = np.random.default_rng(0)
    truth = rng.beta(1, 8, size=40_000)
    label = rng.uniform(size=truth.size) < truth
    whole = Predictions.unweighted(label, expit(1.4 * logit(truth) + 1))
    kept = label | (rng.uniform(size=truth.size) < 0.3)
    return whole, Predictions(label[kept], whole.probability[kept], np.where(label, 1, 1 / 0.3)[kept])


def test_a_thinned_log_has_the_figures_of_the_whole_one(logs: tuple[Predictions, Predictions]) -> None:
    whole, thinned = logs
    figures = evaluate(thinned)
    for name, (low, high) in bootstrap_intervals(whole.labels, whole.probability, resamples=200).items():
        margin = (high - low) / 2  # the thinned log is a sample of its own
        assert low - margin < getattr(figures, name) < high + margin, name
    assert figures.rate == pytest.approx(evaluate(whole).rate, rel=0.02)
    assert figures.ece == pytest.approx(evaluate(whole).ece, abs=0.005)


@pytest.mark.parametrize("kind", ["platt", "isotonic"])
def test_a_calibrator_of_a_thinned_log_promises_what_happens_in_the_whole(
    kind: str, logs: tuple[Predictions, Predictions]
) -> None:
    whole = logs[0]
    calibrated = [np.asarray(calibrate(kind, rows)(whole.probability)) for rows in logs]
    error = np.sqrt(whole.label.var() / len(whole))
    assert abs(calibrated[1].mean() - whole.label.mean()) < 4 * error
    assert abs(calibrated[1] - calibrated[0]).mean() < 0.01


def test_a_threshold_of_a_thinned_log_is_that_of_the_whole(logs: tuple[Predictions, Predictions]) -> None:
    whole, thinned = (choose_threshold(rows, 1, 5) for rows in logs)
    assert whole == pytest.approx(thinned, abs=0.03)


def test_the_gains_of_a_thinned_log_are_those_of_the_whole(logs: tuple[Predictions, Predictions]) -> None:
    whole, thinned = (np.interp(np.linspace(0, 1, 11), *plots.gains(rows)) for rows in logs)
    assert whole == pytest.approx(thinned, abs=0.015)


def test_a_thinned_log_does_not_drift_from_the_whole(logs: tuple[Predictions, Predictions]) -> None:
    whole, thinned = logs
    parts = (_frame(whole), whole.weight, _frame(thinned))
    assert evaluate_drift(*parts, thinned.weight, _KIND)[0].psi < 0.01
    assert evaluate_drift(*parts, np.ones(len(thinned)), _KIND)[0].psi > 0.02


def test_one_heavy_row_says_little_for_a_calibrator() -> None:
    label = np.arange(200) % 2
    weight = np.where(np.arange(200) == 1, 1e6, 1.0)
    probability = np.linspace(0.01, 0.99, 200)
    assert fit_calibrator(Predictions(label, probability, weight))[1].log_loss == {}
    assert fit_calibrator(Predictions.unweighted(label, probability))[1].log_loss != {}


def test_platts_targets_count_effective_rows() -> None:
    # 4 positives of weight 1 and 1, 1, 3, 3: by hand (1 + 1 + 3 + 3)² / 20 = 3.2.
    assert effective_size(np.array([1.0, 1.0, 3.0, 3.0])) == 3.2
    labels = Labels([0, 1, 1, 1, 1], [2, 1, 1, 3, 3])
    assert labels.effective_sizes == (1.0, 3.2)


def test_a_column_that_leaks_in_light_rows_is_no_leak() -> None:
    rng = np.random.default_rng(0)
    label, light = np.arange(2000) % 2, np.arange(2000) < 1600
    frame = pd.DataFrame({"p": np.where(light, label + rng.normal(0, 0.1, 2000), rng.normal(0.5, 0.5, 2000))})
    assert find_leaks(frame, Labels.unweighted(label), _KIND)
    assert not find_leaks(frame, Labels(label, np.where(light, 1e-3, 1.0)), _KIND)


def test_a_column_that_matters_in_light_rows_is_unimportant() -> None:
    rng = np.random.default_rng(0)
    label, light = np.arange(2000) % 2, np.arange(2000) < 1000
    frame = pd.DataFrame({"p": np.where(light, label * 0.8 + 0.1, rng.uniform(size=2000))})
    plain, weighted = (
        permutation_importance(lambda rows: rows["p"], frame, Labels(label, weight))[0].auroc_drop
        for weight in (np.ones(2000), np.where(light, 1e-3, 1.0))
    )
    assert plain > 0.2 and abs(weighted) < 0.05


def test_a_slice_needs_effective_rows() -> None:
    frame = pd.DataFrame({"month": ["May"] * 150 + ["Nov"] * 150})
    weight = np.where(np.arange(300) == 299, 1e4, 1.0)
    assert list(find_slices(frame, weight, {"month": "category"})) == ["month = May"]


def test_the_penalty_of_the_logistic_regression_is_chosen_by_weight() -> None:
    rng = np.random.default_rng(1)
    numbers, label = rng.normal(size=(400, 20)), rng.integers(0, 2, 400)
    label[:200] = numbers[:200, 0] > 0
    table, light = BaselineTable(numbers, np.zeros((400, 0), int)), np.arange(400) < 200
    chosen = []
    for weight in (np.where(light, 1, 1e-3), np.where(light, 1e-3, 1)):
        pipeline = fit_baselines(table, Labels(label, weight))["logistic_regression"].pipeline
        chosen.append(pipeline.named_steps["model"].C_)
    assert chosen[0] > chosen[1]


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        ([1, -1], "row 1: the weight is -1"),
        ([1, np.nan], "row 1: the weight is nan"),
        ([1, np.inf], "row 1: the weight is inf"),
        ([0, 0], "every weight is 0"),
        ([1], "same shape"),
    ],
)
def test_weights_that_cannot_be_are_refused(weight: list[float], message: str) -> None:
    for build in (lambda: Labels([0, 1], weight), lambda: Predictions([0, 1], [0.5, 0.5], weight)):
        with pytest.raises(InputError, match=message):
            build()


@pytest.mark.parametrize("kind", [Labels, Predictions])
def test_nothing_is_evaluated_without_weights(kind: type) -> None:
    assert inspect.signature(kind).parameters["weight"].default is inspect.Parameter.empty


def test_no_function_of_evaluation_has_a_weight_that_may_be_left_out() -> None:
    package = Path(intent_tf.__file__).parent
    files = [*(package / "evaluation").glob("*.py"), package / "training" / "calibration.py"]
    found = []
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                arguments = node.args.args[len(node.args.args) - len(node.args.defaults) :]
                optional = [*arguments, *node.args.kwonlyargs]
                found += [f"{file.name}: {node.name}" for each in optional if "weight" in each.arg]
    assert found == []
