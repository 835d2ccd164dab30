"""Reads CSV files of a log line by line: what cannot be read is told with its line, never an error."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

_BLOCK = 8 << 20
#: A value may have so many lines; a quote that is open for longer was never meant to be one.
_LONGEST_VALUE = 100


@dataclass
class Chunk:
    """Some rows of a text file, and those that could not be read.

    Args:
        columns: The values of each column; missing ones are null.
        lines: The lines of the rows, from 1.
        problems: Line, reason and text of what could not be read.
    """

    columns: dict[str, pa.Array]
    lines: np.ndarray
    problems: list[tuple[int, str, str]] = field(default_factory=list)


def csv_chunks(
    stream: IO[bytes], encoding: str, separator: str, names: Sequence[str], header: bool
) -> Iterator[Chunk]:
    """Read a CSV file whose lines may end in any way, with quotes left open, and fields too many or too few.

    Args:
        stream: The file's bytes.
        encoding: Its encoding.
        separator: The character between fields.
        names: The columns; those without a name are passed over.
        header: Whether the first line names them.
    """
    rest, line = b"", 1
    for read, is_last in blocks_of_lines(stream, encoding):
        block = rest + read
        if header and block:
            block, line, header = block[block.index(b"\n") + 1 :], 2, False
        chunk, used = _csv_chunk(block, line, is_last, separator, names)
        line, rest = line + block.count(b"\n", 0, used), block[used:]
        yield chunk


def fields_of(line: str, separator: str) -> list[str]:
    """Read the fields of one line, however long it is."""
    width = line.count(separator) + 1  # or fewer, where a field is quoted
    while width:
        table = _table(line.encode() + b"\n", separator, width, [])
        if len(table):
            return [str(column[0]) for column in table.columns]
        width -= 1
    return []


def blocks_of_lines(stream: IO[bytes], encoding: str) -> Iterator[tuple[bytes, bool]]:
    """Yield whole lines in UTF-8 with one kind of end, and whether they are the last ones.

    Args:
        stream: The file's bytes.
        encoding: Its encoding.
    """
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    rest, begun = b"", False
    while read := stream.read(_BLOCK):
        rest += read if encoding == "utf-8" else decoder.decode(read).encode()
        if not begun:
            begun, rest = True, rest.removeprefix(codecs.BOM_UTF8)
        held = b"\r" if rest.endswith(b"\r") else b""  # what follows may be its newline
        rest = _with_newlines(rest.removesuffix(b"\r"))
        end = rest.rfind(b"\n") + 1
        if end:
            yield rest[:end], False
        rest = rest[end:] + held
    rest = _with_newlines(rest)
    yield rest + b"\n" * (rest[-1:] not in (b"", b"\n")), True


def _with_newlines(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text


def _csv_chunk(
    block: bytes, line: int, is_last: bool, separator: str, names: Sequence[str]
) -> tuple[Chunk, int]:
    """Read a block of lines; returns how many of its bytes were used."""
    problems: list[tuple[int, str, str]] = []
    starts, used, text = np.arange(line, line + block.count(b"\n")), len(block), block
    if not _is_plain(block):
        text, kept, used = _records_of(block, line, is_last, separator, len(names), problems)
        starts = np.asarray(kept, np.int64)
    odd: list[tuple[int, str]] = []
    table = _table(text, separator, len(names), odd)
    good = np.ones(len(starts), bool)
    good[[number - 1 for number, _ in odd]] = False
    mended: list[list[str]] = []
    lines = []
    for number, row in odd:
        fields = _mended(next(csv.reader(io.StringIO(row), delimiter=separator)), names)
        if fields is None:
            reason = "too many columns" if row.count(separator) >= len(names) else "missing columns"
            problems.append((int(starts[number - 1]), reason, row))
        else:
            mended.append(fields)
            lines.append(starts[number - 1])
    if mended:
        added = {
            f"c{at}": pa.array(values, pa.string()) for at, values in enumerate(zip(*mended, strict=True))
        }
        table = pa.concat_tables([table, pa.table(added)])
    columns = {name: table.column(at).combine_chunks() for at, name in enumerate(names) if name}
    return Chunk(columns, np.concatenate([starts[good], np.asarray(lines, np.int64)]), problems), used


def _is_plain(block: bytes) -> bool:
    """Whether every line is a row: no quotes, no empty lines, and all of it text."""
    if b'"' in block or b"\n\n" in block or block[:1] == b"\n":
        return False
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return True


def _records_of(
    block: bytes, line: int, is_last: bool, separator: str, width: int, problems: list[tuple[int, str, str]]
) -> tuple[bytes, list[int], int]:
    """Keep the records of a block, with their first lines, and tell how many bytes were used."""
    lines = block.split(b"\n")[:-1]
    kept, starts, at = [], [], 0
    while at < len(lines):
        text, size = lines[at], 1
        try:
            record = text.decode()
        except UnicodeDecodeError:
            problems.append((line + at, "invalid encoding", text.decode("utf-8", "replace")))
            at += 1
            continue
        if text.count(b'"') % 2 and not _closes(record, separator):
            size = _size(lines[at : at + _LONGEST_VALUE], separator, width)
            if not size and not is_last and at and at + _LONGEST_VALUE > len(lines):
                break  # its end may be in the next block
            if not size:
                problems.append((line + at, "unquoted value", record))
        if size and text.strip():
            kept.append(b"\n".join(lines[at : at + size]))
            starts.append(line + at)
        at += size or 1
    used = sum(map(len, lines[:at])) + at
    return b"".join(record + b"\n" for record in kept), starts, used


def _size(lines: Sequence[bytes], separator: str, width: int) -> int:
    """Count the lines of the record that begins here; 0 if its quote was never meant to be one."""
    for size in range(2, len(lines) + 1):
        if lines[size - 1].count(b'"') % 2:
            record = b"\n".join(lines[:size]).decode("utf-8", "replace")
            if _closes(record, separator, width):
                return size
    return 0


def _closes(record: str, separator: str, width: int | None = None) -> bool:
    """Whether the quotes of a record close, and it has so many fields."""
    try:
        [fields] = csv.reader(io.StringIO(record), delimiter=separator, strict=True)
    except (csv.Error, ValueError):
        return False
    return width is None or len(fields) == width


def _mended(fields: list[str], names: Sequence[str]) -> list[str] | None:
    """Take a row with a separator too many at its end, or without the fields of nameless last columns."""
    width = len(names)
    if len(fields) > width and not any(fields[width:]):
        return fields[:width]
    if len(fields) < width and not any(names[len(fields) :]):
        return fields + [""] * (width - len(fields))
    return None


def _table(text: bytes, separator: str, width: int, odd: list[tuple[int, str]]) -> pa.Table:
    """Read rows as columns of text; those with another number of fields go to ``odd``, with their number."""

    def put_aside(row: Any) -> str:
        odd.append((row.number, row.text))
        return "skip"

    names = [f"c{at}" for at in range(width)]
    if not text:
        return pa.table({name: pa.array([], pa.string()) for name in names})
    return pa.csv.read_csv(
        pa.BufferReader(text),
        pa.csv.ReadOptions(use_threads=False, column_names=names, block_size=len(text) + 1),
        pa.csv.ParseOptions(delimiter=separator, newlines_in_values=True, invalid_row_handler=put_aside),
        pa.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), null_values=[]),
    )
