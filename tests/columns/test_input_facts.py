from __future__ import annotations

import pandas as pd
import pytest

from intent_tf.columns.input_facts import InputFacts
from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.data.date_format import DateFormat
from intent_tf.data.facts import Facts
from intent_tf.data.seen import MOST_CATEGORIES, Seen
from intent_tf.data.specification import Column, FeatureSpecification

DEVICE, PRICE = Column("device", "category", "string"), Column("price", "number", "float")


def told(rows: dict[str, list[object]], seen: dict[str, Seen] | None = None, chunks: int = 1) -> Facts:
    frame, facts = pd.DataFrame(rows), Facts()
    columns = tuple(column for column in (DEVICE, PRICE) if column.name in rows)
    counted = InputFacts(FeatureSpecification(columns, seen=seen or {}))
    size = len(frame) // chunks
    for start in range(0, len(frame), size):
        counted.add(frame.iloc[start : start + size])
    counted.tell(facts, list(frame.columns))
    return facts


KNOWN = {"device": Seen(unknown=0.04, categories=("phone", "tablet"))}


@pytest.mark.parametrize("chunks", [1, 2, 4])
def test_unknown_categories_are_counted_among_the_cells_that_are_there(chunks: int) -> None:
    facts = told({"device": ["phone", "", "watch", "tablet"]}, KNOWN, chunks)
    assert facts.lines == [("missing cells", "device 25.0 %"), ("unknown categories", "device 33.3 %")]


def test_a_share_far_above_that_of_training_rows_is_a_warning() -> None:
    facts = told({"device": ["watch", "watch", "phone", "phone"]}, KNOWN)
    assert facts.warnings == ["50.0 % of the cells of 'device' are unknown categories, 4.0 % in training"]


@pytest.mark.parametrize("usual", [0.15, 0.5])
def test_a_share_like_that_of_training_rows_is_none(usual: float) -> None:
    seen = {"price": Seen(missing=usual)}
    assert not told({"price": ["", "1", "2", "3"]}, seen).warnings


@pytest.mark.parametrize("missing", ["", "NA", None, float("nan")])
def test_a_number_is_missing_in_every_spelling(missing: object) -> None:
    assert told({"price": ["1", missing]}).lines[0] == ("missing cells", "price 50.0 %")


def test_categories_that_are_not_known_are_not_counted() -> None:
    assert told({"device": ["phone"]}).lines == [("missing cells", "none")]


def test_columns_that_are_not_read_are_named_and_many_counted() -> None:
    others = {f"note {number}": ["x"] for number in range(12)}
    [_, (name, value)] = told({"price": [1], **others}).lines
    assert (
        name == "columns not read" and value.startswith("note 0, note 1, ") and value.endswith("and 2 more")
    )


def test_training_rows_say_what_later_ones_are_held_against() -> None:
    preprocessor = Preprocessor(FeatureSpecification((DEVICE, PRICE)))
    devices = ["phone"] * 6 + ["watch"] * 2 + [""] * 2
    preprocessor.adapt(pd.DataFrame({"device": devices, "price": [1.0] * 9 + [None]}))
    assert preprocessor.specification.seen == {
        "device": Seen(missing=0.2, unknown=0.25, categories=("phone",)),
        "price": Seen(missing=0.1),
    }


def test_a_preprocessor_that_is_loaded_knows_them() -> None:
    preprocessor = Preprocessor(FeatureSpecification((DEVICE,)))
    preprocessor.adapt(pd.DataFrame({"device": ["phone"] * 6}))
    loaded = Preprocessor.from_config(preprocessor.get_config())
    assert loaded.specification == preprocessor.specification


def test_a_form_that_changes_is_told_with_cell_row_and_option() -> None:
    ordered = Column("ordered", "date", "string", written=DateFormat("dmY"), missing=("soon",))
    counted, facts = InputFacts(FeatureSpecification((ordered,))), Facts()
    cells = ["25.01.2023", "", "soon", "Jan 25, 2023", "2023-01-25", "13/25/2023"]
    counted.add(pd.DataFrame({"ordered": cells}, index=range(2, 8)))
    counted.tell(facts, ["ordered"])
    assert facts.lines == [("missing cells", "ordered 66.7 %")]
    assert facts.warnings[0] == (
        "2 cells of 'ordered' cannot be read and count as missing, such as 'Jan 25, 2023' in row 5: write "
        "them as in training (string as 31/01/2023 (day first)), or train anew (with --dates ordered=…)"
    )


def test_very_many_categories_are_not_told() -> None:
    preprocessor = Preprocessor(FeatureSpecification((DEVICE,)))
    names = [f"device {number}" for number in range(MOST_CATEGORIES + 1)]
    preprocessor.adapt(pd.DataFrame({"device": names * 5}))
    assert preprocessor.specification.seen["device"].categories == ()
