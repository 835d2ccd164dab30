from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

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
        preprocessor.get_config()["learnt"],
        preprocessor.specification.get_config(),
        preprocessor.vocabularies,
        [lookup.get_vocabulary() for lookup in preprocessor.encoders["category"].ids.lookups],
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
    assert not second.test.features["categories"].numpy().any()
    assert learnt(first.preprocessor) == learnt(second.preprocessor)


def test_rows_of_the_three_parts_are_all_rows_once(shop: pd.DataFrame, shop_data: PreparedData) -> None:
    indices = np.concatenate([getattr(shop_data, name).frame.index for name in PARTS])
    assert sorted(indices) == shop.index.tolist()


def test_labels_and_features_belong_to_their_rows(shop: pd.DataFrame, shop_data: PreparedData) -> None:
    rows = shop_data.validation
    assert rows.label.tolist() == shop["bought"][rows.frame.index].tolist()
    pages = shop_data.preprocessor.number_names.index("pages")
    order = np.argsort(rows.features["numbers"][:, pages], kind="stable")
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


def told(data: PreparedData) -> str:
    return str(data.facts)


def test_what_was_found_is_printed_and_kept(shop: pd.DataFrame, capsys: pytest.CaptureFixture[str]) -> None:
    frame = shop[["pages", "month"]].assign(outcome=shop["bought"].map({0: "No", 1: "yes"}))
    frame.loc[frame.index[:3], "outcome"] = ["", None, " "]
    data = preprocess_data(frame, "outcome", drop=["month"])
    printed = capsys.readouterr().out
    assert printed == told(data) + "\n" == f"{data}\n"
    counts = frame["outcome"].value_counts()
    for line in (
        "rows: 240",
        "rows excluded: without a label: 3",
        f"label 'No' is 0: {counts['No']}",
        f"label 'yes' is 1: {counts['yes']}",
        "month    excluded  dropped by request",
        "pages    number    float",
    ):
        assert f"  {line}\n" in printed
    assert data.specification.negative == ("No",)


def test_nothing_is_printed_that_nobody_wants(shop: pd.DataFrame, capsys: pytest.CaptureFixture[str]) -> None:
    preprocess_data(shop[["pages", "bought"]], "bought", verbose=False)
    assert not capsys.readouterr().out


def test_blank_labels_of_given_test_rows_are_excluded_and_told(shop: pd.DataFrame) -> None:
    test = shop[["pages", "bought"]][:50].astype({"bought": object})
    test.iloc[:2, 1] = [None, ""]
    data = preprocess_data(shop[["pages", "bought"]], "bought", test=test)
    assert len(data.test) == 48 and "test rows excluded: without a label: 2" in told(data)


def test_training_rows_that_equal_a_test_row_are_told(shop: pd.DataFrame) -> None:
    frame = shop[["pages", "seconds", "title", "bought"]].assign(seconds=np.arange(240.0))
    data = preprocess_data(frame, "bought", test=frame[:20])
    assert len(data.train) + len(data.validation) == 220
    assert "rows excluded: their equal row is in the test rows: 20" in told(data)


def test_a_table_of_few_values_keeps_all_rows_beside_given_test_rows(shop: pd.DataFrame) -> None:
    frame = shop[["month", "browser", "bought"]]
    data = preprocess_data(frame, "bought", test=frame[:80])
    assert len(data.train) + len(data.validation) == 240 and "are in the test rows" not in told(data)


def test_a_likely_identifier_is_excluded_unless_it_is_asked_for(shop: pd.DataFrame) -> None:
    mails = [f"u{number}@shop.com" for number in [0, 1, 2, *range(237)]]
    frame = shop[["pages", "bought"]].assign(pages=np.arange(240) / 7).assign(mail=mails)
    data = preprocess_data(frame, "bought")
    assert "likely identifier" in data.specification.excluded["mail"] and "likely identifier" in told(data)
    kept = preprocess_data(frame, "bought", kinds={"mail": "category"})
    assert [column.name for column in kept.specification.columns] == ["pages", "mail"]


def test_a_near_copy_of_the_label_is_warned_of(shop: pd.DataFrame) -> None:
    copied = shop["bought"].where(shop.index > 0, 1 - shop["bought"]).replace({0: 0.1, 1: 0.7})
    frame = pd.concat([shop[["pages", "bought"]].assign(reason=copied)] * 5, ignore_index=True)
    (warning,) = preprocess_data(frame.assign(pages=np.arange(1200) % 97), "bought").facts.warnings
    assert (
        warning.startswith("'reason' alone nearly tells the label (AUROC 0.99") and "--drop reason" in warning
    )


@pytest.mark.parametrize("positive", [">7", [">7"], "=8"])
def test_counts_may_be_labels(shop: pd.DataFrame, positive: Any) -> None:
    data = preprocess_data(shop[["seconds", "month", "pages"]], "pages", positive=positive)
    wanted = data.test.frame["pages"] == 8 if positive == "=8" else data.test.frame["pages"] > 7
    assert data.test.label.tolist() == wanted.tolist()


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
        (
            lambda test: pd.concat([test.assign(pages="many")] * 2),
            "the test rows, row 0, column 'pages': found 'many'",
        ),
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


def test_an_odd_cell_of_later_rows_is_named_by_its_row_in_the_file(shop: pd.DataFrame) -> None:
    part = [*PARTS] * (len(shop) // 3)
    frame = shop[["pages", "seconds", "bought"]].assign(part=part).astype({"pages": object})
    frame = frame.set_axis(range(2, len(shop) + 2))
    frame.loc[100, ["pages", "part"]] = ["many", "test"]
    plan = SplitPlan(column="part")
    data = preprocess_data(frame, "bought", kinds={"pages": "number"}, plan=plan, verbose=False)
    assert data.facts.warnings == [
        "column 'pages': what is no number is missing, such as 'many' in row 100",
    ]


def test_odd_cells_of_training_rows_are_counted_and_told(shop: pd.DataFrame) -> None:
    pages = ["-" if row % 50 == 0 else str(page) for row, page in enumerate(shop["pages"])]
    frame = shop[["seconds", "bought"]].assign(pages=pages, part=[*PARTS] * (len(shop) // 3))
    data = preprocess_data(frame, "bought", plan=SplitPlan(column="part"), verbose=False)
    assert ("cells of pages that are no numbers, and missing", "'-' 2") in data.facts.lines


def test_a_category_of_which_few_values_are_known_is_told(shop: pd.DataFrame) -> None:
    frame = shop[["seconds", "bought"]].assign(code=[f"c{row % 60}" for row in range(len(shop))])
    data = preprocess_data(frame, "bought", kinds={"code": "category"}, verbose=False)
    assert "of the cells of 'code' are categories too rare to learn from" in "".join(data.facts.warnings)


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
