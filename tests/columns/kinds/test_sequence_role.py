from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

from intent_tf.columns.inference import infer_specification
from intent_tf.columns.kinds.sequence_role import infer_roles
from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.data.specification import Column, FeatureSpecification
from intent_tf.errors import InputError

ROWS = 60
GENERATOR = np.random.default_rng(0)
LENGTHS = GENERATOR.integers(1, 7, ROWS)


def lists(draw: Any) -> list[list[Any]]:
    """A list a row, drawn by a function of its length."""
    return [np.asarray(draw(length)).tolist() for length in LENGTHS]


def chosen(values: Any) -> list[list[Any]]:
    return lists(lambda length: GENERATOR.choice(values, length))


RISING = lists(lambda length: np.cumsum(GENERATOR.integers(0, 40, length)))
FALLING = [[300 - entry for entry in row] for row in RISING]
PAGES = chosen(["home", "list", "basket"])
PRODUCTS = chosen([f"p{each}" for each in range(400)])
TITLES = chosen([f"{colour} leather bag number {each}" for colour in ("red", "blue") for each in range(99)])
SEARCHES = [
    [f"bag {title.split()[-1]}" if at % 3 == 0 else "" for at, title in enumerate(row)] for row in TITLES
]
PRICES = chosen([9.99, 24.5, 120.0, 64.95])
PIECES = chosen([1, 2, 3])


def role(values: list[list[Any]], name: str = "x") -> str:
    is_string = any(isinstance(entry, str) for row in values for entry in row)
    return infer_roles({name: values}, {name: "string" if is_string else "float"})[name]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (RISING, "time"),
        (FALLING, "time"),
        ([[0.5 * entry for entry in row] for row in RISING], "time"),
        (PAGES, "event_type"),
        (PRODUCTS, "item"),
        (TITLES, "text"),
        (PRICES, "price"),
        (PIECES, "quantity"),
        (lists(lambda length: GENERATOR.normal(size=length)), "other"),
        (lists(lambda length: GENERATOR.random(length)), "other"),
        ([[1] * length for length in LENGTHS], "quantity"),
    ],
)
@pytest.mark.parametrize("name", ["x", "event_type", "elapsed", "item_id", "text", "price"])
def test_a_role_is_told_by_values_whatever_the_name(values: Any, expected: str, name: str) -> None:
    assert role(values, name if expected != "quantity" else "x") == expected


def test_strings_that_are_all_missing_are_no_types_of_events() -> None:
    assert role([["", None]] * ROWS) == "item"


def test_short_words_at_few_events_are_a_query() -> None:
    assert role(SEARCHES) == "query"


def test_a_name_breaks_the_tie_between_a_price_and_a_quantity() -> None:
    assert (role(PIECES, "price"), role(PIECES, "pieces")) == ("price", "quantity")


def test_whole_numbers_that_are_many_are_items_only_if_the_name_says_so() -> None:
    numbers = chosen(np.arange(1000, 1400))
    assert (role(numbers, "product_ids"), role(numbers, "paid")) == ("item", "price")


def test_few_steps_are_no_time_unless_the_name_says_so() -> None:
    assert (role([[0.0, 5.0]], "pages"), role([[0.0, 5.0]], "elapsed")) == ("quantity", "time")


def test_a_time_may_go_astray_once_in_a_thousand_steps() -> None:
    rows = [*[[0.0, 1.0, 2.0]] * 600, [3.0, 1.0]]
    assert role(rows) == "time" and role([*rows[:20], rows[-1]]) != "time"


def test_the_columns_of_an_event_log_keep_their_roles_where_texts_and_items_are_few() -> None:
    columns = {"event_type": PAGES, "text": PAGES, "item_id": PAGES, "price": PIECES, "elapsed": RISING}
    values = {name: "float" if name in ("price", "elapsed") else "string" for name in columns}
    expected = {"event_type": "event_type", "text": "text", "item_id": "item", "price": "price"}
    assert infer_roles(columns, values) == {**expected, "elapsed": "time"}


def table() -> pd.DataFrame:
    bought = [row[1:] for row in PRODUCTS]
    return pd.DataFrame(
        {
            "pages": PAGES,
            "seconds": RISING,
            "bought": bought,
            "days_before": [row[1:] for row in FALLING],
            "label": [0, 1] * (ROWS // 2),
        }
    )


def specification(**roles: str) -> FeatureSpecification:
    return infer_specification(table(), "label", roles=roles)


def test_each_group_of_a_table_has_its_own_roles_and_times() -> None:
    found = {each.name: (each.group, each.role) for each in specification().columns}
    assert found == {
        "pages": ("pages", "event_type"),
        "seconds": ("pages", "time"),
        "bought": ("bought", "item"),
        "days_before": ("bought", "time"),
    }


def test_the_printed_specification_shows_the_role() -> None:
    assert "  pages        sequence  string event_type\n" in specification().describe()
    assert "  days_before  sequence  float time\n" in specification().describe()


def test_sequences_of_any_name_get_counts_distinct_dwell_gaps_and_recency() -> None:
    preprocessor = Preprocessor(specification())
    preprocessor.adapt(table())
    assert {
        "pages: count home",
        "pages: distinct event types",
        "seconds: mean dwell",
        "seconds: time since pages: home",
        "distinct bought",
        "days_before: mean dwell",
        "days_before: last",
    } <= set(preprocessor.number_names)


def test_a_role_can_be_given_by_its_name_or_by_that_of_a_column_of_an_event_log() -> None:
    found = specification(bought="event_type", seconds="elapsed", days_before="other")
    assert [each.role for each in found.columns] == ["event_type", "time", "event_type", "other"]


def test_numbers_that_are_said_to_be_items_are_read_as_strings() -> None:
    column = specification(seconds="item")["seconds"]
    assert (column.role, column.values) == ("item", "string")


@pytest.mark.parametrize(
    ("roles", "message"),
    [
        ({"pages": "evnt_type"}, r"column 'pages': unknown role 'evnt_type' \(did you mean 'event_type'\?\)"),
        ({"page": "item"}, r"no column 'page' \(did you mean 'pages'\?\)"),
        ({"pages": "price"}, r"column 'pages': the role 'price' needs numbers"),
    ],
)
def test_a_role_that_cannot_be_is_an_error(roles: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        specification(**roles)


def test_a_role_cannot_be_given_to_a_column_without_lists() -> None:
    frame = pd.DataFrame({"pages": range(4), "bought": [0, 1] * 2})
    with pytest.raises(InputError, match="column 'pages': a role is given to a column without lists"):
        infer_specification(frame, "bought", roles={"pages": "item"})


def test_a_role_is_kept_with_the_specification() -> None:
    found = specification(bought="text")
    assert FeatureSpecification.from_config(found.get_config())["bought"].role == "text"


def test_a_column_of_an_older_file_has_the_role_of_its_name() -> None:
    older = {"name": "elapsed", "kind": "sequence", "values": "float", "group": "session"}
    assert Column.from_config(older).role == "time"
    assert Column.from_config({**older, "name": "seconds"}).role == "other"


def test_the_click_through_rate_is_left_to_types_that_show_and_ask() -> None:
    preprocessor = Preprocessor(specification())
    preprocessor.adapt(table())
    assert not [name for name in preprocessor.number_names if "click-through" in name]


@pytest.mark.guard
def test_a_role_that_was_given_is_kept_through_save_load_and_export(tmp_path: Path) -> None:
    from intent_tf.columns.prepared import preprocess_data
    from intent_tf.options.training import TrainingConfig
    from intent_tf.serving.export import export_saved_model
    from intent_tf.serving.served_model import ServedModel
    from intent_tf.training.training import create_model

    frame = pd.concat([table()] * 3, ignore_index=True)
    data = preprocess_data(frame, "label", roles={"bought": "event_type"}, verbose=False)
    model = create_model(data, TrainingConfig(ensemble_size=2))
    model.save(tmp_path / "model.keras")
    export_saved_model(model, tmp_path / "1")
    loaded, served = keras.models.load_model(tmp_path / "model.keras"), ServedModel(tmp_path / "1")
    assert loaded.preprocessor.specification["bought"].role == "event_type"
    assert served.specification["bought"].role == "event_type"
    for each in (loaded, served):
        np.testing.assert_allclose(each.predict(frame), model.predict(frame), rtol=0, atol=1e-6)
