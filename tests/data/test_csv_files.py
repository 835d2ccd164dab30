from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intent_tf.data.csv_files import CsvFile, Rejected
from intent_tf.data.encodings import find_encoding
from intent_tf.errors import InputError

SHOP = "title,price\n"


def written(folder: Path, content: str | bytes, name: str = "shop.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def inspect(path: Path) -> CsvFile:
    return CsvFile.inspect(path, find_encoding(path))


def read(path: Path) -> tuple[pd.DataFrame, Rejected]:
    chunks, rejected = streamed(path)
    return pd.concat(chunks), rejected


def streamed(path: Path, rows: int = 1000) -> tuple[list[pd.DataFrame], Rejected]:
    rejected = Rejected(str(path))
    chunks = inspect(path).chunks(rejected, rows)
    return [table.to_pandas().set_axis(numbers) for numbers, table in chunks], rejected


def columns(path: Path) -> tuple[str, ...]:
    return inspect(path).layout.names


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_from_the_header(tmp_path: Path, separator: str) -> None:
    path = written(tmp_path, f"title{separator}price\nred dress{separator}9\n")
    assert inspect(path).layout.separator == separator


def test_a_separator_within_quotes_is_no_separator(tmp_path: Path) -> None:
    names = columns(written(tmp_path, '"size, colour, fit";price\n"M, red, slim";9\n'))
    assert names == ("size, colour, fit", "price")


def test_a_header_may_hold_a_line_break(tmp_path: Path) -> None:
    frame, _ = read(written(tmp_path, '"the\ntitle",price\nhat,9\n'))
    assert list(frame.columns) == ["the\ntitle", "price"]


def test_a_byte_order_mark_is_not_part_of_the_first_name(tmp_path: Path) -> None:
    frame, _ = read(written(tmp_path, "\ufefftitle,price\nhat,9\n"))
    assert list(frame.columns) == ["title", "price"]


@pytest.mark.parametrize("content", [b"", b"\n", "\ufeff".encode()])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError, match=r"shop.csv: the file is empty; expected a header line and rows"):
        inspect(written(tmp_path, content))


def test_a_column_named_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"shop.csv, row 1, column 'price': the header names the column twice"
    ):
        inspect(written(tmp_path, "price,price\n1,2\n"))


@pytest.mark.parametrize("cell", ["", "NA", "null", "007", "1.10", "12,5", "TRUE", "2026-11-24", " hat "])
def test_a_cell_is_the_text_that_stands_there(tmp_path: Path, cell: str) -> None:
    frame, _ = read(written(tmp_path, f'title;price\nhat;9\n"{cell}";9\n'))
    assert frame["title"].iloc[1] == cell and frame["price"].iloc[0] == "9"


def test_rows_are_indexed_by_their_number_in_the_file(tmp_path: Path) -> None:
    frame, _ = read(written(tmp_path, SHOP + "hat,9\ncap\nbag,8\n"))
    assert frame.index.tolist() == [2, 4]


def test_rows_of_a_stream_are_indexed_by_their_number_in_the_file(tmp_path: Path) -> None:
    rows = [f"hat {i},{i}" if i % 7 else "cut" for i in range(1, 60)]
    chunks, rejected = streamed(written(tmp_path, SHOP + "\n".join(rows)), rows=10)
    assert len(chunks) > 3
    expected = [i + 1 for i in range(1, 60) if i % 7]
    assert pd.concat(chunks).index.tolist() == expected
    assert [row for row, *_ in rejected.rows] == [i + 1 for i in range(1, 60) if not i % 7]


def test_a_stream_leaves_fields_as_they_are_written(tmp_path: Path) -> None:
    chunks, _ = streamed(written(tmp_path, "code,day\n007,2026-11-24\n"))
    assert chunks[0].iloc[0].tolist() == ["007", "2026-11-24"]


def test_a_cut_last_row_is_set_aside_with_its_row_reason_and_text(tmp_path: Path) -> None:
    frame, rejected = read(written(tmp_path, SHOP + "hat,9\nca"))
    assert len(frame) == 1
    assert rejected.rows == [(3, "found 1 fields, expected 2", "ca")]


def test_a_row_with_too_many_fields_is_set_aside(tmp_path: Path) -> None:
    _, rejected = read(written(tmp_path, SHOP + "hat,9,9\ncap,8\n"))
    assert rejected.rows == [(2, "found 3 fields, expected 2", "hat,9,9")]


@pytest.mark.parametrize("how", [read, streamed])
def test_a_last_row_cut_within_quotes_is_set_aside(tmp_path: Path, how: object) -> None:
    path = written(tmp_path, 'price,title\n9,hat\n8,"cap with')
    _, rejected = how(path)  # type: ignore[operator]
    assert rejected.rows == [(3, "a quote is opened and never closed", "8,cap with")]


def test_a_row_cut_within_quotes_that_lacks_fields_too_costs_no_other_row(tmp_path: Path) -> None:
    frame, rejected = read(written(tmp_path, SHOP + 'hat,9\n"cap with'))
    assert frame["title"].tolist() == ["hat"]
    assert [row for row, *_ in rejected.rows] == [3]


def test_a_quote_amid_a_field_opens_nothing(tmp_path: Path) -> None:
    frame, rejected = read(written(tmp_path, 'price,title\n9,pipe 5"\n8,hat\n7,cap\n'))
    assert frame["title"].tolist() == ['pipe 5"', "hat", "cap"]
    assert rejected.rows == []


@pytest.mark.parametrize("lost", [1, 2])
@pytest.mark.parametrize("how", [read, streamed])
def test_a_last_row_cut_within_a_character_is_set_aside(tmp_path: Path, lost: int, how: object) -> None:
    content = "price,title\n9,红色\n8,帽子".encode()[:-lost]
    found, rejected = how(written(tmp_path, content))  # type: ignore[operator]
    frame = found if isinstance(found, pd.DataFrame) else found[0]
    assert frame["title"].tolist() == ["红色"]
    assert rejected.rows == [(3, "the file ends within a character", "8,帽")]


def test_a_gb18030_file_cut_within_a_character_is_read(tmp_path: Path) -> None:
    content = "title,price,note\n红色,9,好\n帽子".encode("gb18030")[:-1]
    frame, rejected = read(written(tmp_path, content))
    assert frame["title"].tolist() == ["红色"]
    assert [row for row, *_ in rejected.rows] == [3]


def test_rows_set_aside_are_written_to_a_file(tmp_path: Path) -> None:
    _, rejected = read(written(tmp_path, SHOP + 'hat,9\n"ca, p",8,7\n'))
    rejected.write(tmp_path / "rejected.csv")
    kept = pd.read_csv(tmp_path / "rejected.csv").iloc[0]
    assert kept["file"].endswith("shop.csv") and kept["row"] == 3
    assert kept["reason"] == "found 3 fields, expected 2" and kept["text"] == '"ca, p",8,7'


def test_no_file_is_written_when_no_row_is_set_aside(tmp_path: Path) -> None:
    Rejected("shop.csv").write(tmp_path / "rejected.csv")
    assert not (tmp_path / "rejected.csv").exists()


def test_a_gzip_file_is_read_as_the_file_within(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress((SHOP + "hat,9\n").encode()), "shop.csv.gz")
    assert read(path)[0].to_dict("records") == [{"title": "hat", "price": "9"}]


def test_a_gzip_file_in_gb18030_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress((SHOP + "帽子,9\n").encode("gb18030")), "shop.csv.gz")
    assert read(path)[0]["title"].tolist() == ["帽子"]


def test_what_only_claims_to_be_gzip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"shop.csv.gz: not a whole gzip file"):
        inspect(written(tmp_path, "title,price\n", "shop.csv.gz"))


def test_a_gzip_file_cut_short_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress((SHOP + "".join(f"hat {i},{i * i}\n" for i in range(999))).encode())
    with pytest.raises(InputError, match=r"shop.csv.gz: not a whole gzip file"):
        inspect(written(tmp_path, packed[: len(packed) // 2], "shop.csv.gz"))


# Carriage returns are excluded: readers, this one too, take a lone one for a line break.
FIELDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0\ufeff"), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(FIELDS, FIELDS, FIELDS), min_size=1, max_size=6),
    separator=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(["utf-8", "utf-16", "utf-32"]),
    packed=st.booleans(),
)
def test_what_was_written_is_read_back(
    tmp_path: Path, rows: list[tuple[str, ...]], separator: str, quoting: int, encoding: str, packed: bool
) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, quoting=quoting, lineterminator="\n").writerows(
        [("标题", "query", "note"), *rows]
    )
    content = text.getvalue().encode(encoding)
    path = tmp_path / ("shop.csv.gz" if packed else "shop.csv")
    path.write_bytes(gzip.compress(content) if packed else content)
    chunks, rejected = streamed(path)
    assert list(pd.concat(chunks).itertuples(index=False, name=None)) == rows
    assert rejected.rows == []
