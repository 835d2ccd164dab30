"""What the summary of a comparison says, on probabilities made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from intent_tf.evaluation.comparison import Trial, summarise
from intent_tf.evaluation.comparison_page import comparison_table, write_comparison
from intent_tf.evaluation.metrics import expected_calibration_error


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
            trials.append(Trial(fold, seed, label, probabilities, {"intent_tf": 2.0, "rival": 1.0}, slices))
    return trials


def test_the_mean_is_that_of_folds_and_seeds() -> None:
    trials = make_trials()
    expected = np.mean([roc_auc_score(trial.label, trial.probabilities["rival"]) for trial in trials])
    assert summarise(trials)["models"]["all"]["rival"]["auroc"]["mean"] == pytest.approx(expected)


def test_the_deviation_is_that_of_the_seeds() -> None:
    trials = make_trials()
    by_seed = [
        np.mean([roc_auc_score(t.label, t.probabilities["rival"]) for t in trials if t.seed == seed])
        for seed in (0, 1)
    ]
    found = summarise(trials)["models"]["all"]["rival"]["auroc"]["deviation"]
    assert found == pytest.approx(np.std(by_seed, ddof=1))


def test_calibration_is_measured_on_the_rows_of_all_folds_together() -> None:
    trials = make_trials(seeds=1)
    label = np.concatenate([trial.label for trial in trials])
    probability = np.concatenate([trial.probabilities["rival"] for trial in trials])
    found = summarise(trials)["models"]["all"]["rival"]["ece"]
    assert found == pytest.approx(expected_calibration_error(label, probability))


def test_a_better_model_is_told_from_a_worse_one_over_folds() -> None:
    test = summarise(make_trials(folds=5))["tests"]["all"]["rival"]["auroc"]
    assert test["difference"] > 0
    assert test["p_value"] < 0.05


def test_a_better_model_is_told_from_a_worse_one_on_one_split() -> None:
    test = summarise(make_trials(folds=1, rows=600))["tests"]["all"]["rival"]["log_loss"]
    assert test["high"] < 0
    assert test["p_value"] < 0.05


def test_slices_are_measured_apart() -> None:
    trials = make_trials(folds=1, seeds=1, sliced=True)
    rows = trials[0].slices == "whole"
    expected = roc_auc_score(trials[0].label[rows], trials[0].probabilities["rival"][rows])
    assert summarise(trials)["models"]["whole"]["rival"]["auroc"]["mean"] == pytest.approx(expected)


def test_the_table_names_our_model_first_and_every_rival(tmp_path) -> None:
    found = {"data": "shop", "rows": 600, "folds": 3, "seeds": 2, "dropped": [], **summarise(make_trials())}
    lines = comparison_table(found).splitlines()
    assert [line.split()[0] for line in lines[3:]] == ["intent_tf", "rival"]


def test_the_page_shows_the_table_and_loads_nothing(tmp_path) -> None:
    found = {"data": "<shop>", "rows": 600, "folds": 3, "seeds": 2, "dropped": [], **summarise(make_trials())}
    write_comparison(tmp_path / "new", found)
    page = (tmp_path / "new" / "comparison.html").read_text()
    assert "&lt;shop&gt;" in page
    assert "<script" not in page
