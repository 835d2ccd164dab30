from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from intent_tf.columns.features import Features
from intent_tf.columns.prepared import PreparedData, preprocess_data
from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.data.splitting import PARTS, SplitPlan
from intent_tf.errors import InputError

Prepare = Callable[..., PreparedData]
#: The shop's columns without texts and sessions, which are prepared in no time.
TABLE = ["pages", "seconds", "month", "browser", "user_id", "bought"]
KINDS = {"browser": "category"}


def learnt(preprocessor: Preprocessor) -> list[Any]:
    """All that a preprocessor learnt, in a form that can be compared."""
    return [
        preprocessor.get_config()["statistics"],
        preprocessor.specification.get_config(),
        preprocessor.token_ids.vocabulary,
        preprocessor.session_tokens.lookup.get_vocabulary(),
        [lookup.get_vocabulary() for lookup in preprocessor.category_ids.lookups],
        [weight.numpy().tolist() for weight in preprocessor.scores.weights],
    ]


def parted(shop: pd.DataFrame) -> pd.DataFrame:
    parts = np.resize(["train", "train", "validation", "test"], len(shop))
    return shop.assign(part=parts)


def test_nothing_is_learnt_from_validation_and_test_rows(shop: pd.DataFrame, prepare_shop: Prepare) -> None:
    frame = parted(shop)
    other = frame.copy()
    rows = other.index[other["part"] != "train"]
    changes = {
        "pages": 500,
        "seconds": -7.5,
        "month": "Feb",
        "browser": 9,
        "title": "never heard of it at all",
    }
    for name, value in changes.items():
        other.loc[rows, name] = value
    for name, value in {"event_type": ["wish"] * 2, "elapsed": [0.0, 1e6], "price": [1e6, 1e6]}.items():
        other[name] = other[name].where(other["part"] == "train", pd.Series([value] * len(other)))
    plan = SplitPlan(column="part")
    first, second = prepare_shop(frame, plan=plan), prepare_shop(other, plan=plan)
    assert not second.test.features.categories.numpy().any()
    assert learnt(first.preprocessor) == learnt(second.preprocessor)


def test_rows_of_the_three_parts_are_all_rows_once(shop: pd.DataFrame, shop_data: PreparedData) -> None:
    indices = np.concatenate([getattr(shop_data, name).frame.index for name in PARTS])
    assert sorted(indices) == shop.index.tolist()


def test_labels_and_features_belong_to_their_rows(shop: pd.DataFrame, shop_data: PreparedData) -> None:
    rows = shop_data.validation
    assert rows.label.tolist() == shop["bought"][rows.frame.index].tolist()
    pages = shop_data.preprocessor.number_names.index("pages")
    order = np.argsort(rows.features.numbers[:, pages], kind="stable")
    assert rows.frame["pages"].iloc[order].is_monotonic_increasing


def test_the_specification_says_why_columns_are_left_out(shop_data: PreparedData) -> None:
    assert shop_data.specification.excluded == {"user_id": "identifies the shopper"}


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        ({"weight": "pages"}, "sample weight"),
        ({"plan": SplitPlan(group="pages")}, "group of the split"),
        ({"plan": SplitPlan(time="pages")}, "time of the split"),
        ({"drop": ["pages"]}, "dropped by request"),
    ],
)
def test_columns_with_another_task_are_no_features(
    shop: pd.DataFrame, prepare_shop: Prepare, option: dict[str, Any], reason: str
) -> None:
    frame = shop[TABLE].assign(pages=np.arange(len(shop)) // 2 + 1)
    data = prepare_shop(frame, kinds=KINDS, derived={}, **option)
    assert data.specification.excluded["pages"] == reason


@pytest.mark.parametrize("copy", ["bought", "negation", "words"])
def test_a_copy_of_the_label_among_the_features_is_refused(
    shop: pd.DataFrame, prepare_shop: Prepare, copy: str
) -> None:
    bought = shop["bought"]
    copies = {"bought": bought, "negation": 1 - bought, "words": bought.map({0: "no", 1: "yes"})}
    with pytest.raises(InputError, match=r"shop.csv, column 'outcome': the column is a copy of the label"):
        prepare_shop(shop.assign(outcome=copies[copy]), file="shop.csv")


def test_a_copy_of_the_label_that_is_dropped_is_no_error(shop: pd.DataFrame, prepare_shop: Prepare) -> None:
    data = prepare_shop(shop[TABLE].assign(outcome=shop["bought"]), kinds=KINDS, drop=["outcome"])
    assert "outcome" not in [column.name for column in data.specification.columns]


def test_words_as_labels_name_the_purchase(shop: pd.DataFrame) -> None:
    frame = shop[["pages", "seconds"]].assign(outcome=shop["bought"].map({0: "left", 1: "bought"}))
    data = preprocess_data(frame, "outcome")
    assert data.specification.positive == "bought"


def test_weights_travel_with_their_rows(shop: pd.DataFrame, prepare_shop: Prepare) -> None:
    frame = shop[TABLE].assign(weight=np.arange(len(shop)) + 0.5)
    data = prepare_shop(frame, kinds=KINDS, weight="weight")
    assert data.test.weight.tolist() == (data.test.frame.index + 0.5).tolist()


@pytest.mark.parametrize("weight", [0.0, -1.0, np.nan, np.inf, "heavy"])
def test_a_weight_that_is_none_is_refused_with_its_row(
    shop: pd.DataFrame, prepare_shop: Prepare, weight: object
) -> None:
    weights = pd.Series([1.0] * len(shop), dtype=object)
    weights[7] = weight
    with pytest.raises(InputError, match=r"row 7, column 'weight': found .*; expected a positive weight"):
        prepare_shop(shop[TABLE].assign(weight=weights), kinds=KINDS, weight="weight", file="shop.csv")


def test_rows_given_for_testing_are_the_test_rows(
    shop: pd.DataFrame, prepare_shop: Prepare, make_shop: Callable[..., pd.DataFrame]
) -> None:
    test = make_shop(50, 1)[TABLE]
    data = prepare_shop(shop[TABLE], kinds=KINDS, test=test)
    assert data.test.frame is test and data.test.label.tolist() == test["bought"].tolist()


def test_test_rows_need_no_weight(
    shop: pd.DataFrame, prepare_shop: Prepare, make_shop: Callable[..., pd.DataFrame]
) -> None:
    frame, test = shop[TABLE].assign(weight=2.0), make_shop(50, 1)[TABLE]
    data = prepare_shop(frame, kinds=KINDS, weight="weight", test=test)
    assert set(data.train.weight) == {2.0} and set(data.test.weight) == {1.0}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda test: test.drop(columns="bought"), "the test rows: no column 'bought'"),
        (lambda test: test.assign(bought=5), "the test rows, row 0, column 'bought': found '5'"),
        (lambda test: test.drop(columns="pages"), "the test rows: the table has no column 'pages'"),
        (lambda test: test.assign(pages="many"), "the test rows, row 0, column 'pages': found 'many'"),
    ],
)
def test_bad_test_rows_are_told_apart(
    shop: pd.DataFrame, prepare_shop: Prepare, change: Callable[[pd.DataFrame], pd.DataFrame], message: str
) -> None:
    test = change(shop[TABLE][:20].assign(seconds=range(20)))
    with pytest.raises(InputError, match=message):
        prepare_shop(shop[TABLE], kinds=KINDS, test=test, file="shop.csv")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"label": "bougth"}, r"shop.csv: no column 'bougth' \(did you mean 'bought'\?\)"),
        ({"weight": "wieght"}, "shop.csv: no column 'wieght'"),
        ({"plan": SplitPlan(group="user")}, "shop.csv: no column 'user'"),
        ({"drop": ["page"]}, r"shop.csv: no column 'page' \(did you mean 'pages'\?\)"),
        ({"kinds": {"page": "number"}}, r"shop.csv: no column 'page' \(did you mean 'pages'\?\)"),
        ({"kinds": {"bought": "number"}}, "shop.csv, column 'bought': the label is also a feature"),
        ({"kinds": {"pages": "text"}}, "shop.csv, row .*, column 'pages': .*text and holds numbers"),
        ({"kinds": {"month": "number"}}, "shop.csv, row .*, column 'month': found .* where a number belongs"),
        ({"positive": "yes"}, "shop.csv, column 'bought': no row has the value 'yes'"),
    ],
)
def test_a_bad_option_names_the_file_and_what_is_wrong(
    shop: pd.DataFrame, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        preprocess_data(shop, options.pop("label", "bought"), file="shop.csv", **options)


def test_a_bad_number_is_named_by_its_row_in_the_file(shop: pd.DataFrame) -> None:
    frame = shop[["pages", "seconds", "bought"]].astype({"pages": object}).set_axis(range(2, len(shop) + 2))
    frame.loc[100, "pages"] = "many"
    with pytest.raises(InputError, match="row 100, column 'pages': found 'many'"):
        preprocess_data(frame, "bought", kinds={"pages": "number"})


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({0: [1, 2], "bought": [0, 1]}), "the column name 0 is no text"),
        (pd.DataFrame([[1, 2, 0]], columns=["x", "x", "bought"]), "column 'x': two columns have the same"),
        (pd.DataFrame({"x": [], "bought": []}), "the table has no rows"),
        (pd.DataFrame({"x": [1, 2], "bought": [1, 1]}), r"the label has 1 value \('1'\)"),
        (pd.DataFrame({"bought": [0, 1] * 50}), "no row is left|no column is left|too small|of one class"),
    ],
)
def test_a_table_that_cannot_be_learnt_from_is_refused(frame: pd.DataFrame, message: str) -> None:
    with pytest.raises(InputError, match=message):
        preprocess_data(frame, "bought")


def test_features_of_no_columns_are_empty() -> None:
    assert [part.shape for part in Features.empty(3)] == [(3, 0)] * 5
    assert Features.empty(3).text.dtype == tf.int32
