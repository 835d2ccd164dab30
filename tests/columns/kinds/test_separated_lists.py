"""Columns of texts that hold lists: which ones are taken for that, and how they are read."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from intent_tf.columns.inference import infer_specification
from intent_tf.columns.raw_columns import raw_columns
from intent_tf.data.list_format import ListFormat
from intent_tf.data.specification import Column, FeatureSpecification
from intent_tf.data.tables import read_table

PAGES = ["home", "search", "product", "basket", "help"]
ROWS = 400


def visits(seed: int = 0) -> pd.DataFrame:
    """Pages of visits, and the seconds since each began."""
    rng = np.random.default_rng(seed)
    pages = [list(map(str, rng.choice(PAGES, rng.integers(1, 9)))) for _ in range(ROWS)]
    seconds = [np.cumsum(rng.exponential(20, len(each))).round(1).tolist() for each in pages]
    return pd.DataFrame({"pages": pages, "seconds": seconds, "bought": rng.integers(2, size=ROWS)})


def written(frame: pd.DataFrame, pages: str, seconds: str) -> pd.DataFrame:
    join = {"pages": pages.join, "seconds": lambda numbers: seconds.join(map(str, numbers))}
    return frame.assign(**{name: frame[name].map(each) for name, each in join.items()})


def described(frame: pd.DataFrame) -> dict[str, str]:
    return {each.name: each.described for each in infer_specification(frame, "bought").columns}


@pytest.mark.parametrize("separator", [">", " > ", "->", " → ", "|", ";", ", ", "/"])
def test_pages_that_come_again_in_a_visit_are_a_list_in_order(separator: str) -> None:
    found = described(written(visits(), separator, " "))
    assert found["pages"] == f"string event_type as a list between {separator.strip()!r}"


@pytest.mark.parametrize("separator", [" ", ",", ";", "|", "/"])
def test_numbers_in_cells_of_different_lengths_are_a_list(separator: str) -> None:
    found = described(written(visits(), ">", separator))
    assert found["seconds"] == f"float time as a list between {separator!r}"


def test_lists_beside_each_other_are_one_group() -> None:
    columns = infer_specification(written(visits(), ">", " "), "bought").columns
    assert {column.group for column in columns} == {"pages"}


def one_kind(cells: list[str]) -> str:
    frame = pd.DataFrame({"cell": cells, "bought": np.arange(len(cells)) % 2})
    specification = infer_specification(frame, "bought")
    return specification.columns[0].kind if specification.columns else "excluded"


def numbers(form: str) -> list[str]:
    rng = np.random.default_rng(1)
    return [form.format(*rng.integers(1, 9, 6)) for _ in range(ROWS)]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        pytest.param([f"{1234567 * row % 3_000_000:,}" for row in range(ROWS)], "number", id="thousands"),
        pytest.param(numbers("2024-0{}-0{} 1{}:2{}"), "date", id="dates"),
        pytest.param(numbers("{}{}.5, {}.25"), "category", id="coordinates"),
        pytest.param([";".join(np.unique(list(each))) for each in numbers("{}{}{}")], "set", id="codes"),
        pytest.param(["red shoes, nice, very nice", "a dress"] * (ROWS // 2), "category", id="texts"),
        pytest.param(["Home > Garden > Chairs", "Home > Kitchen", "Toys"] * ROWS, "category", id="paths"),
    ],
)
def test_what_is_cut_by_the_same_marks_keeps_its_kind(cells: list[str], kind: str) -> None:
    assert one_kind(cells) == kind


def test_a_column_that_is_said_to_hold_lists_is_cut_where_most_cells_can_be() -> None:
    paths = ["Home > Garden, and more", "Home > Toys", "Home"] * 20
    frame = pd.DataFrame({"path": paths, "bought": [0, 1, 1] * 20})
    (column,) = infer_specification(frame, "bought", kinds={"path": "sequence"}).columns
    assert column.written == ListFormat(">")


def test_every_way_of_writing_lists_gives_the_same_tensors(tmp_path: Path) -> None:
    frame, tensors = visits(), []
    ways = {
        "python": frame,
        "json": frame.assign(**{name: frame[name].map(json.dumps) for name in ("pages", "seconds")}),
        "separated": written(frame, " > ", " "),
    }
    for name, table in ways.items():
        table.to_csv(tmp_path / f"{name}.csv", index=False)
        read = read_table(tmp_path / f"{name}.csv").frame
        raw = raw_columns(read, infer_specification(read, "bought"))
        tensors.append([raw["pages"].to_list(), raw["seconds"].to_list(), list(raw["pages_length"].numpy())])
    assert tensors[0] == tensors[1] == tensors[2]


def test_the_format_comes_back_with_the_specification() -> None:
    column = Column("pages", "sequence", "string", "pages", written=ListFormat(">"))
    specification = FeatureSpecification((column,))
    assert FeatureSpecification.from_config(specification.get_config()) == specification
