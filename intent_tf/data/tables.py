"""Reads tables: CSV, JSON and Parquet, whole or chunk by chunk.

A cell of a CSV file is the text that stands there: what it means is for the model's specification to say.
Rows that cannot be read (a line cut short, JSON that does not parse) are rejected with their line and the
reason; they are never dropped in silence.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from intent_tf.data.csv_files import CsvFile, Rejected
from intent_tf.data.encodings import Encoding, find_encoding
from intent_tf.data.facts import Facts
from intent_tf.data.file_rules import FileRules
from intent_tf.data.json_files import JsonObject, arrow_schema, json_objects
from intent_tf.data.parquet_files import ParquetFiles
from intent_tf.errors import InputError
from intent_tf.options.input_file import TABLE_FILE, existing_rows

_FORMATS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".parquet": "parquet"}
_FORMATS |= dict.fromkeys((".jsonl", ".ndjson", ".json"), "jsonl")
_ROWS = 65_536
_LARGEST = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Chunk:
    """Some rows of a table.

    Args:
        numbers: Their numbers in the file, ``(rows,)``; the header of a CSV file is row 1.
        rows: The rows as they are: columns with their own types, or JSON objects.
        missing: Words that mean "missing".
    """

    numbers: np.ndarray
    rows: pa.Table | list[JsonObject]
    missing: tuple[str, ...] = ()

    def frame(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return some columns for a model, indexed by the rows' numbers; whole numbers stay exact."""
        if isinstance(self.rows, list):
            frame = pd.DataFrame(self.rows, index=self.numbers).reindex(columns=list(columns))
            for name in map(str, frame.select_dtypes("float")):
                values = [row.get(name) for row in self.rows]
                present = [each for each in values if each is not None]
                # pandas makes floats, which hold not all of them, of those where some are missing.
                if present and all(type(each) is int and abs(each) <= _LARGEST for each in present):
                    frame[name] = pd.array(values, "Int64")
            return frame
        table = self.table(columns)
        frame = table.to_pandas(ignore_metadata=True, date_as_object=False)
        for field, column in zip(table.schema, table.columns, strict=True):
            if pa.types.is_integer(field.type) and column.null_count:
                frame[field.name] = pd.array(
                    column.to_pylist(), "UInt64" if field.type == pa.uint64() else "Int64"
                )
        return frame.set_axis(self.numbers, axis=0)

    def table(self, columns: Sequence[str]) -> pa.Table:
        """Return some columns of rows that are no JSON objects; words that mean "missing" are null."""
        assert isinstance(self.rows, pa.Table)
        table = self.rows.select(list(columns))
        for index, field in enumerate(table.schema if self.missing else []):
            column = table.column(index)
            if pa.types.is_string(field.type):
                known = pc.is_in(column, pa.array(self.missing, pa.string()))
                table = table.set_column(index, field, pc.if_else(known, None, column))
        return table


class TableFile:
    """A table's file, looked at, to be read whole or chunk by chunk.

    Args:
        path: A ``.csv``, ``.tsv``, ``.txt``, ``.jsonl``, ``.ndjson``, ``.json`` or ``.parquet`` file; text
            files may end in ``.gz``. Or a folder of ``.parquet`` files, whose columns are those of all.
        rules: How files like it are written, as a model learnt it. Where the file contradicts them, its own
            way counts, and `tell` warns.
        encoding: The encoding of its text, as its owner says. Default: it is found.
        name: What messages call it; the path if None.

    Raises:
        InputError: If there is no such file, its format is unknown, it is not in the encoding, or it has no
            header.
    """

    def __init__(
        self,
        path: str | Path,
        rules: FileRules | None = None,
        *,
        encoding: str | None = None,
        name: str | None = None,
    ) -> None:
        files = existing_rows(path)
        self.path = Path(path)
        self.name = name or str(path)
        self.format = table_format(files[0])
        self.rejected = Rejected(str(self.path))
        self.rules: FileRules | None = None
        self.read_rows = 0
        self._learnt = rules
        self._encoding, self._csv, self._parquet = Encoding("utf-8"), None, ParquetFiles(files, self.name)
        if self.format != "parquet":
            expected = rules or FileRules()
            self._encoding = find_encoding(self.path, expected.encoding, given=encoding)
            if self.format == "csv":
                self._csv = CsvFile.inspect(self.path, self._encoding, expected.separator)
            separator = self._csv.layout.separator if self._csv else ""
            self.rules = FileRules(self._encoding.name, separator, expected.missing)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns, but for one of a CSV file that has no name and numbers the rows."""
        names = tuple(self.schema.names)
        return names[1:] if self._csv and names[0] == "" else names

    @cached_property
    def schema(self) -> pa.Schema:
        """Names and types of all columns; those of JSON are found by reading all objects."""
        if self._csv:
            return pa.schema([(name, pa.string()) for name in self._csv.layout.names])
        if self.format == "jsonl":
            return arrow_schema(objects for _, objects in self._objects(Rejected(""), _ROWS))
        return self._parquet.schema

    @property
    def rows(self) -> int | None:
        """Number of rows, where it is known before they are read."""
        return self._parquet.rows if self.format == "parquet" else None

    def chunks(self, rows: int = _ROWS) -> Iterator[Chunk]:
        """Read the table in chunks of bounded memory.

        Args:
            rows: Rows of a chunk at most.

        Raises:
            InputError: If the file cannot be read to its end, or no row of it.
        """
        self.rejected.rows.clear()
        self.read_rows = 0
        missing = self.rules.missing if self.rules else ()
        for numbers, content in self._contents(rows):
            self.read_rows += len(numbers)
            yield Chunk(numbers, content, missing)
        if not self.read_rows:
            raise self.rejected.no_rows()

    def frame(self) -> pd.DataFrame:
        """Read the table whole, indexed by the rows' numbers.

        Raises:
            InputError: As `chunks`.
        """
        chunks = list(self.chunks())
        numbers = np.concatenate([chunk.numbers for chunk in chunks])
        if self.format == "jsonl":
            objects = [each for chunk in chunks for each in chunk.rows]
            return Chunk(numbers, objects).frame(
                list(dict.fromkeys(name for each in objects for name in each))
            )
        table = pa.concat_tables([chunk.rows for chunk in chunks])
        return Chunk(numbers, table, chunks[0].missing).frame(self.columns)

    def tell(self, facts: Facts) -> None:
        """Tell how the file is written and how many of its rows were read, and what was guessed."""
        facts.tell("file", self.name)
        if self.rules:
            facts.tell("encoding", self.rules.encoding)
        if self._encoding.guessed:
            others = f" (or {', '.join(self._encoding.others[:3])})" if self._encoding.others else ""
            facts.warn(
                f"{self.path} is not UTF-8; it is read as {self._encoding.name}{others}, which is a guess: "
                "if letters look wrong, say --encoding NAME"
            )
        if self._csv:
            layout = self._csv.layout
            facts.tell("separator", repr(layout.separator))
            quoting = {"backslashes escape": layout.escapes, "blanks before quotes": layout.blanks}
            if any(quoting.values()):
                facts.tell("quoting", ", ".join(name for name, found in quoting.items() if found))
            if layout.above:
                facts.tell("lines above the header", layout.above)
            if layout.names[0] == "":
                facts.tell("column without a name", "numbers the rows, not read")
        if self.rules and self._learnt and bool(self.rules.separator) == bool(self._learnt.separator):
            ways = {
                "encoding": (self.rules.encoding, self._learnt.encoding),
                "separator": (repr(self.rules.separator), repr(self._learnt.separator)),
            }
            for name, (own, learnt) in ways.items():
                if own != learnt:
                    facts.warn(f"{self.path} has another {name} than training had: {own}, not {learnt}")
        facts.tell("rows", self.read_rows)
        if self.rejected.rows:
            facts.tell("rows rejected", number := len(self.rejected.rows))
            row, reason, _ = self.rejected.rows[0]
            facts.warn(
                f"{number:,} row{'s' * (number > 1)} cannot be read; the first is row {row} ({reason})"
            )

    def _contents(self, rows: int) -> Iterator[tuple[np.ndarray, pa.Table | list[JsonObject]]]:
        if self._csv:
            yield from self._csv.chunks(self.rejected, rows)
        elif self.format == "jsonl":
            yield from self._objects(self.rejected, rows)
        else:
            first = 1
            for table in self._parquet.tables(rows):
                yield np.arange(first, first + len(table)), table
                first += len(table)

    def _objects(self, rejected: Rejected, rows: int) -> Iterator[tuple[np.ndarray, list[JsonObject]]]:
        objects = json_objects(self.path, self._encoding, rejected)
        while chunk := list(islice(objects, rows)):
            yield np.array([number for number, _ in chunk]), [each for _, each in chunk]


@dataclass(frozen=True)
class Table:
    """A table read whole.

    Args:
        frame: Its rows, indexed by their numbers in the file; the cells of a CSV file are text.
        file: The file, with its rules and the rows that were rejected.
    """

    frame: pd.DataFrame
    file: TableFile


def read_table(path: str | Path, rules: FileRules | None = None, *, encoding: str | None = None) -> Table:
    """Read a table whole; see `TableFile`.

    Raises:
        InputError: If it cannot be read, or has no rows.
    """
    file = TableFile(path, rules, encoding=encoding)
    return Table(file.frame(), file)


def table_format(path: str | Path) -> str:
    """Tell ``csv``, ``jsonl`` or ``parquet`` by the ending of the file's name.

    Raises:
        InputError: If the ending is unknown.
    """
    endings = [ending.lower() for ending in Path(path).suffixes if ending != ".gz"]
    if not endings or endings[-1] not in _FORMATS:
        raise InputError("unknown file format", file=path, expected=TABLE_FILE)
    return _FORMATS[endings[-1]]
