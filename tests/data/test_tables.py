from __future__ import annotations

import datetime
import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from intent_tf.data.facts import Facts
from intent_tf.data.file_rules import FileRules
from intent_tf.data.table_writer import TableWriter
from intent_tf.data.tables import TableFile, read_table, table_format
from intent_tf.errors import InputError

TABLE = pa.table(
    {
        "title": ["red dress", 'a "hat"', "帽子, 红"],
        "price": [9.25, None, 1.23456789012345],
        "events": [["view", "cart"], [], ["view"]],
    }
)
ENDINGS = (".csv", ".tsv", ".csv.gz", ".jsonl", ".jsonl.gz", ".parquet")


def write(path: Path, table: pa.Table = TABLE) -> Path:
    with TableWriter(path, table.schema) as writer:
        writer.write(table)
    return path


def told(file: TableFile) -> Facts:
    facts = Facts()
    list(file.chunks())
    file.tell(facts)
    return facts


def plain(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    """The rows with numbers as floats and lists as lists, as a model reads texts."""
    prices = pd.to_numeric(frame["price"]).fillna(-1.0)
    events = [json.loads(each) if isinstance(each, str) else list(each) for each in frame["events"]]
    return list(zip(frame["title"], prices, events, strict=True))


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_was_written_is_read_back(tmp_path: Path, ending: str) -> None:
    found = plain(read_table(write(tmp_path / f"shop{ending}")).frame)
    assert found == plain(TABLE.to_pandas())


@pytest.mark.parametrize("ending", ENDINGS)
def test_chunks_keep_to_the_number_of_rows(tmp_path: Path, ending: str) -> None:
    file = TableFile(write(tmp_path / f"shop{ending}"))
    chunks = [chunk.frame(file.columns) for chunk in file.chunks(rows=2)]
    assert [len(chunk) for chunk in chunks] == [2, 1]
    assert plain(pd.concat(chunks)) == plain(TABLE.to_pandas())


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
        TableFile(tmp_path)


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_a_table_without_rows_is_refused(tmp_path: Path, ending: str) -> None:
    write(tmp_path / f"shop{ending}", TABLE[:0])
    with pytest.raises(InputError, match=f"shop{ending}: the table has no rows; expected at least one"):
        read_table(tmp_path / f"shop{ending}")


@pytest.mark.parametrize("content", ["title,price", "title,price\n"])
def test_a_header_alone_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "shop.csv").write_text(content)
    with pytest.raises(InputError, match=r"shop.csv: the table has no rows"):
        read_table(tmp_path / "shop.csv")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "shop.csv",
            "a,b\n1,2,3\n1\n4,5,6\n",
            r"row 2: no row can be read: found 3 fields, expected 2 in 2 of 3, first in '1,2,3'",
        ),
        (
            "shop.jsonl",
            "hat\n[1]\ncap\n",
            r"row 1: no row can be read: not JSON .* in 2 of 3, .*'hat'",
        ),
    ],
)
def test_lines_none_of_which_can_be_read_are_told_with_the_reason(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=message):
        read_table(tmp_path / name)


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
    assert table.file.rejected.rows == [(3, reason, line.decode("utf-8", "replace"))]


def test_lines_of_json_are_indexed_by_their_number(tmp_path: Path) -> None:
    (tmp_path / "shop.jsonl").write_text('{"n": 1}\n\nno\n{"n": 2}\n')
    assert read_table(tmp_path / "shop.jsonl").frame.index.tolist() == [1, 4]


@pytest.mark.parametrize("name", ["shop.json", "shop.jsonl", "shop.ndjson"])
@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_of_json_objects_is_read(tmp_path: Path, name: str, indent: int | None) -> None:
    (tmp_path / name).write_text(json.dumps([{"n": 1}, 7, {"n": 2, "m": "x"}], indent=indent))
    table = read_table(tmp_path / name)
    assert table.frame["n"].tolist() == [1, 2]
    assert table.file.rejected.rows == [(2, "not a JSON object", "7")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_json_may_have_a_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "shop.jsonl").write_text('{"title": "帽子"}\n{"title": "hat"}\n', encoding=encoding)
    assert read_table(tmp_path / "shop.jsonl").frame["title"].tolist() == ["帽子", "hat"]


def test_a_json_file_cut_short_in_gzip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shop.jsonl.gz").write_bytes(gzip.compress(b'{"n": 1}\n')[:-9])
    with pytest.raises(InputError, match=r"shop.jsonl.gz: not a whole gzip file"):
        read_table(tmp_path / "shop.jsonl.gz")


@pytest.mark.parametrize("ending", [".jsonl", ".parquet"])
def test_whole_numbers_beyond_floats_stay_exact_where_some_are_missing(tmp_path: Path, ending: str) -> None:
    path = write(tmp_path / f"shop{ending}", pa.table({"id": [2**53 + 1, None, 3]}))
    assert read_table(path).frame["id"].astype("string").tolist()[:1] == ["9007199254740993"]


def test_a_parquet_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shop.parquet").write_text("title,price\n")
    with pytest.raises(InputError, match=r"shop.parquet: not a readable Parquet file"):
        read_table(tmp_path / "shop.parquet")


def test_a_named_index_in_a_parquet_file_is_a_column(tmp_path: Path) -> None:
    pd.DataFrame({"title": ["hat"], "price": [9]}).set_index("title").to_parquet(tmp_path / "shop.parquet")
    assert set(read_table(tmp_path / "shop.parquet").frame.columns) == {"title", "price"}


def test_an_unnamed_index_in_a_parquet_file_is_none(tmp_path: Path) -> None:
    pd.DataFrame({"price": [9, 8]}).set_axis([7, 3]).to_parquet(tmp_path / "shop.parquet")
    assert list(read_table(tmp_path / "shop.parquet").frame.columns) == ["price"]


def test_two_columns_of_one_name_in_a_parquet_file_are_refused(tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["price", "price"])
    pa.parquet.write_table(table, tmp_path / "shop.parquet")
    with pytest.raises(InputError, match=r"column 'price': two columns have the same name"):
        read_table(tmp_path / "shop.parquet")


def test_decimals_and_dates_survive_parquet(tmp_path: Path) -> None:
    frame = pd.DataFrame({"price": [Decimal("9.50")], "day": [datetime.date(2026, 11, 24)]})
    frame.to_parquet(tmp_path / "shop.parquet")
    found = read_table(tmp_path / "shop.parquet").frame
    assert found["price"].iloc[0] == Decimal("9.50")
    assert pd.api.types.is_datetime64_any_dtype(found["day"])


def test_words_that_mean_missing_are_missing_in_every_column_of_text(tmp_path: Path) -> None:
    (tmp_path / "shop.csv").write_text("title,price\nhat,9\n?,?\n")
    frame = read_table(tmp_path / "shop.csv", FileRules(missing=("?",))).frame
    assert frame.iloc[1].isna().all() and frame.iloc[0].tolist() == ["hat", "9"]


def test_the_words_are_passed_on_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "shop.csv").write_text("title,price\n?,9\n")
    [chunk] = TableFile(tmp_path / "shop.csv", FileRules(missing=("?",))).chunks()
    assert chunk.rows.to_pylist() == [{"title": "?", "price": "9"}]


def test_the_rules_that_were_found_are_offered(tmp_path: Path) -> None:
    (tmp_path / "shop.csv").write_text("title;price\n帽子;9\n", encoding="utf-16")
    assert read_table(tmp_path / "shop.csv").file.rules == FileRules("utf-16", ";")


def test_a_guessed_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "shop.csv").write_text("title,price\nMüller,9\nGröße,8\n", encoding="cp1252")
    [warning] = told(TableFile(tmp_path / "shop.csv")).warnings
    assert "is read as cp1252" in warning and "--encoding NAME" in warning


def test_an_encoding_that_is_given_is_no_guess(tmp_path: Path) -> None:
    (tmp_path / "shop.csv").write_text("title,price\n帽子,9\n", encoding="big5")
    file = TableFile(tmp_path / "shop.csv", encoding="big5")
    assert file.frame()["title"].tolist() == ["帽子"] and not told(file).warnings


def test_an_encoding_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shop.csv").write_text("title,price\nMüller,9\n", encoding="cp1252")
    with pytest.raises(InputError, match=r"the text is not UTF-8 at byte 13.*--encoding"):
        TableFile(tmp_path / "shop.csv", encoding="utf-8")


@pytest.mark.parametrize("learnt", ["cp1252", "koi8_r"])
def test_the_encoding_that_was_learnt_is_taken_without_a_word(tmp_path: Path, learnt: str) -> None:
    text = {"cp1252": "Müller", "koi8_r": "шапка"}[learnt]
    (tmp_path / "shop.csv").write_text(f"title,price\n{text},9\n", encoding=learnt)
    file = TableFile(tmp_path / "shop.csv", FileRules(learnt, ","))
    assert file.frame()["title"].tolist() == [text] and not told(file).warnings


@pytest.mark.parametrize(
    ("encoding", "learnt", "words"),
    [
        ("cp1252", FileRules("utf-8", ","), ["a guess", "encoding than training had: cp1252, not utf-8"]),
        ("utf-8", FileRules("cp1252", ","), ["encoding than training had: utf-8, not cp1252"]),
        ("utf-16", FileRules("utf-8", ","), ["encoding than training had: utf-16, not utf-8"]),
        ("utf-8", FileRules("utf-8", ";"), ["separator than training had: ',', not ';'"]),
    ],
)
def test_a_file_that_contradicts_what_was_learnt_is_read_its_own_way_and_told(
    tmp_path: Path, encoding: str, learnt: FileRules, words: list[str]
) -> None:
    (tmp_path / "shop.csv").write_text("title,price\nMüller,9\nGröße,8\n", encoding=encoding)
    file = TableFile(tmp_path / "shop.csv", learnt)
    assert file.frame()["title"].tolist() == ["Müller", "Größe"]
    warnings = told(file).warnings
    assert len(warnings) == len(words) and all(map(str.__contains__, warnings, words))


def test_a_json_file_contradicts_no_csv_file(tmp_path: Path) -> None:
    (tmp_path / "shop.jsonl").write_text('{"title": "Müller"}\n', encoding="utf-8")
    assert not told(TableFile(tmp_path / "shop.jsonl", FileRules("cp1252", ";"))).warnings


def test_a_file_of_ascii_contradicts_no_encoding(tmp_path: Path) -> None:
    (tmp_path / "shop.csv").write_text("title,price\nhat,9\n")
    assert not told(TableFile(tmp_path / "shop.csv", FileRules("cp1252", ","))).warnings


def test_the_facts_name_file_encoding_separator_and_rows(tmp_path: Path) -> None:
    (tmp_path / "shop.csv").write_text("Visits\ntitle;price\nhat;9\ncap\n")
    facts = told(TableFile(tmp_path / "shop.csv"))
    assert dict(facts.lines) == {
        "file": str(tmp_path / "shop.csv"),
        "encoding": "utf-8",
        "separator": "';'",
        "lines above the header": "1",
        "rows": "1",
        "rows rejected": "1",
    }
    assert facts.warnings == ["1 row cannot be read; the first is row 4 (found 1 fields, expected 2)"]


def test_a_column_without_a_name_at_the_front_numbers_the_rows(tmp_path: Path) -> None:
    pd.DataFrame({"title": ["hat"], "price": [9]}).to_csv(tmp_path / "shop.csv")
    file = TableFile(tmp_path / "shop.csv")
    assert file.columns == ("title", "price") and list(file.frame()) == ["title", "price"]
    assert file.schema.names == ["", "title", "price"]


def test_json_objects_may_lack_a_column_in_a_whole_chunk(tmp_path: Path) -> None:
    (tmp_path / "shop.jsonl").write_text('{"n": 1}\n{"n": 2, "m": "x"}\n')
    file = TableFile(tmp_path / "shop.jsonl")
    assert [chunk.frame(["m"])["m"].isna().all() for chunk in file.chunks(rows=1)] == [True, False]
    assert np.array_equal(file.columns, ["n", "m"])
