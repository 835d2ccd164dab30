"""Logs as they come: mapped columns, times of all kinds, and rows that are rejected with their reason."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from intent_tf.data.event_log import LogFormat
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import Prepared, prepare_examples
from intent_tf.errors import InputError

ROW = {
    "user_id": "ann",
    "timestamp": "2024-01-05 10:00:00",
    "event_type": "detail",
    "item_id": "a",
    "price": "3.5",
}
EVERY = ExampleDefinition(prediction_times="every")


def prepare(*changes: dict[str, object], columns: LogFormat | None = None) -> Prepared:
    """Prepare a log of one good row (of another user) and one row for each change."""
    rows = [ROW | {"user_id": "bob"}, *(ROW | change for change in changes)]
    return prepare_examples(pd.DataFrame(rows), EVERY, columns)


def moment_of(timestamp: object, **log_format: str) -> pd.Timestamp:
    log = pd.DataFrame([ROW | {"timestamp": timestamp}])
    prediction_time: pd.Timestamp = prepare_examples(log, EVERY, LogFormat(**log_format)).examples[
        "prediction_time"
    ][0]  # type: ignore[arg-type]
    return prediction_time


@pytest.mark.parametrize(
    ("timestamp", "instant"),
    [
        ("2024-01-05 10:00:00", "2024-01-05T10:00:00Z"),
        ("2024-01-05 10:00:00 UTC", "2024-01-05T10:00:00Z"),
        ("2024-01-05T10:00:00.123456Z", "2024-01-05T10:00:00.123456Z"),
        ("2024-01-05T10:00:00+05:30", "2024-01-05T04:30:00Z"),
        ("2024-01-05 10:00:00-0800", "2024-01-05T18:00:00Z"),
        ("2024-01-05", "2024-01-05T00:00:00Z"),
        ("1704448800", "2024-01-05T10:00:00Z"),
        (1704448800.25, "2024-01-05T10:00:00.25Z"),
        (1704448800123, "2024-01-05T10:00:00.123Z"),
        ("1704448800123456", "2024-01-05T10:00:00.123456Z"),
        (pd.Timestamp("2024-01-05T10:00:00+01:00"), "2024-01-05T09:00:00Z"),
    ],
)
def test_times_are_read(timestamp: object, instant: str) -> None:
    assert moment_of(timestamp) == pd.Timestamp(instant)


def test_a_time_zone_counts_for_times_that_name_none() -> None:
    assert moment_of("2024-01-05 10:00:00", timezone="Asia/Shanghai") == pd.Timestamp("2024-01-05T02:00:00Z")
    assert moment_of("2024-01-05 10:00:00Z", timezone="Asia/Shanghai") == pd.Timestamp("2024-01-05T10:00:00Z")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../UTC"])
def test_a_time_zone_that_is_none_is_refused(zone: str) -> None:
    with pytest.raises(InputError, match="no time zone"):
        LogFormat(timezone=zone)


def test_a_time_format_reads_other_texts() -> None:
    assert moment_of("05/01/2024 10h", time_format="%d/%m/%Y %Hh") == pd.Timestamp("2024-01-05T10:00:00Z")


def test_events_are_ordered_by_time_whatever_the_order_of_the_rows() -> None:
    later = {"timestamp": "2024-01-05T12:20:00+02:00", "item_id": "b"}  # 10:20 UTC
    examples = prepare(later, {}).examples
    assert examples["item_id"].iloc[1].tolist() == ["a", "b"]


def test_at_the_same_instant_a_view_comes_before_the_cart() -> None:
    assert prepare({"event_type": "cart"}, {}).examples["events"].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"user_id": ""}, "no user_id"),
        ({"user_id": None}, "no user_id"),
        ({"user_id": "x" * 10_000_000}, "user_id longer than 256 characters"),
        ({"timestamp": ""}, "no timestamp"),
        ({"timestamp": "yesterday"}, "timestamp is no time"),
        ({"timestamp": "2024-02-30"}, "timestamp is no time"),
        ({"timestamp": "1e300"}, "timestamp is no time"),
        ({"timestamp": "2099-01-01"}, "timestamp in the future"),
        ({"event_type": " "}, "no event_type"),
        ({"timestamp": "1902-03-13"}, "timestamp before 1990"),
    ],
)
def test_rows_of_no_use_are_set_aside_with_the_reason(change: dict[str, object], reason: str) -> None:
    rows = [ROW | dict.fromkeys(change, "1"), ROW | change]
    rows[0] |= {"user_id": "ann", "timestamp": ROW["timestamp"], "event_type": "detail"}
    prepared = prepare_examples(pd.DataFrame(rows), EVERY)
    assert prepared.reasons == {reason: 1}
    assert prepared.counts["rejected"] == prepared.counts["events"] == 1


@pytest.mark.parametrize("price", ["", "nan", None, math.nan])
def test_a_missing_price_is_no_reason_to_set_a_row_aside(price: object) -> None:
    prepared = prepare({"price": price})
    assert prepared.reasons == {}
    assert math.isnan(prepared.examples["price"].iloc[0][0])


def test_unknown_event_types_stay_as_they_are() -> None:
    assert prepare({"event_type": "Wishlist"}).examples["event_type"].iloc[0].tolist() == ["wishlist"]


def test_event_types_are_mapped_whatever_their_case() -> None:
    log_format = LogFormat(event_types={"it's viewed": "click"})
    examples = prepare({"event_type": "It's Viewed"}, columns=log_format).examples
    assert examples["event_type"].iloc[0].tolist() == ["click"]


def test_several_columns_are_joined_with_a_space() -> None:
    log = pd.DataFrame(
        [{"who": 7, "t": 1704448800, "what": "detail", "category": "caps", "brand": None, "line": "x y"}]
    )
    log_format = LogFormat(
        {"user_id": "who", "timestamp": "t", "event_type": "what", "text": "category+brand+line"}
    )
    example = prepare_examples(log, EVERY, log_format).examples.iloc[0]
    assert example["text"].tolist() == ["caps x y"]
    assert example["user_id"] == "7"


def test_without_users_each_session_is_a_user() -> None:
    log = pd.DataFrame([ROW]).rename(columns={"user_id": "session_id"})
    assert prepare_examples(log, EVERY).examples[["user_id", "session_id"]].to_numpy().tolist() == [
        ["ann", "ann"]
    ]


def test_quantities_are_kept_where_the_log_has_them() -> None:
    assert prepare({"quantity": 2}).examples["quantity"].iloc[0].tolist() == [2.0]
    assert "quantity" not in prepare({}).examples


def test_a_mapping_to_a_column_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"column 'usr_id': no such column \(did you mean 'user_id'\?\)"):
        prepare({}, columns=LogFormat({"user_id": "usr_id"}))


def test_a_mapping_of_a_name_that_events_do_not_have_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"'titel'.*expected user_id"):
        LogFormat({"titel": "title"})


@pytest.mark.parametrize("column", ["user_id", "timestamp", "event_type"])
def test_a_log_without_a_column_that_is_needed_says_how_to_name_it(column: str) -> None:
    with pytest.raises(InputError, match=f"no column '{column}'.*--columns {column}="):
        prepare_examples(pd.DataFrame([ROW]).drop(columns=column))


def test_a_log_without_a_usable_row_says_why() -> None:
    with pytest.raises(InputError, match=r"no row is usable .*timestamp is no time: 2"):
        prepare_examples(pd.DataFrame([ROW | {"timestamp": "?"}] * 2))


def test_an_empty_log_is_refused() -> None:
    with pytest.raises(InputError, match="no row is usable"):
        prepare_examples(pd.DataFrame(columns=list(ROW)))
