from typing import Any

import numpy as np
import pandas as pd
import pytest

from intent_tf.columns.inference import infer_specification
from intent_tf.columns.kinds.registry import kind_of
from intent_tf.data.specification import Column, FeatureSpecification

ROWS = 200
PLAIN = [f"{number / 7:.3f}" for number in range(ROWS)]


def specification(**columns: Any) -> FeatureSpecification:
    bought = ["0", "1"] * (ROWS // 2)
    return infer_specification(pd.DataFrame({**columns, "bought": bought}), "bought")


def read(column: Column, cells: list[str]) -> list[float]:
    return kind_of("number").read(pd.Series(cells), column).tolist()


@pytest.mark.parametrize("odd", ["-", "12O.5", "?", "n.a.", "Total", "sold out", "3 items"])
def test_one_odd_cell_leaves_a_column_one_of_numbers(odd: str) -> None:
    column = specification(x=[*PLAIN[1:], odd])["x"]
    assert (column.kind, column.values, column.missing) == ("number", "float", (odd,))


@pytest.mark.parametrize("blank", ["", " ", "NA", "null", "NaN", "None"])
def test_blank_cells_are_not_odd(blank: str) -> None:
    assert specification(x=[*PLAIN[:50], *[blank] * 150])["x"] == Column("x", "number", "float")


def test_one_cell_in_ten_that_is_no_number_makes_a_category() -> None:
    assert specification(x=[*["1", "2", "3"] * 60, *["many"] * 20])["x"].kind == "category"


def test_more_odd_spellings_than_twenty_make_no_number() -> None:
    cells = [str(number % 9) for number in range(20 * ROWS)]
    cells[: 21 * 40 : 40] = [f"word {letter}" for letter in "abcdefghijklmnopqrstu"]
    frame = pd.DataFrame({"x": cells, "bought": [0, 1] * (10 * ROWS)})
    assert infer_specification(frame, "bought")["x"].kind == "category"


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["$12.50", "$1,200", "$3"], [12.5, 1200, 3]),
        (["US$ 12.50", "US$ 3"], [12.5, 3]),
        (["12.50 EUR", "3 EUR"], [12.5, 3]),
        (["¥1,200", "¥35"], [1200, 35]),
        (["35元", "12元"], [35, 12]),
        (["12.5%", "3 %"], [12.5, 3]),
        (["5 kg", "12.5 kg"], [5, 12.5]),
        (["1,234", "12", "1,234,567"], [1234, 12, 1234567]),
        (["1.234,56", "12,5", "3"], [1234.56, 12.5, 3]),
        (["36,5", "12"], [36.5, 12]),
        (["1 234,5", "12"], [1234.5, 12]),
        (["(12.50)", "3"], [-12.5, 3]),
        (["12-", "3"], [-12, 3]),
    ],
)
def test_numbers_as_people_write_them_are_read(cells: list[str], numbers: list[float]) -> None:
    column = specification(x=(cells * ROWS)[:ROWS])["x"]
    assert (column.kind, column.values) == ("number", "string")
    assert read(column, cells) == np.float32(numbers).tolist()


@pytest.mark.parametrize(
    "cells",
    [
        ["A1", "A2", "A3"],
        ["v1.0", "v1.1"],
        ["2 kg", "500 g"],
        ["S", "M", "36"],
        ["1-3", "4-6"],
        ["10.0.0.1", "10.0.0.2"],
        ["+49 171 12345", "+49 30 1234567"],
    ],
)
def test_codes_are_no_numbers(cells: list[str]) -> None:
    assert specification(x=(cells * ROWS)[:ROWS])["x"].kind == "category"


def test_points_in_threes_are_thousands_where_another_column_has_decimal_commas() -> None:
    weights = [f"{number},5" for number in range(ROWS)]
    column = specification(x=["1.304", "2.500", "950", "1.001"] * 50, weight=weights)["x"]
    assert read(column, ["1.304", "950"]) == [1304, 950]


def test_points_in_threes_are_decimals_where_no_column_shows_another_mark() -> None:
    assert specification(x=["1.304", "2.500", "950", "1.001"] * 50)["x"] == Column("x", "number", "float")


def test_a_comma_in_threes_is_a_decimal_mark_where_another_column_has_decimal_commas() -> None:
    weights = [f"{number},5" for number in range(ROWS)]
    column = specification(x=["1,304", "2,500", "950", "1,001"] * 50, weight=weights)["x"]
    assert read(column, ["1,304", "950"]) == [np.float32(1.304), 950]


def test_plain_numbers_stay_floats_beside_decimal_commas() -> None:
    weights = [f"{number},5" for number in range(ROWS)]
    assert specification(x=["1", "2", "3", "4"] * 50, weight=weights)["x"].values == "float"


def test_a_mark_that_two_columns_contradict_decides_nothing() -> None:
    others = {mark: [f"{number}{mark}25" for number in range(ROWS)] for mark in ".,"}
    assert specification(x=["1.304", "2.500", "950", "1.001"] * 50, **others)["x"].values == "float"


def test_an_odd_cell_is_missing_and_no_other_cell_changes() -> None:
    column = specification(x=[*PLAIN[1:], "-"])["x"]
    found = read(column, ["-", PLAIN[5]])
    assert np.isnan(found[0]) and found[1] == np.float32(PLAIN[5])
