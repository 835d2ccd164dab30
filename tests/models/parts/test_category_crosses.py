"""Combinations of categories as ids."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from intent_tf.models.parts import CategoryCrosses

SIZES = (3, 4, 2)


def test_each_combination_has_a_number_of_its_own() -> None:
    every = np.stack(np.meshgrid(*map(np.arange, SIZES), indexing="ij"), axis=-1).reshape(-1, 3)
    layer = CategoryCrosses(SIZES, [(0, 1, 2), (2, 0), (1,)])
    found = layer({"categories": every.astype(np.int32)}).numpy()
    assert [len(np.unique(column)) for column in found.T] == layer.sizes == [24, 6, 4]
    np.testing.assert_array_equal(found[:, 0], np.arange(24))
    np.testing.assert_array_equal(found[:, 2], every[:, 1])


@given(st.lists(st.integers(0, 9), min_size=3, max_size=3))
def test_an_id_that_a_column_does_not_have_is_unknown(ids: list[int]) -> None:
    known = [each if each < size else 0 for each, size in zip(ids, SIZES, strict=True)]
    layer = CategoryCrosses(SIZES, [(0, 2)])
    first, second = (layer({"categories": np.array([each], np.int32)}).numpy() for each in (ids, known))
    assert first.tolist() == second.tolist() == [[known[0] * 2 + known[2]]]


def test_a_number_of_few_values_counts_as_a_category() -> None:
    layer = CategoryCrosses((3,), [(0, 1), (2,)], cuts=[(1, (0.5,)), (0, (-1.0, 1.0))])
    features = {
        "categories": np.array([[2], [1]], np.int32),
        "numbers": np.array([[0.0, 1.0], [7.0, 0.0]], np.float32),
        "missing": np.array([[0.0, 0.0], [0.0, 1.0]], np.float32),
    }
    # The flag is 2 where it is above its cut and 0 where it is missing; the other number is between its cuts.
    assert layer(features).numpy().tolist() == [[2 * 3 + 2, 2], [1 * 3 + 0, 3]]
    assert layer.sizes == [9, 4]
    assert layer.names(["month"], ["pages", "is member"]) == ["month × is member"]


def test_it_comes_back_from_its_configuration() -> None:
    layer = CategoryCrosses((3, 2), [(0, 1)], cuts=[(4, (0.5, 1.5))])
    again = CategoryCrosses.from_config(layer.get_config())
    assert (again.input_dims, again.crosses, again.cuts) == ((3, 2), ((0, 1),), ((4, (0.5, 1.5)),))
