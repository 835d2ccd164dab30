from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

from intent_tf.columns.inference import infer_specification
from intent_tf.columns.kinds.date import MOST_DIFFERENCES, DateEncoder
from intent_tf.columns.kinds.registry import kind_of
from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.columns.raw_columns import raw_columns
from intent_tf.data.date_format import DateFormat
from intent_tf.data.specification import Column, FeatureSpecification


def date(name: str = "x", order: str = "Ymd", **written: Any) -> Column:
    return Column(name, "date", "string", written=DateFormat(order, **written))


def preprocessor(columns: list[Column], **cells: list[str]) -> Preprocessor:
    adapted = Preprocessor(FeatureSpecification(tuple(columns)))
    adapted.adapt(pd.DataFrame(cells))
    return adapted


def numbers(adapted: Preprocessor, **cells: list[str]) -> dict[str, list[float]]:
    raw = raw_columns(pd.DataFrame(cells), adapted.specification)
    return dict(zip(adapted.number_names, adapted.raw_numbers(raw).T.tolist(), strict=True))


def test_parts_of_the_calendar_are_cycles() -> None:
    parts = ("month", "day", "weekday", "hour")
    adapted = preprocessor([date(parts=parts)], x=["2023-01-01", "2023-12-31"])
    found = numbers(adapted, x=["2023-04-01 06:00"])  # a Saturday
    assert found["sine of month of x"][0] == pytest.approx(1)
    assert found["cosine of month of x"][0] == pytest.approx(0, abs=1e-6)
    assert (found["sine of day of x"][0], found["cosine of day of x"][0]) == (0, 1)
    assert found["sine of weekday of x"][0] == pytest.approx(np.sin(2 * np.pi * 5 / 7))
    assert (found["sine of hour of x"][0], found["cosine of hour of x"][0]) == pytest.approx((1, 0), abs=1e-6)


def test_only_parts_that_differ_are_told() -> None:
    adapted = preprocessor([date(parts=("weekday",))], x=["2023-01-01", "2023-01-02"])
    assert adapted.number_names == ("sine of weekday of x", "cosine of weekday of x", "position of x in days")
    assert adapted.category_names == ("weekday of x",)


def test_month_weekday_and_hour_are_categories_too() -> None:
    adapted = preprocessor([date(parts=("month", "day", "weekday", "hour"))], x=["2023-01-01", "2023-12-31"])
    raw = raw_columns(
        pd.DataFrame({"x": ["2023-01-02 00:00", "2023-12-31 23:59:59.999", ""]}), adapted.specification
    )
    week = "hour of the week of x"
    assert adapted.category_names == ("month of x", "weekday of x", "hour of x", week)
    assert adapted.category_sizes == (13, 8, 25, 169)
    assert adapted(raw)["categories"].numpy().tolist() == [[1, 1, 1, 1], [12, 7, 24, 168], [0] * 4]


def test_every_month_weekday_and_hour_has_its_own_id() -> None:
    adapted = preprocessor([date(parts=("month", "weekday", "hour"))], x=["2023-01-01", "2023-12-31"])
    hours = pd.date_range("2023-01-01", "2024-01-01", freq="7h")
    raw = raw_columns(pd.DataFrame({"x": hours}), adapted.specification)
    week = 24 * hours.weekday + hours.hour + 1
    expected = np.stack([hours.month, hours.weekday + 1, hours.hour + 1, week], axis=1)
    np.testing.assert_array_equal(adapted(raw)["categories"], expected)


def test_a_position_does_not_run_away_beyond_training_rows() -> None:
    adapted = preprocessor([date()], x=["2023-01-01", "2023-01-11", ""])
    found = numbers(adapted, x=["2023-01-01", "2023-01-06 12:00", "2050-01-01", "1999-01-01", ""])
    np.testing.assert_array_equal(found["position of x in days"], [0, 5.5, 10, 0, np.nan])


def test_the_days_between_two_dates_have_a_sign() -> None:
    adapted = preprocessor(
        [date("ordered"), date("sent", "dmY")],
        ordered=["2023-01-01", "2023-01-02"],
        sent=["1.1.2023", "2.1.2023"],
    )
    found = numbers(
        adapted, ordered=["2023-01-01", "2023-01-10", ""], sent=["3.1.2023 12:00", "09.01.2023", "1.1.2023"]
    )
    np.testing.assert_array_equal(found["days from ordered to sent"], [2.5, -1, np.nan])


def test_differences_are_those_of_instants() -> None:
    adapted = preprocessor(
        [date("a", offset=True), date("b")],
        a=["2023-01-01T00:00Z", "2023-01-02T00:00Z"],
        b=["2023-01-01", "2023-01-02"],
    )
    found = numbers(adapted, a=["2023-01-01T12:00+06:00"], b=["2023-01-01 12:00"])
    assert found["days from a to b"] == [0.25]


def test_ages_are_told_at_the_prediction_time() -> None:
    columns = [date("now", is_now=True), date("joined"), date("seen")]
    adapted = preprocessor(columns, **{each.name: ["2023-01-01", "2023-02-01"] for each in columns})
    found = numbers(adapted, now=["2023-02-01"], joined=["2023-01-01"], seen=["2023-02-03"])
    assert (found["days from joined to now"], found["days from seen to now"]) == ([31], [-2])
    assert found["days from joined to seen"] == [33]
    assert [name for name in adapted.number_names if name.startswith("days from now")] == []


def test_times_of_day_have_no_days_between_them_and_dates() -> None:
    columns = [date("opens", "HM"), date("closes", "HM"), date("day"), date("birthday", "md")]
    cells = {
        "opens": ["8:00", "9:00"],
        "closes": ["18:00", "20:00"],
        "day": ["2023-01-01", "2023-01-02"],
        "birthday": ["0101", "0203"],
    }
    adapted = preprocessor(columns, **cells)
    assert [name for name in adapted.number_names if "sine" not in name] == [
        "position of day in days",
        "days from opens to closes",
    ]


def test_of_very_many_pairs_the_nearest_are_kept() -> None:
    columns = [date(f"x{index}") for index in range(10)]
    cells = {
        f"x{index}": [f"{2000 + index // 5 * 10}-01-{1 + row:02}" for row in range(9)] for index in range(10)
    }
    adapted = preprocessor(columns, **cells)
    pairs = [name for name in adapted.number_names if name.startswith("days from")]
    assert len(pairs) == MOST_DIFFERENCES
    near = {
        f"days from x{a} to x{b}" for group in (range(5), range(5, 10)) for a in group for b in group if a < b
    }
    assert near <= set(pairs)


def test_what_was_learnt_comes_back_with_the_configuration() -> None:
    columns = [date(f"x{index}", parts=("month",)) for index in range(10)]
    cells = {
        f"x{index}": [f"{2000 + 7 * index % 5}-0{1 + row}-01" for row in range(9)] for index in range(10)
    }
    adapted = preprocessor(columns, **cells)
    again = Preprocessor.from_config(adapted.get_config())
    raw = raw_columns(pd.DataFrame(cells), adapted.specification)
    assert again.number_names == adapted.number_names
    np.testing.assert_array_equal(again.raw_numbers(raw), adapted.raw_numbers(raw))


def test_reading_writes_iso_8601_that_is_read_back_alike() -> None:
    column, kind = date(order="dmY", offset=True, zone="Europe/Berlin"), kind_of("date")
    cells = pd.Series(["1.2.2023 10:30:00+05:30", "25.12.2023", "31.02.2023", "", "1.7.2023 8:00 UTC"])
    read = kind.read(cells, column)
    assert read[0] == "2023-02-01T10:30:00.000000+05:30" and list(read[2:4]) == ["", ""]
    encoder = DateEncoder([column])
    dates = [
        encoder.entered(raw_columns(pd.DataFrame({"x": each}), FeatureSpecification((column,))))["x"]
        for each in (cells, read)
    ]
    np.testing.assert_array_equal(*dates)


def test_bins_are_of_days_and_of_times_of_day() -> None:
    binning = kind_of("date").binning
    assert binning.measure is not None
    np.testing.assert_array_equal(
        binning.measure(pd.Series(["1970-01-02T00:00:00", "", "1970-01-01T08:30:00"])), [86400, np.nan, 30600]
    )
    assert (binning.written(30600), binning.written(1674604800)) == ("08:30", "2023-01-25 00:00")


@pytest.mark.parametrize("order", ["Ymd", "dmY", "bdY", "seconds", "excel", "HM", "md"])
def test_sample_rows_are_dates_that_can_be_read(order: str) -> None:
    cells = [DateFormat(order, parts=("hour",)).write(86400 * row) for row in (19000, 19010, 19020)]
    column = date(order=order, parts=("hour",))
    adapted = preprocessor([column], x=cells)
    for row in (0, 1):
        cell = kind_of("date").sample(column, adapted.encoders["date"], row, lambda name, at: 5.0 + at)
        assert np.isfinite(numbers(adapted, x=[cell])[adapted.number_names[0]]).all()


def test_the_specification_tells_how_dates_are_written() -> None:
    frame = pd.DataFrame({"x": ["25.01.2023 8:00", "26.02.2023 9:00"] * 10, "bought": [0, 1] * 10})
    specification = infer_specification(frame, "bought", now="x")
    assert (
        "x       date   string as 31/01/2023 13:05:00 (day first, prediction time)"
        in specification.describe()
    )
    assert FeatureSpecification.from_config(specification.get_config()) == specification


@pytest.mark.guard
def test_a_model_reloads_and_exports_with_dates(tmp_path: Any) -> None:
    from intent_tf.columns.prepared import preprocess_data
    from intent_tf.options.training import TrainingConfig
    from intent_tf.serving.export import export_saved_model
    from intent_tf.serving.served_model import ServedModel
    from intent_tf.training.training import create_model

    rng = np.random.default_rng(0)
    days = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 300 * 86400, 200), unit="s")
    frame = pd.DataFrame(
        {
            "x": days.strftime("%d/%m/%Y %H:%M"),
            "y": (days + pd.Timedelta(days=3)).astype(str),
            "bought": [0, 1] * 100,
        }
    )
    data = preprocess_data(frame, "bought", verbose=False)
    model = create_model(data, TrainingConfig(ensemble_size=2))
    model.save(tmp_path / "model.keras")
    export_saved_model(model, tmp_path / "1")
    odd = pd.DataFrame(
        {
            "x": ["", "0000-00-00", "2023-01-25", "x", "25/1/2023 8:00"],
            "y": ["9999-12-31", "?", "", "2023-1-5", "1e9"],
        }
    )
    expected = model.predict(odd)
    np.testing.assert_allclose(
        keras.models.load_model(tmp_path / "model.keras").predict(odd), expected, rtol=0, atol=1e-6
    )
    np.testing.assert_allclose(ServedModel(tmp_path / "1").predict(odd), expected, rtol=0, atol=1e-6)
