from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from intent_tf.data.splitting import PARTS, PartCounts, Split, SplitPlan, split
from intent_tf.errors import InputError


def table(rows: int, users: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "user_id": [f"user{number}" for number in rng.integers(users, size=rows)],
            "pages": rng.integers(20, size=rows),
            "prices": [[float(number)] for number in rng.integers(3, size=rows)],
            "day": pd.Timestamp("2026-11-24") + pd.to_timedelta(rng.integers(99, size=rows), unit="D"),
        }
    )
    return frame, rng.integers(2, size=rows).astype(np.float32)


def divided(frame: pd.DataFrame, label: np.ndarray, plan: SplitPlan, **options: Any) -> Split:
    return split(frame, label, plan, features=["pages", "prices"], **options)


SIZES = {"rows": st.integers(150, 400), "seed": st.integers(0, 999)}


@settings(max_examples=30, deadline=None)
@given(**SIZES, users=st.integers(40, 150))
def test_no_user_is_in_two_parts(rows: int, seed: int, users: int) -> None:
    parts = divided(*table(rows, users, seed), SplitPlan(group="user_id"), seed=seed)
    users_of = [set(getattr(parts, name)["user_id"]) for name in PARTS]
    assert sum(map(len, users_of)) == len(set.union(*users_of))


@settings(max_examples=30, deadline=None)
@given(**SIZES)
def test_no_record_made_twice_is_in_two_parts(rows: int, seed: int) -> None:
    frame, _ = table(rows, 9, seed)
    frame["pages"] = np.arange(rows) % (rows * 2 // 3)
    parts = divided(
        frame.assign(prices=[[9.5]] * rows), frame["pages"].to_numpy() % 2, SplitPlan(), seed=seed
    )
    assert parts.description.method == "random, stratified, grouped by duplicate rows"
    rows_of = [
        set(getattr(parts, name)[["pages", "prices"]].astype(str).agg("|".join, axis=1)) for name in PARTS
    ]
    assert sum(map(len, rows_of)) == len(set.union(*rows_of))


@settings(max_examples=30, deadline=None)
@given(**SIZES, users=st.integers(200, 900))
def test_no_user_returns_after_a_split_by_time(rows: int, seed: int, users: int) -> None:
    frame, label = table(rows, users, seed)
    try:
        parts = divided(frame, label, SplitPlan(group="user_id", time="day"))
    except InputError:
        assume(False)
    users_of = [set(getattr(parts, name)["user_id"]) for name in PARTS]
    assert sum(map(len, users_of)) == len(set.union(*users_of))
    assert parts.train["day"].max() <= parts.validation["day"].min()
    assert parts.validation["day"].max() <= parts.test["day"].min()


@settings(max_examples=20, deadline=None)
@given(**SIZES)
def test_every_row_is_in_one_part_or_counted_as_set_aside(rows: int, seed: int) -> None:
    frame, label = table(rows, 600, seed)
    for plan in (SplitPlan(), SplitPlan(group="user_id"), SplitPlan(time="day", group="user_id")):
        parts = divided(frame, label, plan)
        indices = np.concatenate([getattr(parts, name).index for name in PARTS])
        aside = parts.description.set_aside_because_group_returns_later or 0
        assert len(set(indices)) == len(indices) == rows - aside


FRAME, LABEL = table(1000, 800, 0)


def test_the_shares_are_those_that_were_asked_for() -> None:
    frame = FRAME.assign(pages=range(1000))  # no duplicates
    parts = divided(frame, LABEL, SplitPlan(test_fraction=0.3, validation_fraction=0.2))
    assert [len(getattr(parts, name)) for name in PARTS] == [560, 140, 300]


def test_every_part_has_the_same_rate_of_purchases() -> None:
    frame, label = FRAME.assign(pages=range(1000)), (np.arange(1000) % 10 == 0).astype(np.float32)
    description = divided(frame, label, SplitPlan()).description
    assert [getattr(description, name) for name in PARTS] == [
        PartCounts(rows=720, positives=72),
        PartCounts(rows=80, positives=8),
        PartCounts(rows=200, positives=20),
    ]


def test_the_seed_decides_the_split() -> None:
    first, again, other = (divided(FRAME, LABEL, SplitPlan(), seed=seed).test.index for seed in (1, 1, 2))
    assert first.equals(again) and not first.equals(other)


def test_rows_keep_their_index() -> None:
    frame = FRAME.set_axis(range(2, 1002))
    parts = divided(frame, LABEL, SplitPlan())
    pd.testing.assert_frame_equal(parts.test, frame.loc[parts.test.index])


def test_equal_times_fall_into_one_part() -> None:
    frame = FRAME.assign(day=np.arange(1000) // 200, user_id=range(1000))
    parts = divided(frame, LABEL, SplitPlan(time="day", group="user_id", validation_fraction=0.3))
    assert [sorted(set(getattr(parts, name)["day"])) for name in PARTS] == [[0, 1, 2], [3], [4]]


def test_dates_written_as_text_are_put_in_the_order_of_time() -> None:
    days = pd.date_range("2026-01-05", periods=1000).astype(str)
    frame = FRAME.assign(day=np.random.default_rng(0).permutation(days), user_id=range(1000))
    parts = divided(frame, LABEL, SplitPlan(time="day", group="user_id"))
    assert sorted(parts.test["day"]) == list(days[-200:])


def test_texts_of_other_offsets_are_put_in_the_order_of_time() -> None:
    frame = table(40, 40, 3)[0].assign(user_id=range(40))
    times = [f"2026-11-24T{hour:02}:30:00+00:00" for hour in range(20)]
    times += [f"2026-11-24T{hour + 3:02}:00:00+03:00" for hour in range(20)]  # half an hour before each
    parts = divided(frame.assign(day=times), np.arange(40) % 2, SplitPlan(time="day", group="user_id"))
    assert sorted(parts.test.index) == [16, 17, 18, 19, 36, 37, 38, 39]


def test_a_date_that_cannot_be_parsed_is_refused_with_its_row() -> None:
    frame = FRAME.assign(day=["2026-11-24"] * 997 + ["24/11/2026", "yesterday", "2026-11-24"])
    message = (
        r"shop.csv, row 997, column 'day': found '24/11/2026' \(2 such rows\); expected .* ISO 8601 date"
    )
    with pytest.raises(InputError, match=message):
        divided(frame, LABEL, SplitPlan(time="day"), file="shop.csv")


@pytest.mark.parametrize("plan", [SplitPlan(time="day"), SplitPlan(group="user_id")])
@pytest.mark.parametrize("nothing", [None, ""])
def test_a_missing_value_to_split_by_is_refused_with_its_row(plan: SplitPlan, nothing: object) -> None:
    name = plan.time or plan.group
    frame = FRAME.astype({name: object})
    frame.loc[5, name] = nothing
    with pytest.raises(
        InputError, match=f"shop.csv, row 5, column '{name}': the value to split by is missing"
    ):
        divided(frame, LABEL, plan, file="shop.csv")


@pytest.mark.parametrize("plan", [SplitPlan(time="dya"), SplitPlan(group="dya"), SplitPlan(column="dya")])
def test_a_column_to_split_by_that_is_not_there_is_named(plan: SplitPlan) -> None:
    with pytest.raises(InputError, match=r"shop.csv: no column 'dya' to split by; expected user_id, pages"):
        divided(FRAME, LABEL, plan, file="shop.csv")


def test_a_column_may_say_the_part() -> None:
    frame = FRAME.assign(part=np.repeat(["test", "train", "validation"], [100, 800, 100]))
    parts = divided(frame, LABEL, SplitPlan(column="part"))
    assert parts.test.index.tolist() == list(range(100))


def test_a_column_that_says_another_part_is_refused_with_its_row() -> None:
    frame = FRAME.assign(part=["train"] * 998 + ["dev", "test"])
    message = "row 998, column 'part': found 'dev' .*; expected 'train' or 'validation' or 'test'"
    with pytest.raises(InputError, match=message):
        divided(frame, LABEL, SplitPlan(column="part"))


def test_a_part_of_one_class_is_refused() -> None:
    frame = FRAME.assign(part=["train"] * 998 + ["validation", "test"])
    with pytest.raises(InputError, match="the validation part has 1 rows, all of one class or none"):
        divided(frame, LABEL, SplitPlan(column="part"))


def test_one_user_without_a_purchase_is_no_obstacle() -> None:
    label = np.tile([0.0, 1.0], 500)
    frame = FRAME.assign(user_id=np.arange(1000) // 20)
    label[:20] = 0.0
    assert len(divided(frame, label, SplitPlan(group="user_id")).test) == 200


def test_a_table_too_small_to_split_is_refused() -> None:
    with pytest.raises(InputError, match=r"the table is too small to split \(1 rows, 1 purchases"):
        divided(FRAME[:1], np.array([1]), SplitPlan())


TEST_ROWS, TEST_LABEL = table(100, 30, 7)


def test_test_rows_given_separately_are_tested_as_they_are() -> None:
    parts = divided(FRAME, LABEL, SplitPlan(), test=TEST_ROWS, test_label=TEST_LABEL)
    assert parts.test is TEST_ROWS and parts.description.test.positives == TEST_LABEL.sum()


@pytest.mark.parametrize("plan", [SplitPlan(group="user_id"), SplitPlan(group="user_id", time="day")])
def test_users_of_the_test_rows_are_set_aside_and_counted(plan: SplitPlan) -> None:
    known = FRAME["user_id"].isin(TEST_ROWS["user_id"])
    parts = divided(FRAME, LABEL, plan, test=TEST_ROWS, test_label=TEST_LABEL)
    assert parts.description.set_aside_because_group_is_in_test_rows == known.sum() > 0
    assert not {*parts.train["user_id"], *parts.validation["user_id"]} & {*TEST_ROWS["user_id"]}


def test_rows_alike_to_a_test_row_are_set_aside_whatever_the_type_of_their_numbers() -> None:
    test = TEST_ROWS.assign(pages=np.arange(1000.0, 1100.0))
    frame, label = FRAME.assign(pages=FRAME.index), LABEL
    test.loc[0, "pages"], test.at[0, "prices"] = 500.0, frame["prices"][500]
    parts = divided(frame, label, SplitPlan(), test=test[["pages", "prices"]], test_label=TEST_LABEL)
    assert 500 not in parts.train.index and 500 not in parts.validation.index


@pytest.mark.parametrize("plan", [SplitPlan(), SplitPlan(time="day")])
def test_rows_that_are_alike_by_chance_are_split_one_by_one(plan: SplitPlan) -> None:
    frame = FRAME.assign(pages=FRAME["pages"] % 3)
    parts = divided(frame, LABEL, plan)
    assert [len(getattr(parts, name)) for name in PARTS] == pytest.approx([720, 80, 200], abs=20)
    assert not parts.description.set_aside_because_group_returns_later
    cells = parts.test["pages"].value_counts(normalize=True)
    assert cells.to_numpy() == pytest.approx(frame["pages"].value_counts(normalize=True), abs=0.08)


def test_test_rows_take_no_row_away_that_is_alike_by_chance() -> None:
    frame = FRAME.assign(pages=FRAME["pages"] % 3)
    test = TEST_ROWS.assign(pages=TEST_ROWS["pages"] % 3)
    parts = divided(frame, LABEL, SplitPlan(), test=test, test_label=TEST_LABEL)
    assert len(parts.train) + len(parts.validation) == len(frame)
    assert parts.description.set_aside_because_group_is_in_test_rows == 0


def test_test_rows_without_the_column_of_groups_are_refused() -> None:
    with pytest.raises(InputError, match="the test table has no column 'user_id' to split by"):
        divided(FRAME, LABEL, SplitPlan(group="user_id"), test=TEST_ROWS[["pages"]], test_label=TEST_LABEL)
