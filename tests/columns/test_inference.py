from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from intent_tf.columns.inference import infer_specification
from intent_tf.data.specification import FeatureSpecification
from intent_tf.errors import InputError
from intent_tf.options.source import Kind

ROWS = 60
BOUGHT = [0, 1] * (ROWS // 2)


def infer(values: Any, kinds: dict[str, Kind] | None = None) -> FeatureSpecification:
    frame = pd.DataFrame({"x": values, "spare": [1.5, 2.5, 3.5] * (ROWS // 3), "bought": BOUGHT})
    return infer_specification(frame, "bought", kinds=kinds)


WORDS = ["red", "blue", "green"] * (ROWS // 3)
REVIEWS = [f"a very nice dress {index}" for index in range(ROWS)]


@pytest.mark.parametrize(
    ("values", "kind", "type_of_values"),
    [
        ([1, 2, 3] * 20, "number", "float"),
        ([1.5, np.nan, 3.0] * 20, "number", "float"),
        ([1.5, np.inf, 3.0] * 20, "number", "float"),
        ([True, False, True] * 20, "number", "float"),
        ([True, None, False] * 20, "number", "float"),
        ([Decimal("1.10"), Decimal("2.20"), None] * 20, "number", "float"),
        (pd.Categorical([1, 2, 3] * 20), "number", "float"),
        (WORDS, "category", "string"),
        (pd.Categorical(WORDS), "category", "string"),
        (["red", 3, 4.5] * 20, "category", "string"),
        (["7", "8", "9"] * 20, "number", "float"),
        (["1.5", "", " 3"] * 20, "number", "float"),
        (["True", "false", ""] * 20, "number", "float"),
        (["$1.50", "$2", "-$3"] * 20, "number", "string"),
        (["x", ""] * 30, "category", "string"),
        ([7, None] * 30, "number", "float"),
        ([7, "8", 9.5] * 20, "number", "float"),
        (["Q1", "Q2", "Q3"] * 20, "category", "string"),
        (["1st", "2nd", "3rd"] * 20, "category", "string"),
        (["10-19", "20-29", "30-39"] * 20, "category", "string"),
        (REVIEWS, "text", "string"),
        ([f"这件红色连衣裙很好看{index}" for index in range(ROWS)], "text", "string"),
        ([["view", "cart"], ["view"], []] * 20, "sequence", "string"),
        ([None, ["view"], ["view"]] * 20, "sequence", "string"),
        ([[1.5, 2.0], [3.0, None], []] * 20, "sequence", "float"),
        ([np.array([1, 2]), np.array([3])] * 30, "sequence", "float"),
        (['["view", "cart"]', '["view"]', "[]"] * 20, "sequence", "string"),
        (["[1.5, 2]", "[3]", "[]"] * 20, "sequence", "float"),
        (["[sale] dress [new]", "[sale] hat [old]"] * 30, "category", "string"),
        (pd.date_range("2026-01-01", periods=ROWS), "date", "string"),
        ([datetime.date(2026, 1, 1 + index % 9) for index in range(ROWS)], "date", "string"),
        ([datetime.time(8), datetime.time(12, 30), None] * 20, "date", "string"),
    ],
)
def test_the_kind_of_a_column_is_inferred(values: Any, kind: str, type_of_values: str) -> None:
    column = infer(values)["x"]
    assert (column.kind, column.values) == (kind, type_of_values)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([7] * ROWS, "constant"),
        ([None] * ROWS, "constant"),
        (["same"] * ROWS, "constant"),
        ([""] * ROWS, "constant"),
        (range(ROWS), "an identifier (a running number)"),
        ([f"user{index}" for index in range(ROWS)], "an identifier (every value differs)"),
        ([{"a": 1}, {"a": 2}] * 30, "neither numbers, nor text, nor lists"),
        ([b"a", b"b"] * 30, "neither numbers, nor text, nor lists"),
    ],
)
def test_what_can_be_no_feature_is_left_out_with_the_reason(values: Any, reason: str) -> None:
    assert infer(values).excluded == {"x": reason}


def test_numbers_that_all_differ_are_no_identifier_unless_they_run() -> None:
    assert infer(np.arange(ROWS) * 1.37)["x"].kind == "number"


def test_a_given_kind_overrides_what_is_inferred() -> None:
    assert infer(range(ROWS), kinds={"x": "number"})["x"].kind == "number"


@pytest.mark.parametrize(
    ("values", "spelling"),
    [
        ([1.0, 2.0, np.nan] * 20, "integer"),
        (["1", "2.0", ""] * 20, "integer"),
        ([2**53 + 1, 3, 4] * 20, "integer"),
        (["0401234567890", "401", "7"] * 20, "characters"),
        (["1.10", "1.1", "2.0"] * 20, "characters"),
        ([0.5, 1.5, 2.5] * 20, "characters"),
        ([True, False, None] * 20, "boolean"),
        (["TRUE", "false", ""] * 20, "boolean"),
        (["08:00", "12:30", "18:45"] * 20, "date"),
        ([datetime.time(8), datetime.time(12, 30), datetime.time(18, 45)] * 20, "date"),
        (["2023-01-05", "2023-01-06", "2023-01-05 10:30"] * 20, "date"),
        (WORDS, "characters"),
    ],
)
def test_a_category_has_the_spelling_of_all_its_cells(values: list[Any], spelling: str) -> None:
    assert infer(values, kinds={"x": "category"})["x"].spelling == spelling


def test_a_text_column_of_numbers_is_refused_with_what_was_found() -> None:
    frame = pd.DataFrame({"x": [None, 5, 7], "bought": [0, 1, 0]}, index=[2, 3, 4])
    message = r"shop.csv, row 3, column 'x': .* holds numbers, such as .*5.*; expected words.*x=category"
    with pytest.raises(InputError, match=message):
        infer_specification(frame, "bought", kinds={"x": "text"}, file="shop.csv")


@pytest.mark.parametrize("option", [{"kinds": {"y": "number"}}, {"drop": ["y"]}])
def test_a_column_that_is_not_there_is_named_with_those_that_are(option: dict[str, Any]) -> None:
    frame = pd.DataFrame({"x": [1, 2], "bought": [0, 1]})
    with pytest.raises(InputError, match=r"shop.csv: no column 'y'; expected x, bought"):
        infer_specification(frame, "bought", file="shop.csv", **option)


def test_a_label_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"no column 'bougth' \(did you mean 'bought'\?\)"):
        infer_specification(pd.DataFrame({"x": [1, 2], "bought": [0, 1]}), "bougth")


def test_the_label_can_be_given_no_kind() -> None:
    with pytest.raises(InputError, match="column 'bought': the label is also a feature"):
        infer([1, 2, 3] * 20, kinds={"bought": "number"})


def test_dropped_columns_are_left_out() -> None:
    frame = pd.DataFrame({"x": [1, 2], "y": [1, 2], "bought": [0, 1]})
    specification = infer_specification(frame, "bought", drop=["y"])
    assert specification.excluded == {"y": "dropped by request"}


def test_a_table_of_nothing_but_the_label_is_refused() -> None:
    with pytest.raises(InputError, match="no column is left for the model to learn from"):
        infer_specification(pd.DataFrame({"bought": [0, 1]}), "bought")
