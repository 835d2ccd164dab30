from __future__ import annotations

import datetime
import gzip
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from intent_tf.data.csv_files import Rejected
from intent_tf.data.tables import existing_file, read_table, stream_table, table_format, write_table
from intent_tf.errors import InputError

FRAME = pd.DataFrame(
    {
        "title": ["red dress", 'a "hat"', "帽子, 红"],
        "price": [9.25, np.nan, 1.23456789012345],
        "events": [["view", "cart"], [], ["view"]],
    }
)
ENDINGS = (".csv", ".tsv", ".csv.gz", ".jsonl", ".jsonl.gz", ".parquet")


def plain(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    events = frame["events"].map(lambda value: value.tolist() if isinstance(value, np.ndarray) else value)
    frame = frame.assign(events=events.astype(str).str.replace('"', "'"), price=frame["price"].fillna(-1.0))
    return list(frame.itertuples(index=False, name=None))


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_was_written_is_read_back(tmp_path: Path, ending: str) -> None:
    write_table(FRAME, tmp_path / f"shop{ending}")
    assert plain(read_table(tmp_path / f"shop{ending}").frame) == plain(FRAME)


@pytest.mark.parametrize("ending", [ending for ending in ENDINGS if ending != ".parquet"])
def test_appending_adds_rows_to_a_text_file(tmp_path: Path, ending: str) -> None:
    write_table(FRAME[:1], tmp_path / f"shop{ending}")
    write_table(FRAME[1:], tmp_path / f"shop{ending}", append=True)
    assert plain(read_table(tmp_path / f"shop{ending}").frame) == plain(FRAME)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_stream_gives_all_rows(tmp_path: Path, ending: str) -> None:
    write_table(FRAME, tmp_path / f"shop{ending}")
    chunks = list(stream_table(tmp_path / f"shop{ending}", Rejected("shop"), rows=2))
    assert pd.concat(chunks)["title"].tolist() == FRAME["title"].tolist()


@pytest.mark.parametrize("ending", [".jsonl", ".parquet"])
def test_a_stream_keeps_to_the_number_of_rows(tmp_path: Path, ending: str) -> None:
    write_table(FRAME, tmp_path / f"shop{ending}")
    chunks = stream_table(tmp_path / f"shop{ending}", Rejected("shop"), rows=2)
    assert [chunk.index.tolist() for chunk in chunks] == [[1, 2], [3]]


@pytest.mark.parametrize("path", ["shop.xlsx", "shop", "shop.gz", "shop.csv.zip"])
def test_an_unknown_ending_is_refused(path: str) -> None:
    with pytest.raises(InputError, match=r"unknown file format; expected a .csv, .tsv, .jsonl or .parquet"):
        table_format(Path(path))


def test_the_ending_may_be_in_capitals() -> None:
    assert table_format(Path("SHOP.CSV")) == "csv"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere.csv: no such file"):
        read_table(tmp_path / "nowhere.csv")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        existing_file(tmp_path)


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_a_table_without_rows_is_refused(tmp_path: Path, ending: str) -> None:
    write_table(FRAME[:0], tmp_path / f"shop{ending}")
    with pytest.raises(InputError, match=f"shop{ending}: the table has no rows; expected at least one"):
        read_table(tmp_path / f"shop{ending}")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"title": "ca', "not JSON (Unterminated string starting at)"),
        (b"[1, 2]", "not a JSON object"),
        ('{"title": "帽'.encode()[:-1], "not UTF-8 (unexpected end of data)"),
    ],
)
def test_a_line_that_is_no_json_object_is_set_aside(tmp_path: Path, line: bytes, reason: str) -> None:
    (tmp_path / "shop.jsonl").write_bytes(b'{"title": "hat"}\n\n' + line)
    table = read_table(tmp_path / "shop.jsonl")
    assert table.frame["title"].tolist() == ["hat"]
    assert table.rejected.rows == [(3, reason, line.decode("utf-8", "replace"))]


def test_lines_of_json_are_indexed_by_their_number(tmp_path: Path) -> None:
    (tmp_path / "shop.jsonl").write_text('{"n": 1}\n\nno\n{"n": 2}\n')
    assert read_table(tmp_path / "shop.jsonl").frame.index.tolist() == [1, 4]


def test_a_json_file_cut_short_in_gzip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shop.jsonl.gz").write_bytes(gzip.compress(b'{"n": 1}\n')[:-9])
    with pytest.raises(InputError, match=r"shop.jsonl.gz: not a whole gzip file"):
        read_table(tmp_path / "shop.jsonl.gz")


def test_a_parquet_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shop.parquet").write_text("title,price\n")
    with pytest.raises(InputError, match=r"shop.parquet: not a readable Parquet file"):
        read_table(tmp_path / "shop.parquet")


def test_a_named_index_in_a_parquet_file_is_a_column(tmp_path: Path) -> None:
    FRAME[["title", "price"]].set_index("title").to_parquet(tmp_path / "shop.parquet")
    assert set(read_table(tmp_path / "shop.parquet").frame.columns) == {"title", "price"}


def test_an_unnamed_index_in_a_parquet_file_is_none(tmp_path: Path) -> None:
    FRAME[["price"]].set_axis([7, 3, 5]).to_parquet(tmp_path / "shop.parquet")
    assert list(read_table(tmp_path / "shop.parquet").frame.columns) == ["price"]


def test_decimals_and_dates_survive_parquet(tmp_path: Path) -> None:
    frame = pd.DataFrame({"price": [Decimal("9.50")], "day": [datetime.date(2026, 11, 24)]})
    frame.to_parquet(tmp_path / "shop.parquet")
    found = read_table(tmp_path / "shop.parquet").frame
    assert found["price"].iloc[0] == Decimal("9.50")
    assert pd.api.types.is_datetime64_any_dtype(found["day"])


def test_the_encoding_of_a_csv_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "shop.csv").write_bytes("title\n红色\n".encode("gb18030"))
    assert read_table(tmp_path / "shop.csv").encoding == "gb18030"
