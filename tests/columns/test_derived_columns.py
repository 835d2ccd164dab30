from __future__ import annotations

import math
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.columns.derived_columns import DerivedColumns
from intent_tf.errors import InputError

COLUMNS = {
    "seconds": np.array([90.0, 5.0, np.nan], "float32"),
    "pages": np.array([3.0, 0.0, 2.0], "float32"),
    "exit rate": np.array([0.25, 1.0, 0.5], "float32"),
}


def derive(text: str) -> list[float]:
    return DerivedColumns({"new": text}, COLUMNS)(COLUMNS).numpy().ravel().tolist()


@pytest.mark.parametrize(
    ("text", "first_row"),
    [
        ("seconds / pages", 30.0),
        ("seconds + pages * 2", 96.0),
        ("(seconds + pages) * 2", 186.0),
        ("seconds - pages - 1", 86.0),
        ("-pages + +1.5", -1.5),
        ("abs(pages - 10)", 7.0),
        ("min(seconds, pages, 50)", 3.0),
        ("max(1, pages / 6, `exit rate`)", 1.0),
        ("log1p(pages)", math.log(4.0)),
        ("`exit rate` * pages", 0.75),
        ("  seconds\n  / pages ", 30.0),
        ("1e2 * pages", 300.0),
    ],
)
def test_expressions_mean_what_they_say(text: str, first_row: float) -> None:
    assert derive(text)[0] == pytest.approx(first_row)


@pytest.mark.parametrize("text", ["seconds / pages", "pages / pages", "1 / (pages - pages)"])
def test_what_is_divided_by_zero_is_missing(text: str) -> None:
    assert math.isnan(derive(text)[1])


@pytest.mark.parametrize("text", ["seconds + 1", "min(seconds, 0)", "max(pages, seconds)", "0 * seconds"])
def test_what_is_computed_from_a_missing_number_is_missing(text: str) -> None:
    assert math.isnan(derive(text)[2])


def test_the_logarithm_of_what_has_none_is_missing() -> None:
    assert math.isnan(derive("log1p(pages - 5)")[0])


def test_a_derived_column_may_use_those_before_it() -> None:
    layer = DerivedColumns({"pace": "seconds / pages", "double": "pace * 2"}, COLUMNS)
    assert layer(COLUMNS).numpy()[0].tolist() == [30.0, 60.0]


@settings(max_examples=50, deadline=None)
@given(
    st.recursive(
        st.sampled_from(["seconds", "pages", "2", "0.5"]),
        lambda part: st.tuples(part, st.sampled_from("+-*"), part).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
        max_leaves=6,
    )
)
def test_arithmetic_agrees_with_python(text: str) -> None:
    text += " + pages"
    assert derive(text)[0] == pytest.approx(eval(text, {"seconds": 90.0, "pages": 3.0}))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("second / pages", r"'second', which is no number column \(did you mean 'seconds'\?\)"),
        ("`exit  rate!` + 1", "'exit rate!', which is no number column"),
        ("sqrt(pages)", "calls 'sqrt', which is no function here; expected abs, log1p, max, min"),
        ("mim(pages, 1)", r"did you mean 'min'\?"),
        ("abs(pages, 1)", r"gives 2 to abs\(\); expected one argument"),
        ("max(pages)", r"gives 1 to max\(\); expected two or more arguments"),
        ("pages ** 2", r"holds 'pages \*\* 2'; expected numbers, columns"),
        ("exit rate + 1", "cannot be read; expected .* Put names with spaces or signs in backticks"),
        ("", "cannot be read"),
        ("pages +", "cannot be read"),
        ("1 + 2", "uses no column"),
        ("True * pages", "holds 'True'"),
        ("'a' + pages", "holds \"'a'\""),
        ("pages.real", "holds 'pages.real'"),
        ("__import__('os').system('true')", r"holds .*system"),
        ("min(*pages, 1)", r"holds '\*pages'"),
        ("max(pages, 1, key=pages)", "holds 'max"),
        ("pages if pages else 1", "holds 'pages if"),
    ],
)
def test_what_an_expression_cannot_say_is_told(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        derive(text)
    assert "column 'new'" in str(caught.value)


def test_a_derived_column_may_not_use_those_after_it() -> None:
    with pytest.raises(InputError, match="'late', which is no number column"):
        DerivedColumns({"early": "late + 1", "late": "pages + 1"}, COLUMNS)


def test_a_derived_column_may_not_replace_another() -> None:
    with pytest.raises(InputError, match=r"column 'pages': .* the name of another column"):
        DerivedColumns({"pages": "seconds + 1"}, COLUMNS)


def test_a_saved_model_derives_the_same(tmp_path: Path) -> None:
    layer = DerivedColumns({"pace": "seconds / pages", "more": "log1p(pace) * `exit rate`"}, COLUMNS)
    inputs = {name: keras.Input((), name=name) for name in COLUMNS}
    model = keras.Model(inputs, layer(inputs))
    model.save(tmp_path / "model.keras")
    restored = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(restored(COLUMNS).numpy(), model(COLUMNS).numpy())
