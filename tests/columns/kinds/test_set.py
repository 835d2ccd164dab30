"""Sets: which columns are taken for them, and what the graph reads of them."""

from __future__ import annotations

import json

import keras
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.columns.inference import infer_specification
from intent_tf.columns.kinds.registry import KINDS
from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.columns.raw_columns import column_tensor, raw_columns
from intent_tf.data.arrow_tensors import arrow_tensor
from intent_tf.data.set_format import SetFormat
from intent_tf.data.specification import Column, FeatureSpecification
from intent_tf.errors import InputError
from intent_tf.layers import SetMembers

COLOURS = ["red", "blue", "green", "black", "white"]
MEMBER = st.sampled_from(["red", "blue", "pink", "grey"])
MEMBER = st.sampled_from(["red", "blue", "pink", "grey"])
COLUMN = Column("colours", "set", "string", written=SetFormat(";", ("red", "blue")))


def cells(rows: int, separator: str, seed: int = 0) -> pd.Series:
    rng = np.random.default_rng(seed)
    chosen = [rng.choice(COLOURS, rng.integers(0, 4), replace=False) for _ in range(rows)]
    return pd.Series([separator.join(each) for each in chosen])


def kind_of(values: pd.Series) -> str:
    frame = pd.DataFrame({"cell": values, "bought": np.arange(len(values)) % 2})
    specification = infer_specification(frame, "bought")
    return "excluded" if "cell" in specification.excluded else specification["cell"].kind


@pytest.mark.parametrize("separator", [";", "|", ",", ", ", "/", " + "])
def test_members_that_come_again_in_many_combinations_are_a_set(separator: str) -> None:
    assert kind_of(cells(400, separator)) == "set"


@pytest.mark.parametrize(
    "values",
    [
        ["Home/Garden", "Home/Kitchen", "Toys/Baby", "Toys/Games"] * 50,
        [f"{number} Main Street, Apartment {number % 7}" for number in range(200)],
        ["1,5", "2,5", "3,75", "4,0"] * 50,
        ["10/11/2023", "24/12/2023", "13/01/2023"] * 60,
        ["a+", "b", "c"] * 60,
    ],
    ids=["paths", "addresses", "decimal commas", "dates", "signs"],
)
def test_other_cells_with_separators_are_none(values: list[str]) -> None:
    assert kind_of(pd.Series(values)) != "set"


def test_the_separator_and_the_commonest_members_are_learnt() -> None:
    frame = pd.DataFrame({"cell": ["red;blue", "red", "red; green", "blue;red"] * 30, "bought": [0, 1] * 60})
    written = infer_specification(frame, "bought", kinds={"cell": "set"})["cell"].written
    assert written == SetFormat(";", ("red", "blue", "green"))
    assert written.described == "several between ';': red, blue, green"


def test_a_set_without_members_that_come_again_is_refused() -> None:
    frame = pd.DataFrame({"cell": [f"a{number};b{number}" for number in range(60)], "bought": [0, 1] * 30})
    with pytest.raises(InputError, match="--kinds cell=text"):
        infer_specification(frame, "bought", kinds={"cell": "set"})


@settings(deadline=None)
@given(st.lists(st.lists(MEMBER, max_size=6), min_size=1, max_size=8))
def test_the_graph_counts_what_python_counts(rows: list[list[str]]) -> None:
    numbers = SetMembers(";", ["red", "blue"])(tf.constant([" ; ".join(row) for row in rows])).numpy()
    for row, found in zip(rows, numbers, strict=True):
        members = set(row)
        unknown = len(members - {"red", "blue"}) / len(members) if members else np.nan
        expected = ["red" in members, "blue" in members, len(members) or np.nan, unknown]
        np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_one_set_reads_alike_from_text_list_json_and_arrow() -> None:
    lists = [["blue", "grey"], [], ["red", "blue"]]
    layer = SetMembers(";", ["red", "blue"])
    text = layer(column_tensor(pd.Series([";".join(each) for each in lists]), COLUMN)).numpy()
    np.testing.assert_array_equal(layer(arrow_tensor(pa.array(lists), COLUMN)), text)
    comma = Column("colours", "set", "string", written=SetFormat(",", ("red", "blue")))
    for values in (pd.Series(lists), pd.Series([json.dumps(each) for each in lists])):
        np.testing.assert_array_equal(SetMembers(",", ["red", "blue"])(column_tensor(values, comma)), text)


def test_numbers_have_the_names_of_members() -> None:
    encoder = KINDS["set"].encoder([COLUMN], Preprocessor(FeatureSpecification((COLUMN,))).options)
    assert encoder.number_names == (
        "red in colours",
        "blue in colours",
        "members of colours",
        "unknown share of colours",
    )


def test_a_preprocessor_of_sets_comes_back_from_its_file(tmp_path) -> None:
    frame = pd.DataFrame({"colours": cells(100, ";")})
    preprocessor = Preprocessor(FeatureSpecification((COLUMN,)))
    preprocessor.adapt(frame)
    inputs = preprocessor.keras_inputs()
    model = keras.Model(inputs, preprocessor(inputs))
    model.save(tmp_path / "sets.keras")
    raw = raw_columns(frame, preprocessor.specification)
    for name, value in keras.models.load_model(tmp_path / "sets.keras")(raw).items():
        np.testing.assert_array_equal(value, model(raw)[name])


def test_a_sample_row_holds_common_members() -> None:
    encoder = KINDS["set"].encoder([COLUMN], Preprocessor(FeatureSpecification((COLUMN,))).options)
    assert KINDS["set"].sample(COLUMN, encoder, 1, lambda name, row: 0.0) == "red;blue"
