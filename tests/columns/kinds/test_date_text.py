from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from intent_tf.columns.inference import infer_specification
from intent_tf.data.date_format import DateFormat
from intent_tf.data.specification import Column, FeatureSpecification
from intent_tf.errors import InputError

ROWS = 400
RNG = np.random.default_rng(0)
MOMENTS = [
    pd.Timestamp("2023-01-01") + pd.Timedelta(minutes=37 * row) for row in RNG.integers(30_000, size=ROWS)
]
SECONDS = [int(each.timestamp()) for each in MOMENTS]


def infer(cells: Any, **options: Any) -> FeatureSpecification:
    frame = pd.DataFrame(
        {"x": list(cells), "y": RNG.normal(size=len(cells)), "bought": [0, 1] * (len(cells) // 2)}
    )
    return infer_specification(frame, "bought", **options)


def column(cells: Any, dates: str = "") -> Column:
    return infer(cells, dates={"x": dates} if dates else None)["x"]


def written(cells: Any, dates: str = "") -> DateFormat:
    found = column(cells, dates)
    assert found.kind == "date" and isinstance(found.written, DateFormat)
    return found.written


@pytest.mark.parametrize(
    ("pattern", "order"),
    [
        ("%Y-%m-%d", "Ymd"),
        ("%Y/%m/%d", "Ymd"),
        ("%Y%m%d", "Ymd"),
        ("%Y%m%d%H%M%S", "Ymd"),
        ("%Y年%m月%d日", "Ymd"),
        ("%d.%m.%Y", "dmY"),
        ("%d/%m/%Y", "dmY"),
        ("%m/%d/%Y", "mdY"),
        ("%d.%m.%y", "dmy"),
        ("%m/%d/%y", "mdy"),
        ("%d-%b-%Y", "dbY"),
        ("%d-%b-%y", "dby"),
        ("%b %d, %Y", "bdY"),
        ("%A, %B %d, %Y", "bdY"),
        ("%H:%M", "HM"),
    ],
)
def test_the_order_is_found_where_it_is_plain(pattern: str, order: str) -> None:
    assert written([each.strftime(pattern) for each in MOMENTS]).order == order


def test_offsets_and_halves_of_days_are_found() -> None:
    plain = written([each.isoformat() for each in MOMENTS])
    assert (plain.offset, plain.meridiem) == (False, False)
    assert written([each.isoformat() + "+01:00" for each in MOMENTS]).offset
    assert written([each.strftime("%m/%d/%Y %I:%M %p") for each in MOMENTS]).meridiem


def test_parts_in_which_training_rows_do_not_differ_are_left_out() -> None:
    assert written([f"2023-01-{1 + row % 9:02}" for row in range(ROWS)]).parts == ("day", "weekday")
    assert written([each.strftime("%H:%M") for each in MOMENTS]).parts == ("hour",)
    assert written(MOMENTS).parts == ("month", "day", "weekday", "hour")


@pytest.mark.parametrize("factor", [1, 1000, 1_000_000])
def test_epochs_of_which_most_differ_are_dates(factor: int) -> None:
    order = {1: "seconds", 1000: "milliseconds", 1_000_000: "microseconds"}[factor]
    assert written([each * factor for each in SECONDS]).order == order
    assert written([float(each * factor) for each in SECONDS]).order == order
    assert written([str(each * factor) for each in SECONDS]).order == order


@pytest.mark.parametrize(
    "cells",
    [
        RNG.integers(10**9, 10**10, ROWS),  # phone numbers
        1_000_000_000 + np.arange(ROWS) * 2,  # a running number
        RNG.choice(SECONDS[:5], ROWS),  # an amount that comes again
        RNG.integers(10_000_000, 99_999_999, ROWS),  # eight digits that are no days
        RNG.integers(36526, 50000, ROWS),  # Excel's days, or anything else
        RNG.integers(100, 2300, ROWS),
        RNG.integers(1990, 2024, ROWS),
        [20230125, 20231350] * (ROWS // 2),
    ],
)
def test_bare_numbers_that_need_not_be_dates_are_numbers(cells: Any) -> None:
    assert column(cells).kind == "number"


@pytest.mark.parametrize(
    "cells",
    [
        ["1.10.2", "2.0.11", "1.9.30"],
        ["10-11-12", "01-02-03"],
        ["2023-99-99", "1234-56-78"],
        ["45:10", "90:00"],
        ["10.0.0.1", "10.0.0.2"],
        ["May", "June"],
    ],
)
def test_codes_are_no_dates(cells: list[str]) -> None:
    assert column((cells * ROWS)[:ROWS]).kind == "category"


def test_where_nothing_decides_between_day_and_month_is_an_error_that_names_the_option() -> None:
    cells = [f"{1 + row % 12:02}/{1 + row % 11:02}/2023" for row in range(ROWS)]
    message = r"column 'x': nothing decides whether '.*/2023' has the day .*--dates x=day-first"
    with pytest.raises(InputError, match=message):
        infer(cells)
    assert (written(cells, "day-first").order, written(cells, "month-first").order) == ("dmY", "mdY")


def test_a_column_that_has_both_is_an_error() -> None:
    with pytest.raises(InputError, match=r"'25/01/2023' has the day first and '01/26/2023' the month"):
        infer(["25/01/2023", "01/26/2023"] * (ROWS // 2))


def test_days_stand_first_before_points() -> None:
    assert written(["01.02.2023", "03.02.2023"] * (ROWS // 2)).order == "dmY"


def test_month_and_day_without_a_year_need_the_option() -> None:
    cells = [each.strftime("%m%d") for each in pd.date_range("2023-01-01", periods=ROWS)]
    with pytest.raises(InputError, match=r"'0101' may be month and day, a time of day or a code.*--dates x="):
        infer(cells)
    assert written(cells, "MMDD").parts == ("month", "day")
    assert infer(cells, kinds={"x": "category"})["x"].kind == "category"


def test_excels_days_need_the_option() -> None:
    assert written(RNG.integers(44000, 45000, ROWS), "excel").order == "excel"


def test_a_zone_can_be_said_with_or_without_an_order() -> None:
    assert written(SECONDS, "Asia/Shanghai").zone == "Asia/Shanghai"
    both = written([each.strftime("%d/%m/%Y") for each in MOMENTS], "day-first Europe/Paris")
    assert (both.order, both.zone) == ("dmY", "Europe/Paris")


def test_an_unknown_word_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"--dates says 'dayfirst' \(did you mean 'day-first'\?\)"):
        infer(MOMENTS, dates={"x": "dayfirst"})


def test_a_column_that_is_said_to_hold_dates_and_does_not_is_an_error() -> None:
    with pytest.raises(InputError, match="column 'x': found 'red' where a date belongs"):
        infer(["red", "blue"] * (ROWS // 2), kinds={"x": "date"})


def test_what_stands_for_none_is_missing_and_told() -> None:
    days = [each.strftime("%Y-%m-%d") for each in MOMENTS]
    days[:150] = ["0000-00-00"] * 100 + ["9999-12-31"] * 40 + ["n/a", ""] * 5
    assert column(days).missing == ("0000-00-00", "9999-12-31")
    days[0] = "soon"
    assert column(days).missing == ("0000-00-00", "9999-12-31", "soon")


def test_one_cell_in_ten_that_is_no_date_makes_another_kind() -> None:
    assert column([*[each.strftime("%Y-%m-%d") for each in MOMENTS[:360]], *["soon"] * 40]).kind == "category"


def test_dates_in_several_types_are_one_kind() -> None:
    day = pd.Timestamp("2023-01-25")
    for cells in ([day, None], [day.date(), None], [day.tz_localize("UTC"), None], ["2023-01-25", day]):
        values = [*cells, day - pd.Timedelta(days=1), str((day + pd.Timedelta(days=1)).date())]
        same = (
            values if isinstance(cells[0], str) else [*cells[:1], cells[0] + pd.Timedelta(days=1), None, None]
        )
        assert column((same * ROWS)[:ROWS]).kind == "date"
