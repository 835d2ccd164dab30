"""CSV files as they come: any separator, UTF-8 or GB18030, gzip, lines cut short set aside."""

from __future__ import annotations

import codecs
import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv

from intent_tf.errors import InputError

_SEPARATORS = ",;\t|"
_MISSING = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "#N/A"]


@dataclass
class SetAside:
    """Rows of a file that could not be read, each with its line (from 1), reason and text."""

    file: str
    rows: list[tuple[int | None, str, str]] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Write the rows to a CSV file; nothing is written when there are none."""
        if self.rows:
            frame = pd.DataFrame(self.rows, columns=["line", "reason", "text"])
            frame.insert(0, "file", self.file)
            frame.to_csv(path, index=False)


@dataclass(frozen=True)
class CsvFile:
    """How a CSV file is written, found by looking at it (`CsvFile.inspect`).

    Args:
        path: The file; it may end in ``.gz``.
        encoding: ``"utf-8"`` or ``"gb18030"``.
        separator: The character between fields.
        names: The columns of its header line.
        unclosed: Whether a quote is opened and never closed, so that the last row is cut.
    """

    path: Path
    encoding: str
    separator: str
    names: tuple[str, ...]
    unclosed: bool

    @classmethod
    def inspect(cls, path: Path) -> CsvFile:
        """Look at a file's bytes and header.

        Raises:
            InputError: If it is empty, names a column twice, or is neither UTF-8 nor GB18030.
        """
        encoding, quotes = _encoding_and_quotes(path)
        with _opened(path) as stream:
            header = stream.readline().decode(encoding).lstrip("\ufeff").rstrip("\r\n")
        if not header.strip():
            raise InputError("the file is empty", file=path, expected="a header line and rows")
        separator = max(_SEPARATORS, key=header.count)
        names = tuple(next(csv.reader([header], delimiter=separator)))
        for name in names:
            if names.count(name) > 1:
                raise InputError("the header names the column twice", file=path, row=1, column=name)
        return cls(path, encoding, separator, names, quotes % 2 == 1)

    def read(self, set_aside: SetAside, missing: tuple[str, ...] = ()) -> pd.DataFrame:
        """All rows; the type of each column is inferred from all of its fields.

        Args:
            set_aside: Takes the rows with the wrong number of fields.
            missing: Further words that mean "missing".
        """
        options = pa.csv.ConvertOptions(null_values=[*_MISSING, *missing], strings_can_be_null=bool(missing))
        read, parse = self._options(set_aside)
        try:
            table = pa.csv.read_csv(self.path, read, parse, options)
        except pa.ArrowInvalid as error:
            raise InputError(f"not a readable CSV file ({error})", file=self.path) from error
        return self._without_cut_row(table.to_pandas(), set_aside)

    def stream(self, set_aside: SetAside, block_bytes: int = 8 << 20) -> Iterator[pd.DataFrame]:
        """The rows in chunks of about ``block_bytes`` bytes of text; all fields stay text, as written."""
        options = pa.csv.ConvertOptions(column_types={name: pa.string() for name in self.names})
        read, parse = self._options(set_aside)
        read.block_size = block_bytes
        previous: pd.DataFrame | None = None
        with pa.csv.open_csv(self.path, read, parse, options) as reader:
            for batch in reader:
                if batch.num_rows:
                    if previous is not None:
                        yield previous
                    previous = batch.to_pandas()
        if previous is not None:
            yield self._without_cut_row(previous, set_aside)

    def _options(self, set_aside: SetAside) -> tuple[Any, Any]:
        def put_aside(row: Any) -> str:
            reason = f"found {row.actual_columns} fields, expected {row.expected_columns}"
            set_aside.rows.append((row.number, reason, row.text))
            return "skip"

        # One thread: only then do the rows that are set aside know their line.
        return pa.csv.ReadOptions(use_threads=False, encoding=self.encoding), pa.csv.ParseOptions(
            delimiter=self.separator, newlines_in_values=True, invalid_row_handler=put_aside
        )

    def _without_cut_row(self, frame: pd.DataFrame, set_aside: SetAside) -> pd.DataFrame:
        if not self.unclosed or frame.empty or any(row[0] is None for row in set_aside.rows):
            return frame
        text = self.separator.join(map(str, frame.iloc[-1]))
        set_aside.rows.append((None, "a quote is opened and never closed", text))
        return frame.iloc[:-1]


def _opened(path: Path) -> IO[bytes]:
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")


def _encoding_and_quotes(path: Path) -> tuple[str, int]:
    failures = {}
    for encoding in ("utf-8", "gb18030"):
        decoder, position, quotes = codecs.getincrementaldecoder(encoding)(), 0, 0
        try:
            with _opened(path) as stream:
                while block := stream.read(1 << 20):
                    quotes += decoder.decode(block).count('"')
                    position += len(block)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            failures[encoding] = f"byte {position + error.start}"
        except gzip.BadGzipFile as error:
            raise InputError(f"not a gzip file ({error})", file=path) from error
        else:
            return encoding, quotes
    places = ", ".join(f"not {name} at {place}" for name, place in failures.items())
    raise InputError(
        f"the text's encoding is unknown ({places})",
        file=path,
        expected="UTF-8 or GB18030",
        remedy="convert the file to UTF-8",
    )
