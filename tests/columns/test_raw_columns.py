from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from intent_tf.columns.raw_columns import column_tensor, padded, raw_columns, to_dataset
from intent_tf.data.number_format import NumberFormat
from intent_tf.data.specification import Column, FeatureSpecification
from intent_tf.errors import InputError, InputWarning

PRICE = Column("price", "number", "float")
TITLE = Column("title", "text", "string")
CODE = Column("code", "category", "string")
EVENTS = Column("events", "sequence", "string", "session")
PRICES = Column("prices", "sequence", "float", "session")


def tensor(values: Any, column: Column) -> tf.Tensor:
    return column_tensor(pd.Series(values), column)


@pytest.mark.parametrize(
    "values",
    [
        [1.5, 2.0, np.nan],
        ["1.5", " 2 ", ""],
        ["1.5", "2", "NA"],
        [Decimal("1.5"), 2, None],
        pd.array([1.5, 2.0, None], dtype="Float64"),
        pd.Categorical([1.5, 2.0, None]),
    ],
)
def test_numbers_in_any_form_become_float32_with_nan_where_missing(values: Any) -> None:
    numbers = tensor(values, PRICE)
    assert numbers.dtype == tf.float32
    np.testing.assert_array_equal(numbers, [1.5, 2.0, np.nan])


@pytest.mark.parametrize("values", [[True, False], ["TRUE", "false"], ["1", "0.0"]])
def test_truth_values_are_one_and_zero(values: list[object]) -> None:
    assert tensor(values, PRICE).numpy().tolist() == [1.0, 0.0]


@pytest.mark.parametrize("word", ["", " ", "NA", "n/a", "#N/A", "NaN", "null", "None"])
def test_every_word_for_a_missing_number_is_known(word: str) -> None:
    assert np.isnan(tensor([word], PRICE))[0]


@pytest.mark.parametrize("values", [[np.inf, -np.inf, 1e300], ["inf", "-Infinity", "1e300"]])
def test_infinite_numbers_stay_infinite_for_the_graph_to_treat_as_missing(values: list[object]) -> None:
    assert np.isinf(tensor(values, PRICE)).all()


def test_an_odd_cell_is_missing_and_told_with_file_column_value_and_row() -> None:
    message = "shop.csv, column 'price': what is no number is missing, such as 'cheap' in row 3"
    with pytest.warns(InputWarning, match=message):
        found = column_tensor(pd.Series(["1", "cheap"], index=[2, 3]), PRICE, file="shop.csv")
    assert np.isnan(found.numpy()).tolist() == [False, True]


def test_an_odd_cell_known_from_training_is_missing_without_a_word(
    recwarn: pytest.WarningsRecorder,
) -> None:
    column = Column("price", "number", "float", missing=("-",))
    assert np.isnan(column_tensor(pd.Series(["-", "1"]), column).numpy()).tolist() == [True, False]
    column_tensor(pd.Series(["-"] * 30), column)
    assert not recwarn.list


def test_a_typed_number_is_written_as_the_column_is() -> None:
    column = Column("price", "number", "string", written=NumberFormat(","))
    assert column_tensor(pd.Series([12.5, 3.0, np.nan]), column).numpy().tolist() == [b"12,5", b"3", b""]


def test_words_where_numbers_belong_are_refused_with_file_row_column_and_remedy() -> None:
    values = pd.Series(["cheap", ""] * 21, index=range(3, 45))
    message = (
        r"shop.csv, row 3, column 'price': found 'cheap' where a number belongs \(21 such values\); "
        r"expected numbers or empty fields. .*--kinds price=category"
    )
    with pytest.raises(InputError, match=message):
        column_tensor(values, PRICE, file="shop.csv")


@pytest.mark.parametrize("values", [["red hat", None, ""], pd.Categorical(["red hat", None, ""])])
def test_a_missing_text_is_the_empty_string(values: Any) -> None:
    assert tensor(values, TITLE).numpy().tolist() == [b"red hat", b"", b""]


@given(
    st.lists(st.one_of(st.integers(-(2**60), 2**60), st.floats(-1e6, 1e6), st.text(max_size=5)), min_size=1)
)
def test_a_text_does_not_depend_on_the_rows_beside_it(values: list[object]) -> None:
    together = tensor(pd.Series(values, dtype=object), TITLE).numpy().tolist()
    assert together == [tensor(pd.Series([value], dtype=object), TITLE).numpy()[0] for value in values]


def test_codes_are_written_alike_where_some_are_missing() -> None:
    assert tensor([3, 4], TITLE).numpy().tolist() == tensor([3.0, 4.0, np.nan], TITLE).numpy().tolist()[:2]


def test_a_lone_surrogate_becomes_a_question_mark() -> None:
    assert tensor(pd.Series(["a\ud800"], dtype=object), TITLE).numpy().tolist() == [b"a?"]


def test_codes_come_as_texts() -> None:
    assert tensor(["3", 4, 5.0, None], CODE).numpy().tolist() == [b"3", b"4", b"5", b""]


def test_lists_become_a_ragged_tensor() -> None:
    events = tensor([["view", None], [], '["cart"]'], EVENTS)
    assert events.to_list() == [[b"view", b""], [], [b"cart"]]


def test_lists_of_numbers_keep_missing_ones() -> None:
    prices = tensor([[1, None, 2.5], None], PRICES)
    np.testing.assert_array_equal(prices.flat_values, np.array([1, np.nan, 2.5], np.float32))
    assert prices.row_lengths().numpy().tolist() == [3, 0]


def test_a_word_in_a_list_of_numbers_is_missing_and_told_with_the_row_of_the_list() -> None:
    values = pd.Series([[1, 2, 3], [4, "five"]], index=[2, 3])
    with pytest.warns(InputWarning, match="column 'prices': .* 'five' in row 3"):
        assert np.isnan(column_tensor(values, PRICES)[1][1])


def test_all_lists_may_be_empty() -> None:
    assert tensor([[], []], PRICES).shape == (2, None)


def test_a_column_that_is_not_there_names_the_file_and_the_nearest() -> None:
    frame = pd.DataFrame({"prices": [1.0]})
    message = r"shop.csv: the table has no columns 'price' \(did you mean 'prices'\?\), 'title'; expected"
    with pytest.raises(InputError, match=message):
        raw_columns(frame, FeatureSpecification((PRICE, TITLE)), file="shop.csv")


def test_columns_that_are_no_features_are_ignored() -> None:
    frame = pd.DataFrame({"price": [1.0], "note": [{"a": 1}]})
    assert list(raw_columns(frame, FeatureSpecification((PRICE,)))) == ["price"]


FRAME = pd.DataFrame(
    {"price": [1.0, 2.0, 3.0], "events": [["a"], ["b", "c"], []], "prices": [[1], [2, 3], []]}
)
RAW = raw_columns(FRAME, FeatureSpecification((PRICE, EVENTS, PRICES)))


def test_sequences_are_padded_at_the_end_with_nothing() -> None:
    columns = padded(RAW)
    assert columns["events"].numpy().tolist() == [[b"a", b""], [b"b", b"c"], [b"", b""]]
    np.testing.assert_array_equal(columns["prices"], [[1, np.nan], [2, 3], [np.nan, np.nan]])


def test_batches_hold_all_rows_in_order() -> None:
    batches = list(to_dataset(RAW, 2))
    assert [batch["price"].numpy().tolist() for batch in batches] == [[1.0, 2.0], [3.0]]


def test_a_batch_is_padded_to_its_own_longest_sequence() -> None:
    assert [batch["events"].shape[1] for batch in to_dataset(RAW, 1)] == [1, 2, 0]


def test_further_tensors_travel_along() -> None:
    ((columns, labels, weights),) = to_dataset(RAW, 3, tf.constant([0, 1, 0]), tf.ones(3))
    assert columns["events"].shape == (3, 2) and labels.numpy().tolist() == [0, 1, 0] and len(weights) == 3
