"""Files of a log: found, looked at, read whatever their format, and refused with a clear message."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest

from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import Prepared, prepare_examples
from intent_tf.data.log_files import LogFiles
from intent_tf.errors import InputError

LOG = pd.DataFrame(
    {
        "user_id": ["ann", "ann", "bob"],
        "timestamp": pd.to_datetime(["2024-01-05 10:00", "2024-01-05 10:01", "2024-01-06 10:00"], utc=True),
        "event_type": ["detail", "detail", "click"],
        "item_id": ["a", "b", "a"],
        "text": ["红帽, rot", 'a "cap"\nof 2 lines', ""],
        "price": [1.5, 2.0, None],
    }
)
HEADER = "user_id,timestamp,event_type,text\n"
ROW = "ann,2024-01-05 10:00:00,detail,cap\n"


def prepare(log: object) -> Prepared:
    return prepare_examples(log, ExampleDefinition(prediction_times="every"))  # type: ignore[arg-type]


def write(path: Path, log: pd.DataFrame = LOG) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        log.to_parquet(path, index=False)
    elif ".jsonl" in path.suffixes:
        log.assign(timestamp=log["timestamp"].astype(str)).to_json(path, orient="records", lines=True)
    else:
        log.to_csv(path, index=False, sep="\t" if path.suffix == ".tsv" else ",")
    return path


@pytest.mark.parametrize(
    "name", ["log.csv", "log.csv.gz", "log.tsv", "log.jsonl", "log.jsonl.gz", "log.parquet"]
)
def test_every_format_gives_the_same_examples(tmp_path: Path, name: str) -> None:
    expected, found = prepare(LOG), prepare(write(tmp_path / name))
    pd.testing.assert_frame_equal(found.examples, expected.examples)
    assert found.reasons == {}


def test_a_pattern_finds_files(tmp_path: Path) -> None:
    write(tmp_path / "a" / "1.csv", LOG[:2])
    write(tmp_path / "b" / "2.csv", LOG[2:])
    assert prepare(tmp_path / "*" / "*.csv").counts["events"] == 3


def test_several_files_are_one_log(tmp_path: Path) -> None:
    paths = [write(tmp_path / "1.csv", LOG[:1]), write(tmp_path / "2.csv", LOG[1:2])]
    assert prepare(paths).counts["sessions"] == 1


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_names_of_folders_are_columns(tmp_path: Path, ending: str) -> None:
    for event_type, rows in LOG.groupby("event_type"):
        write(tmp_path / f"event_type={event_type}" / f"log.{ending}", rows.drop(columns="event_type"))
    pd.testing.assert_frame_equal(prepare(tmp_path).examples, prepare(LOG).examples)


@pytest.mark.parametrize("name", ["log.csv", "log.csv.gz"])
def test_gb18030_is_tried(tmp_path: Path, name: str) -> None:
    text = (HEADER + ROW.replace("cap", "红帽")).encode("gb18030")
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    assert LogFiles.find(tmp_path / name).encoding == "gb18030"
    assert prepare(tmp_path / name).examples["text"][0].tolist() == ["红帽"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("ann,2024-01-05", "missing columns"),
        ("ann,2024-01-05 10:00:00,detail,cap,red\n", "too many columns"),
        ('ann,2024-01-05 10:00:00,detail,"cap', "unquoted value"),
    ],
)
def test_broken_rows_of_csv_are_set_aside_with_their_line(tmp_path: Path, row: str, reason: str) -> None:
    path = tmp_path / "log.csv"
    path.write_text(HEADER + ROW + row)
    prepare_examples(path, out=tmp_path / "out")
    aside = pd.read_csv(tmp_path / "out" / "rejected.csv")
    assert aside[["line", "reason"]].to_numpy().tolist() == [[3, reason]]
    assert aside["file"][0] == str(path)
    assert row.strip() in aside["row"][0]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_rows_of_no_use_are_set_aside_with_their_file(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "1.csv").write_text(HEADER + ROW)
    (tmp_path / "2.csv").write_bytes((HEADER + ROW.replace("2024", "红帽")).encode(encoding))
    prepare_examples(tmp_path / "*.csv", out=tmp_path / "out")
    aside = pd.read_csv(tmp_path / "out" / "rejected.csv")
    assert aside[["file", "reason"]].to_numpy().tolist() == [
        [str(tmp_path / "2.csv"), "timestamp is no time"]
    ]


def test_bytes_that_are_no_text_are_set_aside_where_the_beginning_is_text(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes((HEADER + ROW * 40_000).encode() + b"ann,2024-01-05 10:00:00,detail,\xff\xfe\n")
    assert prepare(path).reasons == {"invalid encoding": 1}


def test_broken_lines_of_json_are_set_aside(tmp_path: Path) -> None:
    path = write(tmp_path / "log.jsonl")
    path.write_text(path.read_text() + '{"user_id": "ann", "times\n[1]\n\n')
    assert prepare(path).reasons == {"not JSON": 1, "no user_id": 1}


def test_a_user_id_of_ten_megabytes_in_a_file_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(HEADER + ROW + "x" * 10_000_000 + ROW)
    assert sum(prepare(path).reasons.values()) == 1


def test_a_half_written_parquet_file_is_named(tmp_path: Path) -> None:
    write(tmp_path / "1.parquet")
    whole = write(tmp_path / "2.parquet").read_bytes()
    (tmp_path / "2.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"2\.parquet: not a readable Parquet file, perhaps half-written"):
        prepare(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("log.csv", b"", "the file is empty"),
        ("log.csv", b"user_id,user_id\n", "names the column twice"),
        ("log.csv.gz", b"no gzip", "cannot be read"),
        ("log.jsonl", b"[1]\nx\n", "no JSON object"),
        ("log.xlsx", b"", "unknown file format"),
    ],
)
def test_files_of_no_use_are_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=f"{name}.*{message}"):
        prepare(tmp_path / name)


def test_no_such_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        prepare(tmp_path / "log.csv")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the folder holds no log"):
        prepare(tmp_path)


def test_files_of_several_formats_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "1.csv")
    write(tmp_path / "2.parquet")
    with pytest.raises(InputError, match="different formats"):
        prepare(tmp_path)


def test_headers_that_differ_are_refused(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text(HEADER)
    (tmp_path / "2.csv").write_text("user,when\n")
    with pytest.raises(
        InputError, match=r"2\.csv, row 1: the header is 'user,when'; expected 'user_id,timestamp"
    ):
        prepare(tmp_path)
