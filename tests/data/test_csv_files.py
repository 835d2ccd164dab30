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
from intent_tf.errors import InputError

SHOP = "title,price\n"


def written(folder: Path, content: str | bytes, name: str = "shop.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path: Path, missing: tuple[str, ...] = ()) -> tuple[pd.DataFrame, Rejected]:
    rejected = Rejected(str(path))
    return CsvFile.inspect(path).read(rejected, missing), rejected


def streamed(path: Path, block_bytes: int = 1 << 20) -> tuple[list[pd.DataFrame], Rejected]:
    rejected = Rejected(str(path))
    return list(CsvFile.inspect(path).stream(rejected, block_bytes)), rejected


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_from_the_header(tmp_path: Path, separator: str) -> None:
    path = written(tmp_path, f"title{separator}price\nred dress{separator}9\n")
    assert CsvFile.inspect(path).separator == separator


def test_decimal_commas_are_numbers_whether_the_file_is_read_or_streamed(tmp_path: Path) -> None:
    path = written(tmp_path, 'price;size\n"12,5";3,4\n7;x\n;3,4\n')
    frame, _ = read(path)
    assert frame["price"].tolist()[:2] == [12.5, 7.0]
    assert frame["size"].tolist() == ["3,4", "x", "3,4"]
    (chunk,), _ = streamed(path)
    assert chunk["price"].tolist() == ["12.5", "7", ""]
    assert chunk["size"].tolist() == ["3,4", "x", "3,4"]


def test_a_comma_between_words_is_no_decimal_comma(tmp_path: Path) -> None:
    assert CsvFile.inspect(written(tmp_path, "price;title\n1.5;hat, red\n2.5;cap\n")).decimal == "."


def test_a_separator_within_quotes_is_no_separator(tmp_path: Path) -> None:
    layout = CsvFile.inspect(written(tmp_path, '"size, colour, fit";price\n"M, red, slim";9\n'))
    assert layout.names == ("size, colour, fit", "price")


def test_a_header_may_hold_a_line_break(tmp_path: Path) -> None:
    frame, _ = read(written(tmp_path, '"the\ntitle",price\nhat,9\n'))
    assert list(frame.columns) == ["the\ntitle", "price"]


def test_a_byte_order_mark_is_not_part_of_the_first_name(tmp_path: Path) -> None:
    frame, _ = read(written(tmp_path, "\ufefftitle,price\nhat,9\n"))
    assert list(frame.columns) == ["title", "price"]


@pytest.mark.parametrize("content", [b"", b"\n", "\ufeff".encode()])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError, match=r"shop.csv: the file is empty; expected a header line and rows"):
        CsvFile.inspect(written(tmp_path, content))


@pytest.mark.parametrize("content", ["title,price", "title,price\n"])
def test_a_file_of_a_header_alone_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(InputError, match=r"shop.csv: the table has no rows"):
        CsvFile.inspect(written(tmp_path, content))


def test_a_column_named_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"shop.csv, row 1, column 'price': the header names the column twice"
    ):
        CsvFile.inspect(written(tmp_path, "price,price\n1,2\n"))


def test_types_are_inferred_from_all_fields_of_a_column(tmp_path: Path) -> None:
    late = "1\n" * 600_000 + "unknown\n"  # the odd value lies beyond the first block that is parsed
    frame, _ = read(written(tmp_path, "code\n" + late))
    assert frame["code"].iloc[0] == "1" and frame["code"].iloc[-1] == "unknown"


def test_dates_become_timestamps(tmp_path: Path) -> None:
    frame, _ = read(written(tmp_path, "day,n\n2026-11-24,1\n2026-11-25,2\n"))
    assert pd.api.types.is_datetime64_any_dtype(frame["day"])


@pytest.mark.parametrize("word", ["", "NA", "N/A", "NaN", "null", "None", "#N/A"])
def test_words_for_missing_numbers_are_known(tmp_path: Path, word: str) -> None:
    frame, _ = read(written(tmp_path, f"title,price\nhat,9\ncap,{word}\n"))
    assert pd.isna(frame["price"].iloc[1])


def test_a_text_that_reads_na_stays_a_text(tmp_path: Path) -> None:
    frame, _ = read(written(tmp_path, "title,price\nhat,9\nNA,8\n"))
    assert frame["title"].iloc[1] == "NA"


def test_further_words_for_missing_values_can_be_given(tmp_path: Path) -> None:
    frame, _ = read(written(tmp_path, "title,price\nhat,9\n?,?\n"), missing=("?",))
    assert frame.iloc[1].isna().all()


def test_rows_are_indexed_by_their_number_in_the_file(tmp_path: Path) -> None:
    frame, _ = read(written(tmp_path, SHOP + "hat,9\ncap\nbag,8\n"))
    assert frame.index.tolist() == [2, 4]


def test_rows_of_a_stream_are_indexed_by_their_number_in_the_file(tmp_path: Path) -> None:
    rows = [f"hat {i},{i}" if i % 7 else "cut" for i in range(1, 60)]
    chunks, rejected = streamed(written(tmp_path, SHOP + "\n".join(rows)), block_bytes=64)
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


def test_gb18030_is_tried_and_named(tmp_path: Path) -> None:
    path = written(tmp_path, (SHOP + "红色连衣裙,9\n").encode("gb18030"))
    layout = CsvFile.inspect(path)
    assert layout.encoding == "gb18030"
    assert layout.read(Rejected(str(path)))["title"].tolist() == ["红色连衣裙"]


def test_another_encoding_is_refused_with_the_bytes_that_betray_it(tmp_path: Path) -> None:
    path = written(tmp_path, (SHOP + "hat,9\n").encode("utf-16"))
    with pytest.raises(
        InputError, match=r"not UTF-8 at byte 0, not GB18030 at byte 0.*Convert the file to UTF-8"
    ):
        CsvFile.inspect(path)


def test_the_byte_that_betrays_an_encoding_is_counted_from_the_start_of_the_file(tmp_path: Path) -> None:
    content = SHOP.encode() + b"hat,9\n" * 300_000 + b"\xff\xff,9\n"
    with pytest.raises(InputError, match=f"not UTF-8 at byte {content.index(0xFF)}, "):
        CsvFile.inspect(written(tmp_path, content))


def test_a_gzip_file_is_read_as_the_file_within(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress((SHOP + "hat,9\n").encode()), "shop.csv.gz")
    assert read(path)[0].to_dict("records") == [{"title": "hat", "price": 9}]


def test_a_gzip_file_in_gb18030_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress((SHOP + "帽子,9\n").encode("gb18030")), "shop.csv.gz")
    assert read(path)[0]["title"].tolist() == ["帽子"]


def test_what_only_claims_to_be_gzip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"shop.csv.gz: not a whole gzip file"):
        CsvFile.inspect(written(tmp_path, "title,price\n", "shop.csv.gz"))


def test_a_gzip_file_cut_short_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress((SHOP + "".join(f"hat {i},{i * i}\n" for i in range(999))).encode())
    with pytest.raises(InputError, match=r"shop.csv.gz: not a whole gzip file"):
        CsvFile.inspect(written(tmp_path, packed[: len(packed) // 2], "shop.csv.gz"))


def test_a_row_longer_than_a_block_of_a_stream_is_told_as_bad_input(tmp_path: Path) -> None:
    path = written(tmp_path, SHOP + '"hat' + "\n" * 1000 + '",9\n')
    with pytest.raises(InputError, match=r"shop.csv: not a readable CSV file"):
        streamed(path, block_bytes=256)


# Carriage returns are excluded: readers, this one too, take a lone one for a line break.
FIELDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0\ufeff"), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(FIELDS, FIELDS, FIELDS), min_size=1, max_size=6),
    separator=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(["utf-8", "gb18030"]),
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
