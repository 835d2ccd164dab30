from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from intent_tf.data.facts import Facts
from intent_tf.data.labels import (
    find_positive,
    is_graded,
    label_rule,
    read_labels,
    refuse_label_copies,
    tell_labels,
)
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
        (["-1", "1.0"], "1.0"),
        (["Ja", "Nein", "ja"], "Ja"),
        (["是", "否"], "是"),
        (["有", "无"], "有"),
        (["oui", "Non"], "oui"),
        (["sí", "no"], "sí"),
        (["Sim", "Não"], "Sim"),
        (["да", "Нет"], "да"),
        (["はい", "いいえ"], "はい"),
        (["예", "아니오"], "예"),
        (["Evet", "HAYIR"], "Evet"),
        (["t", "f"], "t"),
        (["yes", "no", None, " "], "yes"),
        (["yes", "N", "no"], "yes"),
    ],
)
def test_the_value_that_plainly_is_the_purchase_is_found(values: list[object], positive: str) -> None:
    assert find_positive(pd.Series(values), "bought") == positive


def test_several_plain_words_are_the_purchase_together() -> None:
    assert find_positive(pd.Series(["yes", "Y", "no", "Yes"]), "bought") == ("yes", "Y")


@pytest.mark.parametrize("values", [["red", "blue"], [1, 2], ["yes", "y"], ["no", "maybe"]])
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


@pytest.mark.parametrize(
    ("values", "listed"),
    [
        (["yes", "no", "PI", "undefined", "PI"], r"'PI' \(2 rows\), 'undefined' \(1 rows\)"),
        (["purchase", "cart", "none"], r"'cart' \(1 rows\);"),
        ([-1, 0, 1, 3], r"'3' \(1 rows\); .*--positive '>0'"),
    ],
)
def test_words_that_are_not_plain_are_listed_with_their_counts(values: list[object], listed: str) -> None:
    with pytest.raises(InputError, match=f"not plain: {listed}"):
        find_positive(pd.Series(values), "bought")


WORDS = ["yes", "no", "Yes", "PI", "undefined", "no", "PI"]


def test_beside_a_named_value_every_other_is_listed_unless_it_is_plain() -> None:
    message = (
        r"column 'bought': it is not said what these values count as: 'PI' \(2 rows\), 'undefined' \(1 rows\)"
        r"\. .*--positive =yes"
    )
    with pytest.raises(InputError, match=message):
        label_rule(pd.Series(WORDS), "bought", "yes")


@pytest.mark.parametrize(
    ("positive", "labels"),
    [
        ("=yes", [1, 0, 1, 0, 0, 0, 0]),
        (["=YES", "pi"], [1, 0, 1, 1, 0, 0, 1]),
        (["yes", "PI", "undefined"], [1, 0, 1, 1, 1, 0, 1]),
        ("=no", [0, 1, 0, 0, 0, 1, 0]),
        ("==no", [0, 1, 0, 0, 0, 1, 0]),
    ],
)
def test_several_values_may_count_and_all_others_may_be_said_not_to(
    positive: str | list[str], labels: list[int]
) -> None:
    values = pd.Series(WORDS)
    rule = label_rule(values, "bought", positive)
    assert read_labels(values, "bought", *rule).tolist() == labels


def test_a_value_that_was_not_there_in_training_is_refused_later() -> None:
    rule = label_rule(pd.Series(["left", "bought"]), "outcome")
    with pytest.raises(InputError, match=r"what these values count as: 'returned' \(1 rows\)"):
        read_labels(pd.Series(["left", "bought", "returned"]), "outcome", *rule)


COUNTS = [0, 7, 21, 1, 0]


@pytest.mark.parametrize("values", [COUNTS, list(map(float, COUNTS)), list(map(str, COUNTS)), ["0.0", "7.0"]])
@pytest.mark.parametrize(
    ("positive", "positives"),
    [(">0", {7, 21, 1}), (" >= 7 ", {7, 21}), ("<1", {0}), ("<=1.5", {0, 1}), ([">20"], {21})],
)
def test_numbers_may_be_compared(
    values: list[object], positive: str | list[str], positives: set[int]
) -> None:
    series = pd.Series(values)
    if not set(map(float, values)) & positives:
        return
    rule = label_rule(series, "orders", positive)
    assert read_labels(series, "orders", *rule).tolist() == [float(value) in positives for value in values]


def test_beside_numbers_plain_words_count_as_none() -> None:
    values = pd.Series(["3", "none", "0"])
    assert read_labels(values, "orders", *label_rule(values, "orders", ">0")).tolist() == [1, 0, 0]


def test_zero_may_be_the_value_that_counts() -> None:
    assert label_rule(pd.Series([0, 1, 0]), "left", 0) == ("0", ("1",))


def test_words_that_are_plainly_no_need_no_mention_beside_a_named_value() -> None:
    assert label_rule(pd.Series(["PI", "no", "none", "0"]), "x", "pi") == ("pi", ("no", "none", "0"))


def test_a_word_among_numbers_is_refused_where_they_are_compared() -> None:
    with pytest.raises(InputError, match=r"row 1, column 'orders': found 'many' .*; expected a number"):
        label_rule(pd.Series([3, "many", 0]), "orders", ">0")


def test_a_label_that_looks_like_a_comparison_is_a_value_where_rows_have_it() -> None:
    values = pd.Series(["<=50K", ">50K", "<=50K"])
    assert read_labels(values, "income", *label_rule(values, "income", ">50K")).tolist() == [0, 1, 0]
    values = pd.Series(["<50", ">50"])
    assert label_rule(values, "income", ">50") == (">50", ("<50",))


def test_a_comparison_that_no_row_meets_is_refused() -> None:
    with pytest.raises(InputError, match="no row has a label >99"):
        label_rule(pd.Series(COUNTS), "orders", ">99")


def test_each_label_value_is_told_with_its_count_and_what_it_became() -> None:
    facts, values = Facts(), pd.Series(["yes", "no", "Yes", "no", "no"])
    tell_labels(facts, values, np.array([1, 0, 1, 0, 0]))
    assert facts.lines == [("label 'no' is 0", "3"), ("label 'yes' is 1", "1"), ("label 'Yes' is 1", "1")]


def test_of_many_label_values_the_rest_is_told_together() -> None:
    facts, values = Facts(), pd.Series(range(1000))
    tell_labels(facts, values, (values >= 500).to_numpy())
    assert len(facts.lines) < 40 and facts.lines[-1] == ("label of 500 further values is 1", "500")


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
