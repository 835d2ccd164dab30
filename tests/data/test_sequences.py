from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intent_tf.data.sequences import is_list, read_lists, write_list
from intent_tf.errors import InputError


@pytest.mark.parametrize("value", [["view"], ("view",), np.array(["view"])])
def test_lists_tuples_and_arrays_make_a_column_of_lists(value: object) -> None:
    assert is_list(pd.Series([None, value], dtype=object))


@pytest.mark.parametrize("values", [[], [None], ["[1]"], [1.0]])
def test_other_columns_are_none(values: list[object]) -> None:
    assert not is_list(pd.Series(values, dtype=object))


@pytest.mark.parametrize("value", [["a", "b"], ("a", "b"), np.array(["a", "b"]), '["a", "b"]', ' ["a","b"] '])
def test_every_way_to_write_a_list_reads_the_same(value: object) -> None:
    assert read_lists(pd.Series([value], dtype=object), "events") == [["a", "b"]]


@pytest.mark.parametrize(
    ("value", "entries"),
    [
        pytest.param("['a', 'it\\'s']", ["a", "it's"], id="texts"),
        pytest.param("[1.5, nan, None, True]", [1.5, None, None, True], id="numbers, some missing"),
        pytest.param("['a' 'b'\n 'c']", ["a", "b", "c"], id="an array of texts"),
        pytest.param("['banana', 'nan']", ["banana", "nan"], id="texts that say nan"),
    ],
)
def test_a_list_as_python_prints_it_is_read(value: str, entries: list[object]) -> None:
    assert read_lists(pd.Series([value]), "events") == [entries]


@pytest.mark.parametrize("value", [None, np.nan, "", " ", "[]", []])
def test_a_missing_list_is_empty(value: object) -> None:
    assert read_lists(pd.Series([["a"], value], dtype=object), "events")[1] == []


@pytest.mark.parametrize("value", ["view", "[view]", '{"a": 1}', "3", 3.0])
def test_what_is_no_list_is_refused_with_its_row(value: object) -> None:
    values = pd.Series([["a"], value], index=[2, 9], dtype=object)
    with pytest.raises(InputError, match=r"shop.csv, row 9, column 'events': found .*; expected a list"):
        read_lists(values, "events", file="shop.csv")


@given(st.lists(st.one_of(st.text(st.characters(exclude_categories=["Cs"])), st.floats(allow_nan=False))))
def test_what_was_written_is_read_back(entries: list[object]) -> None:
    assert read_lists(pd.Series([write_list(entries)], dtype=object), "events") == [entries]


def test_a_missing_number_survives_writing() -> None:
    assert np.isnan(read_lists(pd.Series([write_list(np.array([np.nan]))]), "price")[0][0])


def test_what_is_no_list_is_written_as_it_is() -> None:
    assert write_list("view") == "view"
