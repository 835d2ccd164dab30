"""CSV files as they come: any separator, UTF-8 or GB18030, gzip, lines cut short rejected."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from intent_tf.errors import InputError

_ENCODINGS = ("utf-8", "gb18030")
_SEPARATORS = ",;\t|"
_MISSING = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "#N/A"]
_BLOCK = 1 << 20
_WITH_COMMA = r"[+-]?\d+(,\d+)?"
_SAMPLE = 1000


@dataclass
class Rejected:
    """Rows of a file that could not be read, each with its row (the header is row 1), reason and text."""

    file: str
    rows: list[tuple[int, str, str]] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Write the rows to a CSV file; nothing is written when there are none."""
        if self.rows:
            frame = pd.DataFrame(self.rows, columns=["row", "reason", "text"])
            frame.insert(0, "file", self.file)
            frame.to_csv(path, index=False)


@dataclass(frozen=True)
class CsvFile:
    """How a CSV file is written, found by looking at it (`CsvFile.inspect`).

    Args:
        path: The file; it may end in ``.gz``.
        encoding: ``"utf-8"`` or ``"gb18030"``.
        separator: The character between fields.
        names: The columns of its header.
        decimal: ``","`` in a file whose numbers are written like ``12,5``, else ``"."``.
        cut: Why the last row is known to be cut, if it is; else empty.
    """

    path: Path
    encoding: str
    separator: str
    names: tuple[str, ...]
    decimal: str = "."
    cut: str = ""

    @classmethod
    def inspect(cls, path: Path) -> CsvFile:
        """Look at a file's bytes and header.

        Raises:
            InputError: If it has no rows, names a column twice, or is neither UTF-8 nor GB18030.
        """
        encoding, quotes, cut = _look_through(path)
        separator, names, more = _header(path, encoding)
        if not any(names):
            raise InputError("the file is empty", file=path, expected="a header line and rows")
        if not more:
            raise InputError("the table has no rows", file=path, expected="at least one row of data")
        for name in names:
            if names.count(name) > 1:
                raise InputError("the header names the column twice", file=path, row=1, column=name)
        if quotes % 2 and _ends_quoted(path, encoding, separator):
            cut = "a quote is opened and never closed"
        decimal = _decimal(path, encoding, separator)
        return cls(path, encoding, separator, names, decimal, cut)

    def read(self, rejected: Rejected, missing: tuple[str, ...] = ()) -> pd.DataFrame:
        """Read all rows, by their number in the file; a column's type is inferred from all of its fields.

        Args:
            rejected: Takes the rows with the wrong number of fields.
            missing: Further words that mean "missing".
        """
        options = pa.csv.ConvertOptions(
            null_values=[*_MISSING, *missing],
            strings_can_be_null=bool(missing),
            decimal_point=self.decimal,
        )
        try:
            table = pa.csv.read_csv(self._input(), *self._options(rejected), options)
        except pa.ArrowInvalid as error:
            raise self._unreadable(error) from error
        frame = table.to_pandas(date_as_object=False)
        return self._without_cut_row(_numbered(frame, 2, rejected), rejected)

    def stream(self, rejected: Rejected, block_bytes: int = 8 * _BLOCK) -> Iterator[pd.DataFrame]:
        """Yield the rows in chunks of about ``block_bytes`` of text; all fields stay text, as written."""
        options = pa.csv.ConvertOptions(column_types=dict.fromkeys(self.names, pa.string()))
        read, parse = self._options(rejected)
        read.block_size = block_bytes
        chunk, row = pd.DataFrame(), 2
        try:
            with pa.csv.open_csv(self._input(), read, parse, options) as reader:
                for batch in reader:
                    if batch.num_rows:
                        if len(chunk):
                            yield chunk
                        chunk = _numbered(self._with_points(batch.to_pandas()), row, rejected)
                        row = chunk.index[-1] + 1
        except pa.ArrowInvalid as error:
            raise self._unreadable(error) from error
        if len(chunk := self._without_cut_row(chunk, rejected)):
            yield chunk

    def _with_points(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Write the numbers of a file with decimal commas with points, where a column holds nothing else."""
        if self.decimal == ".":
            return frame
        for name in frame.columns:
            present = frame[name][~frame[name].isin(_MISSING)]
            if present.str.fullmatch(_WITH_COMMA).all():
                frame[name] = frame[name].str.replace(",", ".")
        return frame

    def _input(self) -> Any:
        if self.encoding == "utf-8" and not self.cut:
            return str(self.path)
        # The decoder is never told that the file ends, so what is left of a cut character is no error.
        decoder = codecs.getincrementaldecoder(self.encoding)()
        return pa.lib.TransformInputStream(
            pa.input_stream(str(self.path)), lambda block: decoder.decode(bytes(block)).encode()
        )

    def _options(self, rejected: Rejected) -> tuple[Any, Any]:
        def put_aside(row: Any) -> str:
            reason = f"found {row.actual_columns} fields, expected {row.expected_columns}"
            rejected.rows.append((row.number, reason, row.text))
            return "skip"

        # One thread: only then do the rows that are rejected know their number.
        return pa.csv.ReadOptions(use_threads=False), pa.csv.ParseOptions(
            delimiter=self.separator, newlines_in_values=True, invalid_row_handler=put_aside
        )

    def _without_cut_row(self, frame: pd.DataFrame, rejected: Rejected) -> pd.DataFrame:
        last = frame.index[-1] if len(frame) else 0
        if not self.cut or any(row > last for row, *_ in rejected.rows):
            return frame
        text = self.separator.join(map(str, frame.iloc[-1]))
        rejected.rows.append((int(last), self.cut, text))
        return frame.iloc[:-1]

    def _unreadable(self, error: Exception) -> InputError:
        return InputError(f"not a readable CSV file ({error})", file=self.path)


def _numbered(frame: pd.DataFrame, start: int, rejected: Rejected) -> pd.DataFrame:
    """Index rows by their number in the file, from ``start`` on, leaving out those that are rejected."""
    rows = np.arange(start, start + len(frame) + len(rejected.rows))
    rows = rows[~np.isin(rows, [row for row, *_ in rejected.rows])]
    return frame.set_axis(rows[: len(frame)], axis=0)


def _opened(path: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path) if path.suffix == ".gz" else path.open("rb"))


def _look_through(path: Path) -> tuple[str, int, str]:
    """Find the encoding, the number of quotes, and whether the file ends within a character."""
    failures = []
    for encoding in _ENCODINGS:
        decoder, position, quotes = codecs.getincrementaldecoder(encoding)(), 0, 0
        try:
            with _opened(path) as stream:
                while block := stream.read(_BLOCK):
                    start = position - len(decoder.getstate()[0])
                    quotes += decoder.decode(block).count('"')
                    position += len(block)
        except UnicodeDecodeError as error:
            failures.append(f"not {encoding.upper()} at byte {start + error.start}")
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise InputError(f"not a whole gzip file ({error})", file=path) from error
        else:
            cut = "the file ends within a character" if decoder.getstate()[0] else ""
            return encoding, quotes, cut
    raise InputError(
        f"the text's encoding is unknown ({', '.join(failures)})",
        file=path,
        expected="UTF-8 or GB18030",
        remedy="convert the file to UTF-8",
    )


def _header(path: Path, encoding: str) -> tuple[str, tuple[str, ...], bool]:
    """Find the separator that gives the header most names, the names, and whether anything follows."""
    with _text(path, encoding) as text:
        line = text.readline().lstrip("\ufeff")
        separator = max(_SEPARATORS, key=lambda mark: len(next(csv.reader([line], delimiter=mark), [])))
        names = next(csv.reader(chain([line], text), delimiter=separator), [])
        return separator, tuple(names), bool(text.readline())


def _decimal(path: Path, encoding: str, separator: str) -> str:
    """Find the decimal mark: the one of more numbers in the first rows."""
    if separator == ",":
        return "."
    with _text(path, encoding) as text:
        fields = [
            field.strip('"') for line in islice(text, 1, _SAMPLE) for field in line.strip().split(separator)
        ]
    commas = sum(re.fullmatch(r"[+-]?\d+,\d+", field) is not None for field in fields)
    points = sum(re.fullmatch(r"[+-]?\d+\.\d+", field) is not None for field in fields)
    return "," if commas > points else "."


def _ends_quoted(path: Path, encoding: str, separator: str) -> bool:
    """Tell whether the text ends within quotes; a quote amid a field, such as an inch mark, opens none."""
    quoted, before, end = False, "\n", -1
    with _text(path, encoding) as text:
        position = 0
        while block := text.read(_BLOCK):
            block, offset = before + block, position - 1
            at = block.find('"', 1)
            while at > 0:
                if quoted:
                    quoted, end = False, offset + at
                elif block[at - 1] in (separator, "\n", "\r", "\ufeff") or offset + at == end + 1:
                    quoted = True
                at = block.find('"', at + 1)
            before, position = block[-1], offset + len(block)
    return quoted


def _text(path: Path, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(_opened(path), encoding, errors="ignore", newline="")
