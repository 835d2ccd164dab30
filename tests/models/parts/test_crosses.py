"""Combinations of categories as ids."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from intent_tf.models.parts.crosses import cross_sizes, crossed_ids

SIZES = (3, 4, 2)


def test_each_combination_has_a_number_of_its_own() -> None:
    every = np.stack(np.meshgrid(*map(np.arange, SIZES), indexing="ij"), axis=-1).reshape(-1, 3)
    crosses = [(0, 1, 2), (2, 0), (1,)]
    found = crossed_ids(every.astype(np.int32), SIZES, crosses).numpy()
    assert [len(np.unique(column)) for column in found.T] == cross_sizes(SIZES, crosses) == [24, 6, 4]
    np.testing.assert_array_equal(found[:, 0], np.arange(24))
    np.testing.assert_array_equal(found[:, 2], every[:, 1])


@given(st.lists(st.integers(0, 9), min_size=3, max_size=3))
def test_an_id_that_a_column_does_not_have_is_unknown(ids: list[int]) -> None:
    known = [each if each < size else 0 for each, size in zip(ids, SIZES, strict=True)]
    first, second = (crossed_ids(np.array([each], np.int32), SIZES, [(0, 2)]) for each in (ids, known))
    assert first.numpy().tolist() == second.numpy().tolist() == [[known[0] * 2 + known[2]]]


def test_no_cross_is_no_column() -> None:
    assert crossed_ids(np.zeros((5, 3), np.int32), SIZES, []).shape == (5, 0)
