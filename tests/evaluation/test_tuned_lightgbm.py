"""The search of LightGBM's settings."""

from __future__ import annotations

import numpy as np
import pytest

from intent_tf.data.predictions import Labels
from intent_tf.evaluation import tuned_lightgbm
from intent_tf.evaluation.baseline_table import BaselineTable
from intent_tf.evaluation.boosters import fit_booster, stop_early

pytest.importorskip("lightgbm", reason="needs intent_tf[compare]")


def rows(count: int, seed: int) -> tuple[BaselineTable, Labels]:
    rng = np.random.default_rng(seed)
    numbers = rng.normal(size=(count, 3))
    label = rng.uniform(size=count) < 1 / (1 + np.exp(-2 * numbers[:, 0] * numbers[:, 1]))
    return BaselineTable(numbers, rng.integers(3, size=(count, 1))), Labels.unweighted(label)


def test_what_is_found_is_a_setting_of_the_booster_and_the_same_for_the_same_seed() -> None:
    table, labels = rows(300, 0)
    found = tuned_lightgbm.tune_lightgbm(table, labels, trials=2, threads=1)
    assert set(found) == set(tuned_lightgbm._SPACE)
    assert tuned_lightgbm.tune_lightgbm(table, labels, trials=2, threads=1) == found
    booster = fit_booster("lightgbm", table, labels, *rows(200, 1), threads=1, settings=found)
    assert booster.model.get_params()["num_leaves"] == found["num_leaves"]


def test_groups_are_not_parted_by_folds() -> None:
    table, labels = rows(200, 0)
    with pytest.raises(ValueError, match="groups"):
        tuned_lightgbm.tune_lightgbm(table, labels, np.zeros(200, int), trials=1)


def test_a_booster_that_is_stopped_early_has_learnt_from_train_rows_only() -> None:
    table, labels = rows(300, 0)
    first = stop_early("lightgbm", table, labels, *rows(200, 1), threads=1)
    whole = fit_booster("lightgbm", table, labels, *rows(200, 1), threads=1)
    assert first.rounds == whole.rounds
    np.testing.assert_array_equal(first.validation, whole.validation)
    assert not np.array_equal(first.predict(table), whole.predict(table))
