from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intent_tf.data.cleaning import clean, made_twice, row_fingerprints
from intent_tf.errors import InputError


def test_rows_without_a_label_are_removed_and_counted() -> None:
    frame = pd.DataFrame({"price": [1.0, 2.0, 3.0], "bought": [1, None, 0]})
    cleaned, counts = clean(frame, "bought")
    assert cleaned["price"].tolist() == [1.0, 3.0]
    assert counts.rows_without_label == 1


def hats_and(*further: str) -> pd.DataFrame:
    titles = [*(f"hat {number}" for number in range(40)), *further]
    return pd.DataFrame({"title": titles, "bought": 1})


def test_of_equal_rows_the_first_is_kept_and_the_others_are_counted() -> None:
    cleaned, counts = clean(hats_and("hat 0", "hat 0"), "bought")
    assert cleaned["title"].tolist() == [f"hat {number}" for number in range(40)]
    assert (counts.rows_read, counts.duplicate_rows, counts.rows_kept) == (42, 2, 40)


def test_rows_that_are_equal_by_coincidence_stay_and_are_counted() -> None:
    frame = pd.DataFrame(
        {"device": ["phone"] * 8 + ["desktop"] * 4, "bought": [0] * 6 + [1] * 2 + [0, 1] * 2}
    )
    cleaned, counts = clean(frame, "bought")
    assert (len(cleaned), counts.duplicate_rows, counts.equal_rows) == (12, 0, 8)


RNG = np.random.default_rng(0)
FEW = {
    "device and channel": {
        "device": RNG.choice(list("abc"), 6000),
        "channel": RNG.choice(list("wxyz"), 6000),
    },
    "skewed": {f"flag {number}": RNG.random(2000) < 0.05 for number in range(8)},
    "lists": {"seen": [["a"] * length for length in RNG.integers(1, 5, 900)], "n": RNG.integers(3, size=900)},
    "floats": {"price": RNG.choice([9.5, 3.25, np.nan], 900), "size": RNG.choice([1.5, 2.5], 900)},
    "one column": {"slot": RNG.choice(["08:00", "12:30"], 900)},
    "one tells another": {"device": ["phone", "desktop"] * 450, "system": ["ios", "windows"] * 450},
}


@pytest.mark.parametrize("name", FEW)
@pytest.mark.parametrize("plain", [False, True])
def test_equal_rows_of_columns_with_few_values_were_not_made_twice(name: str, plain: bool) -> None:
    frame = pd.DataFrame(FEW[name])
    label = frame.iloc[:, 0].astype(str) == str(frame.iloc[0, 0])
    # Whether the columns decide the label or say nothing of it.
    assert not made_twice(frame, label if plain else np.resize([0, 1, 1, 0, 1], len(frame)))


def test_a_few_rows_that_are_equal_by_chance_were_not_made_twice() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({name: rng.integers(12, size=400) for name in "abc"})
    assert 0 < frame.duplicated().mean() < 0.05 * 3 and not made_twice(frame, rng.integers(2, size=400))


@pytest.mark.parametrize("copies", [1, 30, 400])
def test_rows_of_columns_with_many_values_were_made_twice(copies: int) -> None:
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"n": rng.integers(9, size=400), **{name: rng.random(400) for name in "abc"}})
    frame = pd.concat([frame, frame[:copies]])
    assert made_twice(frame, [*np.tile([0, 1], 200), *np.tile([0, 1], 200)[:copies]])


def test_a_table_written_twice_is_read_once() -> None:
    frame = hats_and().assign(bought=[0, 1] * 20)
    cleaned, counts = clean(pd.concat([frame, frame], ignore_index=True), "bought")
    assert (len(cleaned), counts.duplicate_rows, counts.equal_rows) == (40, 40, 0)


def test_rows_that_differ_in_the_label_are_no_duplicates() -> None:
    frame = pd.DataFrame({"title": ["hat", "hat"], "bought": [1, 0]})
    assert clean(frame, "bought")[1].duplicate_rows == 0


def test_missing_and_infinite_values_are_counted_and_stay() -> None:
    frame = pd.DataFrame({"price": [np.nan, np.inf, -np.inf, 1.0], "n": [1, 2, 3, 4], "bought": [1, 0, 1, 0]})
    cleaned, counts = clean(frame, "bought")
    assert (counts.missing_values, counts.infinite_values) == (1, 2)
    assert np.isneginf(cleaned["price"].iloc[2])


def test_rows_keep_their_index_so_that_messages_can_name_them() -> None:
    frame = hats_and("hat 39", "cap").set_axis(range(2, 44))
    assert clean(frame, "bought")[0].index.tolist() == [*range(2, 42), 43]


def test_a_table_without_rows_is_refused() -> None:
    with pytest.raises(InputError, match=r"shop.csv: the table has no rows"):
        clean(pd.DataFrame({"bought": []}), "bought", file="shop.csv")


def test_a_table_without_a_label_in_any_row_is_refused() -> None:
    with pytest.raises(InputError, match=r"shop.csv, column 'bought': no row has a label"):
        clean(pd.DataFrame({"bought": [None, None]}), "bought", file="shop.csv")


CELLS = st.sampled_from(
    [
        None,
        np.nan,
        1.5,
        3,
        "hat",
        "",
        True,
        Decimal("1.10"),
        (1, 2),
        [1.0, np.nan],
        ["a"],
        {"a": [1]},
        np.array([1.0, np.nan]),
        np.array(["a", "b"]),
        [[1], [2]],
        np.arange(2000),
        np.arange(2000) + (np.arange(2000) == 1000),
    ]
)


def same(first: object, second: object) -> bool:
    def plain(value: object) -> object:
        value = value.tolist() if isinstance(value, np.ndarray) else value
        return "missing" if not isinstance(value, list | tuple | dict) and pd.isna(value) else value

    return str(plain(first)) == str(plain(second)) and type(plain(first)) is type(plain(second))


@given(CELLS, CELLS)
def test_rows_have_equal_fingerprints_if_and_only_if_they_are_equal(first: object, second: object) -> None:
    values = pd.Series([None, None], dtype=object)
    values.iloc[0], values.iloc[1] = [first], [second]
    prints = row_fingerprints(pd.DataFrame({"x": values.map(lambda cell: cell[0])}))
    assert (prints.iloc[0] == prints.iloc[1]) == same(first, second)


def test_fingerprints_tell_columns_apart() -> None:
    prints = row_fingerprints(pd.DataFrame({"a": ["x", "y"], "b": ["y", "x"]}))
    assert prints.iloc[0] != prints.iloc[1]


def test_rows_of_no_columns_are_all_equal() -> None:
    assert row_fingerprints(pd.DataFrame(index=[1, 2])).nunique() == 1
