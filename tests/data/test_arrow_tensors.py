"""Columns of Arrow tables as tensors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from intent_tf.columns.raw_columns import column_tensor
from intent_tf.data.arrow_tensors import arrow_floats, arrow_tensor
from intent_tf.data.specification import Column
from intent_tf.errors import InputError


def test_missing_numbers_are_nan_and_all_are_float32() -> None:
    tensor = arrow_tensor(pa.array([1, None, 3]), Column("age", "number", "float"))
    np.testing.assert_array_equal(tensor, np.array([1, np.nan, 3], np.float32))


def test_missing_texts_are_empty() -> None:
    tensor = arrow_tensor(pa.array(["红", None]), Column("title", "text", "string"))
    assert [text.decode() for text in tensor.numpy()] == ["红", ""]


def test_lists_are_ragged_and_a_missing_one_is_empty() -> None:
    tensor = arrow_tensor(
        pa.array([[1.5, None], None, [], [2.5]]), Column("price", "sequence", "float", "session")
    )
    assert tensor.row_lengths().numpy().tolist() == [2, 0, 0, 1]
    np.testing.assert_array_equal(tensor.flat_values, np.array([1.5, np.nan, 2.5], np.float32))


def test_a_slice_of_a_table_keeps_its_own_lists() -> None:
    tensor = arrow_tensor(
        pa.array([["a"], ["b", "c"], ["d"]])[1:], Column("item_id", "sequence", "string", "session")
    )
    assert tensor.to_list() == [[b"b", b"c"], [b"d"]]


def test_arrow_and_pandas_give_the_same_tensor() -> None:
    lists, column = [["a", "b"], [], ["红"]], Column("item_id", "sequence", "string", "session")
    assert (
        arrow_tensor(pa.array(lists), column).to_list() == column_tensor(pd.Series(lists), column).to_list()
    )


def test_an_empty_column_has_no_rows() -> None:
    assert arrow_tensor(pa.array([], pa.string()), Column("title", "text", "string")).shape == (0,)


@pytest.mark.parametrize(
    ("values", "column"),
    [
        (pa.array(["a"]), Column("item_id", "sequence", "string", "session")),
        (pa.array([["a"]]), Column("title", "text", "string")),
    ],
)
def test_lists_and_single_values_are_not_mixed_up(values: pa.Array, column: Column) -> None:
    with pytest.raises(
        InputError, match=f"column '{column.name}': found .*expected values of a {column.kind}"
    ):
        arrow_tensor(values, column)


def test_texts_are_no_numbers() -> None:
    with pytest.raises(InputError, match="column 'price': found string"):
        arrow_floats(pa.array(["cheap"]), "price")
