from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.data.date_format import TEXT_ORDERS
from intent_tf.errors import InputError
from intent_tf.layers.parsed_dates import ParsedDates

DAYS = st.datetimes(datetime(1800, 1, 1), datetime(2199, 12, 31, 23, 59, 59))
ALL = [ParsedDates(order, offset=True, meridiem=True) for order in (*TEXT_ORDERS, "seconds", "excel")]
THIS_CENTURY = st.datetimes(datetime(1969, 1, 1), datetime(2068, 12, 31, 23, 59, 59))


def read(layer: ParsedDates, *texts: str) -> np.ndarray:
    return np.asarray(layer(tf.constant(texts, tf.string)))


def clock(layer: ParsedDates, text: str) -> str:
    [[seconds, _]] = read(layer, text)
    return "" if np.isnan(seconds) else str(np.datetime64(round(seconds * 1000), "ms"))


@pytest.mark.parametrize(
    ("order", "text", "day"),
    [
        ("Ymd", "2023-01-25", "2023-01-25"),
        ("Ymd", " 2023/1/5 ", "2023-01-05"),
        ("Ymd", "2023.01.25", "2023-01-25"),
        ("Ymd", "20230125", "2023-01-25"),
        ("Ymd", "2023年1月25日", "2023-01-25"),
        ("Ymd", "2024-02-29", "2024-02-29"),
        ("dmY", "25/1/2023", "2023-01-25"),
        ("dmY", "25.01.2023", "2023-01-25"),
        ("mdY", "1/25/2023", "2023-01-25"),
        ("dmy", "25.01.23", "2023-01-25"),
        ("mdy", "1/25/68", "2068-01-25"),
        ("mdy", "1/25/69", "1969-01-25"),
        ("dbY", "25-Jan-2023", "2023-01-25"),
        ("dbY", "Wed, 25 January 2023", "2023-01-25"),
        ("dby", "25-SEP-23", "2023-09-25"),
        ("bdY", "Jan 25, 2023", "2023-01-25"),
        ("bdY", "April 5th 2023", "2023-04-05"),
        ("md", "0829", "2000-08-29"),
        ("md", "829", "2000-08-29"),
        ("excel", "44951", "2023-01-25"),
        ("excel", "44951.0", "2023-01-25"),
    ],
)
def test_a_date_is_read(order: str, text: str, day: str) -> None:
    assert clock(ParsedDates(order), text) == f"{day}T00:00:00.000"


@pytest.mark.parametrize(
    ("order", "text", "time"),
    [
        ("Ymd", "2023-01-25 9:05", "2023-01-25T09:05:00.000"),
        ("Ymd", "2023-01-25T10:30:15.250", "2023-01-25T10:30:15.250"),
        ("Ymd", "20230125103015", "2023-01-25T10:30:15.000"),
        ("Ymd", "2023年1月25日 10时30分", "2023-01-25T10:30:00.000"),
        ("dmY", "25.1.2023 9:05", "2023-01-25T09:05:00.000"),
        ("HM", "8:00", "1970-01-01T08:00:00.000"),
        ("HM", "08:00:00.000000", "1970-01-01T08:00:00.000"),
        ("seconds", "1674642615", "2023-01-25T10:30:15.000"),
        ("seconds", "1674642615.25", "2023-01-25T10:30:15.250"),
        ("milliseconds", "1674642615250", "2023-01-25T10:30:15.250"),
        ("microseconds", "1674642615250000", "2023-01-25T10:30:15.250"),
        ("excel", "44951.5", "2023-01-25T12:00:00.000"),
    ],
)
def test_a_time_is_read(order: str, text: str, time: str) -> None:
    assert clock(ParsedDates(order), text) == time


@pytest.mark.parametrize(
    ("text", "hour"), [("3:05 PM", 15), ("12:05 am", 0), ("12:05 p.m.", 12), ("03:05AM", 3), ("15:05", 15)]
)
def test_am_and_pm_are_read(text: str, hour: int) -> None:
    assert clock(ParsedDates("mdY", meridiem=True), f"1/25/2023 {text}") == f"2023-01-25T{hour:02}:05:00.000"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "0000-00-00",
        "9999-12-31",
        "1799-12-31",
        "2200-01-01",
        "2023-02-29",
        "2023-13-01",
        "2023-00-10",
        "2023-01-25 24:00",
        "2023-01-25 10:60",
        "2023-01-25 10:30 and more",
        "1674642615",
        "2023012",
        "\x01",
        "\ud7ff2023-01-25",
    ],
)
def test_what_is_no_date_is_missing(text: str) -> None:
    assert np.isnan(read(ParsedDates(), text)).all()


def test_the_epoch_itself_means_that_there_is_none() -> None:
    assert np.isnan(read(ParsedDates("seconds"), "0", "")).all()


@pytest.mark.parametrize("order", [*TEXT_ORDERS, "seconds", "excel"])
def test_iso_8601_is_read_beside_every_order(order: str) -> None:
    assert clock(ParsedDates(order), "2023-01-25T10:30:00") == "2023-01-25T10:30:00.000"


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("T10:30Z", 10.5),
        ("T10:30+01:00", 9.5),
        (" 10:30:00-0530", 16),
        (" 10:30 UTC", 10.5),
        (" 10:30", 10.5),
    ],
)
def test_an_offset_moves_the_instant_and_not_the_clock(text: str, hours: float) -> None:
    [[shown, instant]] = read(ParsedDates(offset=True), "1970-01-01" + text)
    assert (shown, instant) == (10.5 * 3600, hours * 3600)


def test_an_offset_that_training_rows_did_not_have_is_not_passed_over_in_silence() -> None:
    assert np.isnan(read(ParsedDates(), "2023-01-25 10:30+01:00")).all()


def test_a_declared_zone_gives_wall_clocks_an_instant() -> None:
    layer = ParsedDates(zone="America/New_York")
    summer, winter = read(layer, "2023-07-01 12:00", "2023-01-01 12:00")
    assert (summer[1] - summer[0], winter[1] - winter[0]) == (4 * 3600, 5 * 3600)


def test_a_declared_zone_gives_instants_a_wall_clock() -> None:
    [[shown, instant]] = read(ParsedDates("seconds", zone="Asia/Shanghai"), "1674604800")
    assert (instant, shown) == (1674604800, 1674604800 + 8 * 3600)


def test_an_unknown_zone_or_order_is_an_error() -> None:
    with pytest.raises(InputError, match="unknown zone 'Europe/Berlim'"):
        ParsedDates(zone="Europe/Berlim")
    with pytest.raises(InputError, match="unknown order 'YYYY'"):
        ParsedDates("YYYY")


def test_a_bad_cell_spoils_no_other() -> None:
    seconds = read(ParsedDates("seconds"), "86400", "12abc", "1e400", "172800")[:, 0]
    np.testing.assert_array_equal(seconds, [86400, np.nan, np.nan, 172800])


def test_the_shape_of_the_input_is_kept() -> None:
    texts = tf.constant([["2023-01-25", "x"], ["", "1970-01-02"]])
    dates = ParsedDates()(texts)
    assert dates.shape == (2, 2, 2) and dates.numpy()[1, 1].tolist() == [86400, 86400]


@pytest.mark.parametrize("order", ["Ymd", "dmY", "mdY", "dbY", "bdY"])
@settings(deadline=None)
@given(moment=DAYS)
def test_every_date_that_python_writes_is_read_as_python_reads_it(order: str, moment: datetime) -> None:
    text = moment.strftime(TEXT_ORDERS[order][0] + " %H:%M:%S.%f")
    [[shown, _]] = read(ParsedDates(order), text)
    assert shown == pytest.approx((moment - datetime(1970, 1, 1)).total_seconds(), abs=2e-6)


@pytest.mark.parametrize("order", ["dmy", "mdy", "dby"])
@settings(deadline=None)
@given(moment=THIS_CENTURY)
def test_years_of_two_digits_are_read_as_python_reads_them(order: str, moment: datetime) -> None:
    pattern = TEXT_ORDERS[order][0]
    expected = datetime.strptime(moment.strftime(pattern), pattern)
    [[shown, _]] = read(ParsedDates(order), moment.strftime(pattern))
    assert shown == (expected - datetime(1970, 1, 1)).total_seconds()


@settings(deadline=None)
@given(moment=DAYS, minutes=st.integers(-14 * 60, 14 * 60))
def test_offsets_are_read_as_python_reads_them(moment: datetime, minutes: int) -> None:
    moment = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    [[_, instant]] = read(ParsedDates(offset=True), moment.isoformat())
    assert instant == (moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()


@settings(deadline=None)
@given(text=st.text(alphabet="0123456789-/.: TZ+年月日apmJn,\x01e", max_size=24))
def test_no_text_fails_the_batch(text: str) -> None:
    for layer in ALL:
        assert read(layer, text, "2023-01-25")[1, 0] == 1674604800


def test_an_exported_layer_reads_the_same(tmp_path: Path) -> None:
    layer = ParsedDates("dmY", offset=True, meridiem=True, zone="Europe/Berlin")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    module = tf.Module()
    module.layer = again
    module.read = tf.function(again, input_signature=[tf.TensorSpec((None,), tf.string)])
    tf.saved_model.save(module, str(tmp_path))
    texts = tf.constant(["25.1.2023 3:05 PM", "2023-07-01T12:00:00+01:00", "x", ""])
    np.testing.assert_array_equal(tf.saved_model.load(str(tmp_path)).read(texts), layer(texts))
