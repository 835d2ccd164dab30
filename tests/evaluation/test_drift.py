from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from intent_tf.evaluation.drift import ColumnDrift, evaluate_drift

RNG = np.random.default_rng(0)


def drift(train, test, kind, **options):
    frames = (pd.DataFrame({"x": values}) for values in (train, test))
    parts = [part for frame in frames for part in (frame, np.ones(len(frame)))]
    return evaluate_drift(*parts, {"x": kind}, **options)[0]


def test_the_index_of_two_categories_by_hand():
    # Shares of a and b, with half a row added to each: 60.5 / 101 and 20.5 / 101.
    found = drift(["a"] * 60 + ["b"] * 40, ["a"] * 20 + ["b"] * 80, "category")
    (p, q), rest = (60.5 / 101, 20.5 / 101), (40.5 / 101, 80.5 / 101)
    assert found.psi == pytest.approx(
        (p - q) * math.log(p / q) + (rest[0] - rest[1]) * math.log(rest[0] / rest[1])
    )


def test_the_same_rows_do_not_drift():
    values = RNG.normal(size=500)
    assert drift(values, values, "number") == ColumnDrift("x", 0.0, "stable")


@pytest.mark.parametrize(("shift", "level"), [(0.0, "stable"), (0.4, "moderate"), (1.0, "shifted")])
def test_a_shift_of_the_mean_in_deviations_has_its_level(shift, level):
    # Two normals that are d deviations apart have index d².
    found = drift(RNG.normal(size=20_000), RNG.normal(shift, 1, 20_000), "number", bins=20)
    assert found.level == level
    assert found.psi == pytest.approx(shift**2, rel=0.15, abs=0.005)


def test_what_chance_does_to_few_rows_is_stable():
    levels = [drift(RNG.normal(size=2000), RNG.normal(size=60), "number").level for _ in range(100)]
    assert levels.count("stable") >= 95


def test_missing_values_can_drift():
    found = drift([1.0] * 100, [1.0] * 50 + [np.nan] * 50, "number")
    assert found.level == "shifted"


def test_a_category_that_train_rows_never_had_can_drift():
    assert drift(["a"] * 100, ["b"] * 100, "category").level == "shifted"


def test_texts_drift_by_their_length():
    assert drift(["short"] * 50 + ["longer"] * 50, ["much longer text"] * 100, "text").level == "shifted"


def test_the_most_drifting_column_comes_first():
    train, test = (
        pd.DataFrame({"a": [1, 2] * 50, "b": [1, 2] * 50}),
        pd.DataFrame({"a": [1, 2] * 50, "b": [2] * 100}),
    )
    assert [
        row.column
        for row in evaluate_drift(
            train, np.ones(len(train)), test, np.ones(len(test)), {"a": "number", "b": "number"}
        )
    ] == [
        "b",
        "a",
    ]
