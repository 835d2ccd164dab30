"""Logs as people have them: nothing is lost or bent on the way to the examples, and what was odd is told."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from intent_tf.data.adapters import opened_log
from intent_tf.data.event_log import LogFormat
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import Prepared, prepare_examples
from intent_tf.data.log_files import LogFiles
from intent_tf.errors import InputError
from intent_tf.options.log_reading import LogReading

EVERY = ExampleDefinition(prediction_times="every")
HEADER = "user_id,timestamp,event_type,text\n"


def prepare(rows: str | Path, columns: LogFormat | None = None, **definition: object) -> Prepared:
    """Prepare a log that is written as CSV, or lies in files."""
    log = rows
    if isinstance(rows, str):
        lines = [line.strip().split(",") for line in rows.strip().splitlines()]
        log = pd.DataFrame(lines[1:], columns=lines[0])
    options = {"prediction_times": "every", **definition}
    return prepare_examples(log, ExampleDefinition(**options), columns)  # type: ignore[arg-type]


def labels(prepared: Prepared) -> list[int]:
    return prepared.examples["purchase"].tolist()


def items(prepared: Prepared, column: str = "item_id") -> list[str]:
    return list(prepared.examples[column].iloc[-1])


def rows_of(text: str) -> str:
    return "user_id,session_id,timestamp,event_type,item_id,price\n" + text


# purchases are kept


@pytest.mark.parametrize(
    "purchase",
    [
        "u,,2024-03-13 10:05:00,purchase,a,1",
        "u,(not set),2024-03-13 10:05:00,purchase,a,1",
        "u,s,2024-03-13 10:05:00,purchase,a,12.99 EUR",
        "u,s,2024-03-13 10:05:00,purchase,a,-1",
        "v,s,2024-03-13 10:05:00,purchase,a,1",
    ],
)
def test_a_purchase_is_kept_whatever_is_odd_about_an_optional_field(purchase: str) -> None:
    prepared = prepare(rows_of(f"u,s,2024-03-13 10:00:00,detail,a,1\n{purchase}"))
    assert (labels(prepared), prepared.counts["sessions"], prepared.reasons) == ([1], 1, {})


def test_values_that_are_no_numbers_are_counted_and_shown() -> None:
    prepared = prepare(rows_of("u,s,2024-03-13,detail,a,12.99 EUR\nu,s,2024-03-13,detail,b,-1"))
    assert "price is no number, so it is missing: 2 (such as '-1')" in prepared.facts.written()


def test_a_missing_session_id_begins_a_session_after_a_pause() -> None:
    log = rows_of("u,s,2024-03-13 10:00:00,detail,a,1\nu,,2024-03-13 11:05:00,purchase,a,1")
    assert labels(prepare(log)) == [0]


def test_the_logs_session_ids_can_be_ignored() -> None:
    log = rows_of("u,s,2024-03-13 10:00:00,detail,a,1\nu,t,2024-03-13 10:05:00,purchase,a,1")
    assert labels(prepare(log)) == [0]
    assert labels(prepare(log, LogFormat({"session_id": ""}))) == [1]


def test_session_ids_that_are_each_users_own_are_not_shared() -> None:
    log = rows_of("u,1,2024-03-13 10:00:00,detail,a,1\nv,1,2024-03-13 10:05:00,purchase,a,1")
    assert labels(prepare(log)) == [1]
    assert labels(prepare(log, LogFormat(own_sessions=True))) == [0]


def test_users_who_share_a_session_come_into_one_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    log = rows_of(
        "\n".join(
            f"anon{at},s{at},2024-03-13 10:00:00,detail,a,1\nu{at % 7},s{at},2024-03-13 10:05:00,purchase,a,1"
            for at in range(40)
        )
    )
    whole = prepare(log)
    monkeypatch.setattr("intent_tf.data.engines.duckdb.BUCKET_ROWS", 10)
    pd.testing.assert_frame_equal(prepare(log).examples, whole.examples)
    assert labels(whole) == [1] * 40


def test_a_table_of_ids_tells_who_logged_in(tmp_path: Path) -> None:
    (tmp_path / "ids.csv").write_text("id,user\nanon,u\n")
    log = "user_id,timestamp,event_type\nanon,2024-03-13 10:00:00,detail\nu,2024-03-13 10:05:00,purchase"
    assert labels(prepare(log)) == [0]
    prepared = prepare(log, LogFormat(identity=str(tmp_path / "ids.csv")))
    assert (labels(prepared), prepared.examples["user_id"][0]) == ([1], "u")


# missing markers


@pytest.mark.parametrize(
    "marker",
    ["null", "\\N", "NA", "(not set)", "nan", "None", "-", "-1", "00000000-0000-0000-0000-000000000000"],
)
def test_a_missing_marker_is_no_id(marker: str) -> None:
    nobody = "\n".join(f"{marker},2024-03-13 10:0{at}:00,detail" for at in range(5))
    prepared = prepare(f"user_id,timestamp,event_type\nu,2024-03-13 10:00:00,detail\n{nobody}")
    assert (prepared.counts["events"], prepared.reasons) == (1, {"no user_id": 5})
    sessions = "\n".join(f"u,{marker},2024-03-1{at} 10:00:00,detail,a,1" for at in range(5))
    assert prepare(rows_of(sessions + "\nu,s,2024-04-01,detail,a,1")).counts["sessions"] == 6


def test_ids_that_are_not_there_in_numbers_are_missing() -> None:
    log = pd.DataFrame({"user_id": [1.0, None, None], "timestamp": "2024-03-13", "event_type": "detail"})
    assert prepare_examples(log, EVERY).reasons == {"no user_id": 2}


def test_a_session_of_nobody_is_its_own_shopper() -> None:
    log = rows_of("null,s,2024-03-13 10:00:00,detail,a,1\nnull,t,2024-03-13 10:05:00,detail,a,1")
    prepared = prepare(log)
    assert (prepared.counts["sessions"], set(prepared.examples["user_id"])) == (2, {"s", "t"})


# times


@pytest.mark.parametrize(
    ("first", "second", "instant"),
    [
        ("20191001", "20191019", "2019-10-01"),
        ("20191001083000", "20191019083000", "2019-10-01 08:30"),
        ("201910010830", "201910190830", "2019-10-01 08:30"),
        ("43739.5", "43757.25", "2019-10-01 12:00"),
        ("43739", "43757", "2019-10-01"),
    ],
)
def test_dates_written_as_numbers_are_dates(first: str, second: str, instant: str) -> None:
    log = f"user_id,timestamp,event_type\nu1,{first},detail\nu1,{second},purchase"
    prepared = prepare(log)
    assert labels(prepared) == [0]
    assert prepared.examples["prediction_time"][0] == pd.Timestamp(instant, tz="UTC")


@pytest.mark.parametrize("as_number", [False, True])
def test_months_and_days_without_a_year_must_be_said(as_number: bool) -> None:
    log = pd.DataFrame({"user_id": "u", "timestamp": ["0829", "1111"], "event_type": ["detail", "purchase"]})
    log["timestamp"] = log["timestamp"].astype(int) if as_number else log["timestamp"]
    with pytest.raises(InputError, match=r"829 to 1111 may be months and days.*--time-format"):
        prepare_examples(log, EVERY)


def test_months_and_days_are_read_by_their_format() -> None:
    log = "user_id,timestamp,event_type\nu,0829,detail\nu,1111,detail"
    times = prepare(log, LogFormat(time_format="%m%d")).examples["prediction_time"]
    assert (times.iloc[1] - times.iloc[0]).days == 74


def test_the_first_and_last_time_the_types_and_small_numbers_are_told() -> None:
    log = "user_id,timestamp,event_type\nu,0,view\nu,60,buy_now"
    told = prepare(log, LogFormat(event_types={"VIEW": "detail"})).facts.written()
    for line in (
        "first event: 1970-01-01 00:00:00",
        "last event: 1970-01-01 00:01:00",
        "event type view = detail: 1",
        "events a session: 2.0",
        "event type buy_now: 1",
        "--event-types buy_now=purchase",
        "small numbers",
    ):
        assert line in told


@pytest.mark.parametrize(
    ("form", "written", "instant"),
    [
        ("%m/%d/%Y %H:%M", "12/1/2010 8:26", "2010-12-01 07:26"),
        ("%d.%m.%Y %I:%M %p", "1.12.2010 1:34 PM", "2010-12-01 12:34"),
        ("%Y-%m-%d %H:%M", "2024-10-27 02:30", "2024-10-27 00:30"),
        ("", "2024-10-27 02:30:00", "2024-10-27 00:30"),
        ("", "2024-03-31 02:30:00", "2024-03-31 01:30"),
        ("", "2024-10-27 02:30:00+01:00", "2024-10-27 01:30"),
    ],
)
def test_local_times_are_read_and_the_first_of_a_repeated_hour_is_meant(
    form: str, written: str, instant: str
) -> None:
    log = f"user_id,timestamp,event_type\nu,{written},detail"
    read = LogFormat(time_format=form, timezone="Europe/Berlin")
    assert prepare(log, read).examples["prediction_time"][0] == pd.Timestamp(instant, tz="UTC")


def test_naive_times_of_a_frame_are_read_so_too() -> None:
    log = pd.DataFrame({"user_id": "u", "timestamp": pd.to_datetime(["2024-10-27 02:30"]), "event_type": "x"})
    time = prepare_examples(log, EVERY, LogFormat(timezone="Europe/Berlin")).examples["prediction_time"][0]
    assert time == pd.Timestamp("2024-10-27 00:30", tz="UTC")


# event types


@pytest.mark.parametrize(
    ("given", "found"), [("İNCELE", "incele"), ("incele", "İncele"), ("ΑΓΟΡΑΣ", "αγορας")]
)
def test_case_is_folded_alike_in_every_alphabet(given: str, found: str) -> None:
    log = f"user_id,timestamp,event_type\nu,2024-03-13,{found}"
    assert items(prepare(log, LogFormat(event_types={given: "detail"})), "event_type") == ["detail"]


@pytest.mark.parametrize("mapping", [{"b": "purchse"}, {"b": "Purchase"}])
def test_an_event_type_that_is_nearly_ours_is_refused(mapping: dict[str, str]) -> None:
    with pytest.raises(InputError, match="did you mean 'purchase'"):
        LogFormat(event_types=mapping)


def test_a_mapping_that_matches_nothing_is_refused_with_the_nearest() -> None:
    log = "user_id,timestamp,event_type\nu,2024-03-13,view"
    with pytest.raises(InputError, match=r"no event is of the type 'veiw' \(did you mean 'view'\?\)"):
        prepare(log, LogFormat(event_types={"veiw": "detail"}))


def test_a_log_without_event_types_says_what_its_rows_are() -> None:
    log = "user_id,timestamp\nu,2024-03-13 10:00:00\nu,2024-03-20 10:00:00"
    read = LogFormat(event_type="purchase")
    assert prepare(log, read, cut="none", label="next_action").counts["events"] == 2


# ties


def test_events_of_one_instant_have_one_order_whatever_that_of_the_rows() -> None:
    types = ["first_visit", "session_start", "scroll", "page"]
    orders = [types, types[::-1], types[2:] + types[:2]]
    logs = [
        "user_id,timestamp,event_type\n" + "\n".join(f"u,2024-03-13,{each}" for each in order)
        for order in orders
    ]
    assert {tuple(items(prepare(log), "event_type")) for log in logs} == {tuple(sorted(types))}


def test_the_logs_own_order_comes_first() -> None:
    log = "user_id,timestamp,event_type,row_order\nu,2024-03-13,b,2\nu,2024-03-13,a,3\nu,2024-03-13,c,1"
    assert items(prepare(log), "event_type") == ["c", "b", "a"]


# files


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


ROW = "ann,2024-01-05 10:00:00,detail,cap\n"


def test_an_open_quote_costs_its_own_line_only(tmp_path: Path) -> None:
    rows = "".join(f'u{at},2024-01-05 10:00:00,detail,"cap {at}"\n' for at in range(500))
    path = write(tmp_path / "log.csv", HEADER + 'u1,2024-01-05 08:00:00,detail,"open\n' + rows)
    prepared = prepare(path)
    assert (prepared.counts["events"], prepared.reasons) == (500, {"unquoted value": 1})
    assert prepared.rejected is not None
    assert prepared.rejected[["file", "line"]].to_numpy().tolist() == [[str(path), 2]]


@pytest.mark.parametrize("ends", ["\r", "\r\n", "mixed"])
def test_lines_may_end_in_any_way(tmp_path: Path, ends: str) -> None:
    rows = [HEADER.strip(), *[f"u{at},2024-01-05,detail,cap" for at in range(6)]]
    text = ends.join(rows)
    if ends == "mixed":
        text = "".join(
            row + end for row, end in zip(rows, ["\r\n", "\n", "\r", "\n", "\r\n", "\r", ""], strict=True)
        )
    assert prepare(write(tmp_path / "log.csv", text)).counts["events"] == 6


@pytest.mark.parametrize(
    "text",
    [
        ",user_id,timestamp,event_type\n0,u,2024-01-05,detail\n1,v,2024-01-05,detail\n",
        "user_id,timestamp,event_type,\nu,2024-01-05,detail,\nv,2024-01-05,detail,\n",
        "user_id,timestamp,event_type\nu,2024-01-05,detail,\nv,2024-01-05,detail,\n",
        "user_id,timestamp,event_type,\nu,2024-01-05,detail\nv,2024-01-05,detail,\n",
        "user_id,timestamp,event_type,_file,_problem\nu,2024-01-05,detail,x,y\nv,2024-01-05,detail,,\n",
        "user_id,timestamp,event_type,Price,price\nu,2024-01-05,detail,9,1\nv,2024-01-05,detail,9,1\n",
        f"user_id,timestamp,event_type,{'x' * 131_073}\nu,2024-01-05,detail,1\nv,2024-01-05,detail,1\n",
        "\ufeffuser_id,timestamp,event_type\n\nu,2024-01-05,detail\n\n\nv,2024-01-05,detail\n\n",
    ],
)
def test_odd_columns_are_read(tmp_path: Path, text: str) -> None:
    prepared = prepare(write(tmp_path / "log.csv", text))
    assert (prepared.counts["events"], prepared.reasons) == (2, {})
    if "Price" in text:
        assert prepared.examples["price"].map(list).tolist() == [[1.0], [1.0]]


def test_odd_keys_of_json_are_read(tmp_path: Path) -> None:
    line = '{"user_id": "u", "timestamp": "2024-01-05", "event_type": "detail", '
    line += '"it\\"em": "7", "o\'k": 1, "Price": 2, "price": 1.10}\n'
    prepared = prepare(write(tmp_path / "log.jsonl", line), LogFormat({"item_id": 'it"em', "text": "price"}))
    assert (items(prepared), items(prepared, "text"), items(prepared, "price")) == (["7"], ["1.10"], [1.1])


def test_half_a_character_in_json_is_replaced(tmp_path: Path) -> None:
    line = '{"user_id": "u", "timestamp": "2024-01-05", "event_type": "detail", "text": "cap \\ud83d"}\n'
    assert items(prepare(write(tmp_path / "log.jsonl", line)), "text") == ["cap �"]


def test_names_that_differ_in_case_only_are_two_columns_of_a_frame_and_of_parquet(tmp_path: Path) -> None:
    log = pd.DataFrame(
        {"user_id": "u", "timestamp": "2024-01-05", "event_type": "detail", "Price": [9.0], "price": [1.0]}
    )
    log.to_parquet(tmp_path / "log.parquet")
    for prepared in (prepare_examples(log, EVERY), prepare(tmp_path / "log.parquet")):
        assert items(prepared, "price") == [1.0]


def test_columns_that_come_late_are_not_lost(tmp_path: Path) -> None:
    early = '{"user_id": "u", "timestamp": "2024-01-05", "event_type": "view"}\n' * 300
    late = '{"user_id": "u", "timestamp": "2024-01-06", "event_type": "view", "sku": "7", "price": 5}\n'
    prepared = prepare(write(tmp_path / "log.jsonl", early + late), LogFormat({"item_id": "sku"}))
    assert (items(prepared), items(prepared, "price")) == (["7"], [5.0])


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_column_may_be_in_some_of_the_files_only(
    tmp_path: Path, ending: str, order: tuple[int, int]
) -> None:
    plain = pd.DataFrame({"user_id": ["u"], "timestamp": "2024-01-05 10:00:00", "event_type": "detail"})
    more = plain.assign(session_id="s", timestamp="2024-01-05 10:01:00", event_type="purchase")[
        ["event_type", "session_id", "user_id", "timestamp"]
    ]
    for name, frame in zip(order, (plain, more), strict=True):
        path = tmp_path / f"{name}.{ending}"
        if ending == "csv":
            frame.to_csv(path, index=False)
        elif ending == "jsonl":
            frame.to_json(path, orient="records", lines=True)
        else:
            frame.to_parquet(path)
    prepared = prepare(tmp_path)
    assert (prepared.counts["events"], prepared.counts["sessions"]) == (2, 2)


def test_the_encoding_is_found_file_by_file_and_told(tmp_path: Path) -> None:
    write(tmp_path / "1.csv", HEADER + "u,2024-01-05,detail,红色外套\n")
    write(tmp_path / "2.csv", (HEADER + "v,2024-01-05,detail,红色外套\n").encode("gb18030"))
    write(tmp_path / "3.csv", (HEADER + "w,2024-01-05,detail,Müller Schürze\n").encode("cp1252"))
    write(tmp_path / "4.csv", (HEADER + "x,2024-01-05,detail,Müller 红\n").encode("utf-16"))
    prepared = prepare(tmp_path)
    texts = prepared.examples["text"].map(lambda text: text[0]).tolist()
    assert texts == ["红色外套", "红色外套", "Müller Schürze", "Müller 红"]
    assert "2.csv is not UTF-8; read as GB18030" in prepared.facts.written()
    assert "3.csv is not UTF-8; read as CP1252" in prepared.facts.written()


def test_files_whose_names_differ_in_gz_are_two(tmp_path: Path) -> None:
    for name, user in (("a.csv", "u"), ("a.csv.gz", "v")):
        text = (HEADER + ROW.replace("ann", user).replace("cap", "红帽")).encode("gb18030")
        write(tmp_path / name, gzip.compress(text) if name.endswith(".gz") else text)
    assert prepare(tmp_path).examples["user_id"].tolist() == ["u", "v"]


@pytest.mark.parametrize("name", ["a[1]", "x?", "star*", "{b}"])
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_signs_of_a_pattern_in_a_name_are_literal(tmp_path: Path, name: str, ending: str) -> None:
    frame = pd.DataFrame({"user_id": ["u"], "timestamp": "2024-01-05", "event_type": "detail"})
    for path, user in (
        (tmp_path / f"{name}.{ending}", "u"),
        (tmp_path / f"a1.{ending}", "v"),
        (tmp_path / f"xy.{ending}", "v"),
    ):
        frame["user_id"] = user
        frame.to_csv(path, index=False) if ending == "csv" else frame.to_parquet(path)
    assert prepare(tmp_path / f"{name}.{ending}").examples["user_id"].tolist() == ["u"]


def test_a_zip_archive_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "log.csv.zip", "w") as archive:
        archive.writestr("log.csv", HEADER + ROW)
    assert prepare(tmp_path / "log.csv.zip").counts["events"] == 1


def test_nested_json_has_names_with_dots(tmp_path: Path) -> None:
    line = (
        '{"userId": "u", "timestamp": "2024-01-05T10:00:00Z", "event": "Product Viewed", '
        '"properties": {"product_id": "7", "price": 19.99}}\n'
    )
    read = LogFormat(
        {
            "user_id": "userId",
            "event_type": "event",
            "item_id": "properties.product_id",
            "price": "properties.price",
        },
        {"Product Viewed": "detail"},
    )
    prepared = prepare(write(tmp_path / "log.jsonl", line), read)
    assert (items(prepared), items(prepared, "price")) == (["7"], [19.99])


def test_nested_parquet_has_names_with_dots_too(tmp_path: Path) -> None:
    log = pd.DataFrame({"user_id": "u", "timestamp": "2024-01-05", "event_type": "detail"}, index=[0])
    log["product"] = [{"sku": "7", "price": {"value": 9.5}}]
    log.to_parquet(tmp_path / "log.parquet")
    read = LogFormat({"item_id": "product.sku", "price": "product.price.value"})
    prepared = prepare(tmp_path / "log.parquet", read)
    assert (items(prepared), items(prepared, "price")) == (["7"], [9.5])


def test_ids_that_are_floats_since_some_are_missing_are_whole(tmp_path: Path) -> None:
    log = pd.DataFrame({"user_id": [17850.0, None], "timestamp": "2024-01-05", "event_type": "detail"})
    log["item_id"] = [7.0, 7.5]
    log.to_parquet(tmp_path / "log.parquet")
    for prepared in (prepare_examples(log, EVERY), prepare(tmp_path / "log.parquet")):
        assert (prepared.examples["user_id"][0], items(prepared)) == ("17850", ["7"])


def test_a_date_and_an_offset_in_two_columns_are_one_time() -> None:
    log = "user_id,at,offset,event_type\nu,2024-03-13 10:00:00,+05:30,detail"
    for form in ("", "%Y-%m-%d %H:%M:%S %z"):
        read = LogFormat({"timestamp": "at+offset"}, time_format=form)
        assert prepare(log, read).examples["prediction_time"][0] == pd.Timestamp("2024-03-13T04:30Z")


def test_a_second_file_of_purchases_is_read_beside_the_log(tmp_path: Path) -> None:
    clicks = write(tmp_path / "views.csv", "sessionId;itemId;eventdate\n1;7;2016-05-09\n")
    buys = write(tmp_path / "buys.csv", "sessionId;eventdate;itemId\n1;2016-05-10;7\n")
    columns = {"session_id": "sessionId", "item_id": "itemId", "timestamp": "eventdate"}
    reading = LogReading(columns=columns, event_type="detail", purchases=str(buys))
    with opened_log(str(clicks), reading) as (files, log_format):
        assert labels(prepare_examples(files, EVERY, log_format)) == [1]


# what is rejected


def test_rejected_rows_tell_the_users_file_the_line_the_value_and_the_option(tmp_path: Path) -> None:
    path = write(tmp_path / "log.csv", HEADER + ROW + ROW.replace("2024-01-05", "2024/03/13"))
    prepared = prepare_examples(path, EVERY, out=tmp_path / "out")
    [row] = pd.read_csv(tmp_path / "out" / "rejected.csv").to_dict("records")
    assert (row["file"], row["line"], row["value"]) == (str(path), 3, "2024/03/13 10:00:00")
    assert "--time-format" in row["remedy"]
    assert "such as '2024/03/13 10:00:00'" in prepared.facts.written()


def test_rejected_rows_are_kept_when_there_are_no_others(tmp_path: Path) -> None:
    path = write(tmp_path / "log.csv", HEADER + ROW.replace("2024-01-05", "2024/03/13"))
    with pytest.raises(InputError, match=r"no row is usable.*2024/03/13.*--time-format.*out\.rejected\.csv"):
        prepare_examples(path, EVERY, out=tmp_path / "out")
    assert len(pd.read_csv(tmp_path / "out.rejected.csv")) == 1
    assert not (tmp_path / "out").exists()


# horizons


def test_a_stray_event_years_later_does_not_end_the_log() -> None:
    days = "\n".join(f"u{at},2024-03-{1 + at:02} 10:00:00,detail" for at in range(20))
    log = f"user_id,timestamp,event_type\n{days}\nz,2025-09-01,detail"
    prepared = prepare(log, horizon=7 * 86_400.0)
    assert len(prepared.examples) == 13
    assert "taken to end at 2024-03-20" in prepared.facts.written()


def test_a_horizon_longer_than_the_log_is_told() -> None:
    log = "user_id,timestamp,event_type\nu,2024-03-01,detail\nu,2024-03-03,purchase"
    with pytest.raises(InputError, match="the horizon of 7 days is longer than the log's 2 days"):
        prepare(log, horizon=7 * 86_400.0)


def test_the_files_of_a_log_tell_one_name(tmp_path: Path) -> None:
    write(tmp_path / "1.csv", HEADER + ROW)
    assert str(LogFiles.find(tmp_path)) == str(tmp_path / "1.csv")
