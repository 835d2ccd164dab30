from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from intent_tf.data.labels import find_positive, is_graded, read_labels, refuse_label_copies
from intent_tf.errors import InputError


@pytest.mark.parametrize(
    "values", [[0, 1], [1.0, 0.0], [True, False], ["0", "1"], ["True", "false"], ["0.0", "1.0"]]
)
def test_zeros_and_ones_need_no_positive_value(values: list[object]) -> None:
    assert find_positive(pd.Series(values), "bought") is None


@pytest.mark.parametrize(
    ("values", "positive"),
    [
        (["no", "yes"], "yes"),
        (["Y", "N"], "Y"),
        (["purchase", "cart"], "purchase"),
        (["left", "Bought"], "Bought"),
        ([-1, 1], "1"),
        ([-1.0, 1.0], "1"),
    ],
)
def test_the_value_that_plainly_is_the_purchase_is_found(values: list[object], positive: str) -> None:
    assert find_positive(pd.Series(values), "bought") == positive


@pytest.mark.parametrize("values", [["red", "blue"], [1, 2], ["yes", "y"]])
def test_a_label_that_could_be_either_way_round_is_refused(values: list[object]) -> None:
    with pytest.raises(InputError, match=r"column 'bought': it is not plain which of .*--positive VALUE"):
        find_positive(pd.Series(values), "bought")


def test_a_label_with_one_class_is_refused_with_what_was_found() -> None:
    message = (
        r"shop.csv, column 'bought': the label has 1 value \('0'\); expected two values, such as 0 and 1"
    )
    with pytest.raises(InputError, match=message):
        find_positive(pd.Series([0, 0, 0]), "bought", file="shop.csv")


def test_a_label_with_many_classes_shows_the_first_five() -> None:
    with pytest.raises(InputError, match=r"the label has 7 values \('0', '1', '2', '3', '4', …\)"):
        find_positive(pd.Series(range(7)), "bought")


@pytest.mark.parametrize("positive", [None, "yes"])
def test_a_missing_label_is_refused_with_its_row(positive: str | None) -> None:
    values = pd.Series(["yes", None], index=[2, 3])
    with pytest.raises(InputError, match=r"shop.csv, row 3, column 'bought': the label is missing"):
        read_labels(values, "bought", positive, file="shop.csv")


@pytest.mark.parametrize(
    "values", [[0, 1, 0], [False, True, False], ["0", " 1", "0.0"], ["false", "TRUE", "0"]]
)
def test_labels_become_zeros_and_ones(values: list[object]) -> None:
    labels = read_labels(pd.Series(values), "bought", None)
    assert labels.dtype == np.float32 and labels.tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("values", "positive"),
    [(["cart", "purchase", "none"], "purchase"), ([1, 2, 3], "2"), ([1.0, 2.0, 3.0], "2")],
)
def test_all_values_but_the_positive_one_are_zero(values: list[object], positive: str) -> None:
    assert read_labels(pd.Series(values), "bought", positive).tolist() == [0, 1, 0]


def test_a_positive_value_that_no_row_has_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"no row has the value 'purchas' \(did you mean 'purchase'\?\)"):
        read_labels(pd.Series(["purchase", "none"]), "bought", "purchas")


def test_a_label_that_is_neither_zero_nor_one_is_refused_with_its_row() -> None:
    values = pd.Series([0, 1, 2], index=[2, 3, 4])
    with pytest.raises(
        InputError, match=r"row 4, column 'bought': found '2' \(1 such rows\); expected 0 or 1"
    ):
        read_labels(values, "bought", None)


LABELS = np.array([0, 1, 1, 0, 1], np.float32)
COPIES = {
    "copy": [0, 1, 1, 0, 1],
    "negation": [1, 0, 0, 1, 0],
    "truth": [False, True, True, False, True],
    "words": ["no", "yes", "yes", "no", "yes"],
    "prices": [9.5, 3.25, 3.25, 9.5, 3.25],
    "lists": [["a"], ["b"], ["b"], ["a"], ["b"]],
    "one word or none": [None, "sold", "sold", None, "sold"],
    "missing without a purchase": [np.nan, 11.0, 12.0, np.nan, 13.0],
    "missing with a purchase": ["left", "", "", "still there", ""],
}


@pytest.mark.parametrize("name", COPIES)
def test_the_label_under_another_name_is_refused(name: str) -> None:
    frame = pd.DataFrame({"price": [1, 2, 3, 4, 5], name: COPIES[name]})
    message = f"shop.csv, column '{name}': the column is a copy of the label.*--drop {name}"
    with pytest.raises(InputError, match=message):
        refuse_label_copies(frame, LABELS, ["price", name], file="shop.csv")


@pytest.mark.parametrize(
    "values",
    [
        [0, 1, 1, 0, 0],
        [0, 1, 2, 0, 1],
        [None, 1, 1, 0, 1],
        ["", "a", "b", "c", "d"],
        [1, 1, 1, 1, 1],
        [["a"], ["b"], ["b"], ["a"], ["a"]],
    ],
)
def test_a_column_that_only_resembles_the_label_is_let_pass(values: list[object]) -> None:
    refuse_label_copies(pd.DataFrame({"x": pd.Series(values, dtype=object)}), LABELS, ["x"])


def test_a_copy_that_is_no_feature_is_let_pass() -> None:
    refuse_label_copies(pd.DataFrame(COPIES | {"price": range(5)}), LABELS, ["price"])


def test_of_graded_labels_one_is_the_purchase() -> None:
    values = pd.Series([0.0, 1 / 3, 2 / 3, 1.0])
    assert find_positive(values, "action_level") is None
    assert read_labels(values, "action_level", None).tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize("values", [[0, 1], [0, 0.5, 1], [0, 1 / 3, 2], ["0", "x", "1"], [0.0, None, 1.0]])
def test_other_numbers_are_no_grades(values: list[object]) -> None:
    assert not is_graded(pd.Series(values))
