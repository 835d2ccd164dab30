"""Folds of rows."""

from __future__ import annotations

import numpy as np

from intent_tf.data.folds import stratified_folds

LABEL = np.arange(120) % 4 == 0


def test_every_row_is_left_once_and_the_rate_is_about_the_same() -> None:
    folds = stratified_folds(LABEL, 5, seed=0)
    np.testing.assert_array_equal(np.sort(np.concatenate([left for _, left in folds])), np.arange(120))
    assert all(LABEL[left].mean() == LABEL.mean() for _, left in folds)
    assert all(not set(fit) & set(left) for fit, left in folds)


def test_rows_of_a_group_stay_together() -> None:
    groups = np.arange(120) // 7
    for fit, left in stratified_folds(LABEL, 3, seed=0, groups=groups):
        assert not set(groups[fit]) & set(groups[left])


def test_the_seed_decides() -> None:
    first, again, other = (stratified_folds(LABEL, 5, seed)[0][1].tolist() for seed in (0, 0, 1))
    assert first == again != other
