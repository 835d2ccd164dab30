"""What the summary of a comparison says, on probabilities made by hand."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from intent_tf.data.predictions import Labels, Predictions
from intent_tf.evaluation.comparison import FIGURES, Trial, summarise
from intent_tf.evaluation.comparison_page import comparison_table, write_comparison
from intent_tf.evaluation.metrics import evaluate, expected_calibration_error


def make_trials(folds: int = 3, seeds: int = 2, rows: int = 200, sliced: bool = False) -> list[Trial]:
    trials = []
    for fold in range(folds):
        rng = np.random.default_rng(fold)
        truth = rng.uniform(size=rows)
        label = (rng.uniform(size=rows) < truth).astype(float)
        for seed in range(seeds):
            noise = np.random.default_rng([fold, seed]).uniform(size=rows)
            probabilities = {"intent_tf": truth * 0.98 + noise * 0.02, "rival": (truth + 2 * noise) / 3}
            slices = np.tile(np.array(["1", "whole"], object), rows // 2) if sliced else None
            thresholds, seconds = {"intent_tf": 0.4, "rival": 0.6}, {"intent_tf": 2.0, "rival": 1.0}
            trials.append(
                Trial(fold, seed, Labels.unweighted(label), probabilities, thresholds, seconds, slices)
            )
    return trials


def test_the_mean_is_that_of_folds_and_seeds() -> None:
    trials = make_trials()
    expected = np.mean([roc_auc_score(trial.labels.label, trial.probabilities["rival"]) for trial in trials])
    assert summarise(trials).models["all"]["rival"].figures["auroc"].mean == pytest.approx(expected)


def test_the_deviation_is_that_of_the_seeds() -> None:
    trials = make_trials()
    by_seed = [
        np.mean([roc_auc_score(t.labels.label, t.probabilities["rival"]) for t in trials if t.seed == seed])
        for seed in (0, 1)
    ]
    found = summarise(trials).models["all"]["rival"].figures["auroc"].deviation
    assert found == pytest.approx(np.std(by_seed, ddof=1))


def test_decisions_are_measured_at_the_threshold_of_each_model() -> None:
    trial = make_trials(folds=1, seeds=1)[0]
    expected = evaluate(Predictions.of(trial.labels, trial.probabilities["rival"]), 0.6).f1_negative
    assert summarise([trial]).models["all"]["rival"].figures["f1_negative"].mean == expected


def test_weights_count_in_the_figures_of_a_comparison() -> None:
    trial = make_trials(folds=1, seeds=1)[0]
    weight = np.random.default_rng(0).uniform(0.5, 4, len(trial.labels.label))
    expected = evaluate(Predictions(trial.labels.label, trial.probabilities["rival"], weight), 0.6)
    found = summarise([replace(trial, labels=Labels(trial.labels.label, weight))]).models["all"]["rival"]
    assert (found.figures["auroc"].mean, found.ece) == pytest.approx((expected.auroc, expected.ece))


def test_calibration_is_measured_on_the_rows_of_all_folds_together() -> None:
    trials = make_trials(seeds=1)
    label = np.concatenate([trial.labels.label for trial in trials])
    probability = np.concatenate([trial.probabilities["rival"] for trial in trials])
    found = summarise(trials).models["all"]["rival"].ece
    assert found == pytest.approx(expected_calibration_error(Predictions.unweighted(label, probability)))


def test_a_better_model_is_told_from_a_worse_one_over_folds() -> None:
    test = summarise(make_trials(folds=5)).tests["all"]["rival"]["auroc"]
    assert test.difference > 0
    assert test.p_value < 0.05


def test_a_better_model_is_told_from_a_worse_one_on_one_split() -> None:
    test = summarise(make_trials(folds=1, rows=600)).tests["all"]["rival"]["log_loss"]
    assert test.high < 0
    assert test.p_value < 0.05


def test_slices_are_measured_apart() -> None:
    trials = make_trials(folds=1, seeds=1, sliced=True)
    rows = trials[0].slices == "whole"
    expected = roc_auc_score(trials[0].labels.label[rows], trials[0].probabilities["rival"][rows])
    assert summarise(trials).models["whole"]["rival"].figures["auroc"].mean == pytest.approx(expected)


def test_the_table_names_our_model_first_and_every_rival(tmp_path) -> None:
    found = summarise(make_trials(), "shop")
    lines = comparison_table(found).splitlines()
    assert [line.split()[0] for line in lines[3:5]] == ["intent_tf", "rival"]


def test_the_table_tells_whether_our_probabilities_come_true() -> None:
    found = summarise(make_trials(), "shop")
    check = found.models["all"]["intent_tf"].calibration
    assert comparison_table(found).splitlines()[-1] == f"intent_tf: {check}"


def test_the_json_file_has_the_figures_of_each_model_beside_each_other(tmp_path) -> None:
    write_comparison(tmp_path, summarise(make_trials(folds=1), "shop", ["id"]))
    found = json.loads((tmp_path / "comparison.json").read_text())
    keys = ("data", "rows", "folds", "seeds", "dropped")
    assert [found[key] for key in keys] == ["shop", 200, 1, 2, ["id"]]
    assert list(found["models"]["all"]["rival"]) == [*FIGURES, "ece", "calibration", "seconds"]
    assert list(found["models"]["all"]["rival"]["brier"]) == ["mean", "deviation"]
    assert list(found["tests"]["all"]["rival"]["auroc"]) == ["difference", "low", "high", "p_value"]


def test_the_page_shows_the_table_and_loads_nothing(tmp_path) -> None:
    found = summarise(make_trials(), "<shop>")
    write_comparison(tmp_path / "new", found)
    page = (tmp_path / "new" / "comparison.html").read_text()
    assert "&lt;shop&gt;" in page
    assert "<script" not in page
