"""Folds: every row is tested once, and no group stands on two sides."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedKFold

from intent_tf.errors import InputError
from intent_tf.evaluation.folds import fold_parts

LABEL = np.tile([0.0, 0.0, 0.0, 1.0], 50)


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 8), st.integers(0, 99))
def test_every_row_is_tested_in_exactly_one_fold(folds: int, seed: int) -> None:
    tested = sum((part == "test").astype(int) for part in fold_parts(LABEL, folds, seed=seed))
    assert (tested == 1).all()


def test_test_rows_are_those_of_the_published_protocol() -> None:
    expected = StratifiedKFold(5, shuffle=True, random_state=0).split(LABEL, LABEL)
    for part, (_, test) in zip(fold_parts(LABEL), expected, strict=True):
        np.testing.assert_array_equal(np.flatnonzero(part == "test"), test)


def test_every_part_of_every_fold_has_the_rate_of_the_whole() -> None:
    for part in fold_parts(LABEL):
        for name in ("train", "validation", "test"):
            assert LABEL[part == name].mean() == 0.25


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 99))
def test_a_group_stands_in_one_part_only(seed: int) -> None:
    groups = np.random.default_rng(seed).permutation(np.repeat(np.arange(100), 2))
    for part in fold_parts(LABEL, groups=groups, seed=seed):
        for group in np.unique(groups):
            assert len(set(part[groups == group])) == 1


def test_more_folds_than_purchases_are_refused() -> None:
    with pytest.raises(InputError, match="3 rows or groups of the rarer label"):
        next(fold_parts(np.array([0.0] * 50 + [1.0] * 3)))


def test_a_single_fold_is_refused() -> None:
    with pytest.raises(InputError, match="there are 1 folds; expected at least 2"):
        next(fold_parts(LABEL, 1))
