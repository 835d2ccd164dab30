from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from intent_tf.columns.prepared import PreparedData, preprocess_data
from intent_tf.data.splitting import SplitPlan
from intent_tf.errors import InputError

ROWS = 200
RNG = np.random.default_rng(0)
ORDERED = pd.Series(pd.Timestamp("2023-01-01") + pd.to_timedelta(RNG.permutation(ROWS), unit="D"))


def prepared(now: str | None = None, time: str | None = None, **columns: Any) -> PreparedData:
    frame = pd.DataFrame(
        {
            "ordered": ORDERED.dt.strftime("%d.%m.%Y"),
            **columns,
            "pages": RNG.normal(size=ROWS),
            "bought": RNG.integers(2, size=ROWS),
        }
    )
    return preprocess_data(frame, "bought", plan=SplitPlan(time=time), now=now, verbose=False)


def shifted(days: Any) -> list[str]:
    return (ORDERED + pd.to_timedelta(days, unit="D")).astype(str).tolist()


def test_rows_are_split_by_dates_in_any_spelling() -> None:
    data = prepared(time="ordered")
    parts = [
        pd.to_datetime(each.frame["ordered"], dayfirst=True)
        for each in (data.train, data.validation, data.test)
    ]
    assert parts[0].max() < parts[1].min() and parts[1].max() < parts[2].min()


def test_a_row_without_a_date_to_split_by_is_refused() -> None:
    with pytest.raises(InputError, match=r"row 7, column 'when': found '0000-00-00'.*string as 31/01/2023"):
        prepared(
            time="when",
            when=[*ORDERED.dt.strftime("%d.%m.%Y")[:7], "0000-00-00", *ORDERED.dt.strftime("%d.%m.%Y")[8:]],
        )


@pytest.mark.parametrize("option", ["now", "time"])
def test_a_date_that_lies_after_the_prediction_time_is_told(option: str) -> None:
    [warning] = prepared(**{option: "ordered"}, paid=shifted(RNG.integers(1, 9, ROWS))).facts.warnings
    assert warning.startswith("'paid' lies after 'ordered' in 100% of the rows, such as row ")
    assert warning.endswith("--drop paid")


def test_earlier_dates_and_a_few_later_ones_are_not_told() -> None:
    few = [3] * 5 + [-3] * (ROWS - 5)
    assert not prepared(now="ordered", joined=shifted(few)).facts.warnings


def test_a_time_of_the_same_day_is_not_later_than_the_day() -> None:
    assert not prepared(now="ordered", clicked=shifted(RNG.uniform(0, 0.99, ROWS))).facts.warnings
