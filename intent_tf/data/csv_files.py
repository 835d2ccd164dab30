"""CSV files as they come: any separator, encoding and line end, gzip; every cell is text, as written."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from intent_tf.data.csv_layout import Layout, find_layout, fits
from intent_tf.data.encodings import Encoding, opened
from intent_tf.errors import InputError

#: Lines, and characters of them, by which a file's layout is found.
_SAMPLE_LINES, _SAMPLE_CHARACTERS = 300, 1 << 20
#: Characters of a chunk at most, however few its rows.
_CHUNK = 1 << 24
#: What stands for bytes that are in no encoding: no text holds it, for Unicode says that it is no character.
_BROKEN = "\U0010ffff"
codecs.register_error("intent_tf.broken", lambda error: (_BROKEN, getattr(error, "end", 0)))


@dataclass
class Rejected:
    """Rows of a file that could not be read, each with its row (the header is row 1), reason and text."""

    file: str
    rows: list[tuple[int, str, str]] = field(default_factory=list)

    def write(self, path: str | Path) -> None:
        """Write the rows to a CSV file; nothing is written when there are none."""
        if self.rows:
            frame = pd.DataFrame(self.rows, columns=["row", "reason", "text"])
            frame.insert(0, "file", self.file)
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            frame.to_csv(path, index=False)

    def no_rows(self) -> InputError:
        """Say that a table has no rows: since nothing is there, or why nothing of it could be read."""
        if not self.rows:
            return InputError("the table has no rows", file=self.file, expected="at least one row of data")
        reasons = [reason for _, reason, _ in self.rows]
        reason = max(dict.fromkeys(reasons), key=reasons.count)
        row, _, text = next(each for each in self.rows if each[1] == reason)
        found = f"no row can be read: {reason} in {reasons.count(reason):,} of {len(reasons):,}, first in"
        return InputError(f"{found} {text[:200]!r}", file=self.file, row=row)


@dataclass(frozen=True)
class CsvFile:
    """How a CSV file is written, found by looking at it (`CsvFile.inspect`).

    Args:
        path: The file; it may end in ``.gz``.
        encoding: The encoding of its text.
        layout: Its separator, quoting and header.
    """

    path: Path
    encoding: Encoding
    layout: Layout

    @classmethod
    def inspect(cls, path: str | Path, encoding: Encoding, separator: str = "") -> "CsvFile":
        """Look at the beginning of a file.

        Args:
            path: The file.
            encoding: The encoding of its text.
            separator: That of files like it, taken if it fits.

        Raises:
            InputError: If it has no rows, or names a column twice.
        """
        path = Path(path)
        with _text(path, encoding) as text:
            lines: list[str] = []
            for line in islice(_lines(text), _SAMPLE_LINES):
                lines.append(line)
                if sum(map(len, lines)) > _SAMPLE_CHARACTERS:
                    break
        layout = find_layout(lines, separator)
        names = layout.names
        if not any(names):
            raise InputError("the file is empty", file=path, expected="a header line and rows")
        for name in names:
            if names.count(name) > 1:
                raise InputError(
                    "the header names the column twice", file=path, row=layout.above + 1, column=name
                )
        return cls(path, encoding, layout)

    def chunks(self, rejected: Rejected, rows: int) -> Iterator[tuple[np.ndarray, pa.Table]]:
        """Yield the rows in chunks, beside their numbers in the file; every cell is text, as written.

        Args:
            rejected: Takes the rows with the wrong number of fields, or with bytes that cannot be read.
            rows: Rows of a chunk at most.
        """
        numbers: list[int] = []
        cells: list[list[str]] = []
        size = 0
        for number, fields, length in self._rows(rejected):
            numbers.append(number)
            cells.append(fields)
            size += length
            if len(cells) == rows or size > _CHUNK:
                yield self._chunk(numbers, cells)
                numbers, cells, size = [], [], 0
        if cells:
            yield self._chunk(numbers, cells)

    def _rows(self, rejected: Rejected) -> Iterator[tuple[int, list[str], int]]:
        width, may_break = len(self.layout.names), self.encoding.broken or self.encoding.cut
        with _text(self.path, self.encoding) as text:
            records = enumerate(self.layout.parse(_lines(text)), start=1)
            for number, record in islice(records, self.layout.above + 1, None):
                if not record.fields:
                    continue
                fields, reason = fits(record.fields, width), ""
                if may_break and _BROKEN in record.text:
                    reason = (
                        f"bytes that are not {self.encoding.name.upper()}"
                        if self.encoding.broken
                        else "the file ends within a character"
                    )
                elif fields is None:
                    reason = f"found {len(record.fields)} fields, expected {width}"
                elif record.unclosed:
                    reason = "a quote is opened and never closed"
                if fields is None or reason:
                    rejected.rows.append((number, reason, record.text.rstrip("\r\n").replace(_BROKEN, "")))
                else:
                    yield number, fields, len(record.text)

    def _chunk(self, numbers: list[int], cells: list[list[str]]) -> tuple[np.ndarray, pa.Table]:
        columns = [pa.array(column, pa.string()) for column in zip(*cells, strict=True)]
        return np.array(numbers), pa.Table.from_arrays(columns, names=list(self.layout.names))


def _text(path: Path, encoding: Encoding) -> io.TextIOWrapper:
    return io.TextIOWrapper(opened(path), encoding.name, errors="intent_tf.broken", newline="")


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Yield lines with their ends, without a byte order mark."""
    return chain([text.readline().removeprefix("\ufeff")], text)
