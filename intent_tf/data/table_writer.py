"""Writes tables as they are read: Arrow tables or JSON objects, to CSV, JSON lines or Parquet."""

import csv
import datetime
import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from intent_tf.data.json_files import JsonObject, arrow_table
from intent_tf.data.tables import table_format
from intent_tf.errors import InputError


class TableWriter:
    """Appends rows to a file whose name's ending decides the format.

    Parquet keeps the types of Arrow columns, JSON lines keep objects, and CSV files, which are UTF-8, keep
    texts; their lists are JSON.

    Args:
        path: A ``.csv``, ``.tsv``, ``.jsonl`` or ``.parquet`` file; text files may end in ``.gz``.
        schema: Names and types of the columns.

    Raises:
        InputError: If the ending is unknown.
    """

    def __init__(self, path: str | Path, schema: pa.Schema) -> None:
        self.path, self.schema = Path(path), schema
        self.format = table_format(self.path)
        self._file: Any = None

    def __enter__(self) -> "TableWriter":
        if self.format == "parquet":
            self._file = pa.parquet.ParquetWriter(self.path, self.schema)
        else:
            opener = gzip.open if self.path.suffix == ".gz" else open
            self._file = cast(IO[str], opener(self.path, "wt", encoding="utf-8", newline=""))
        if self.format == "csv":
            separator = "\t" if ".tsv" in self.path.suffixes else ","
            self._csv = csv.writer(self._file, delimiter=separator, lineterminator="\n")
            self._csv.writerow(self.schema.names)
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, rows: pa.Table | Sequence[JsonObject]) -> None:
        """Append rows.

        Raises:
            InputError: If values of JSON objects do not fit the types of the columns.
        """
        if self.format == "parquet":
            try:
                table = rows if isinstance(rows, pa.Table) else arrow_table(list(rows), self.schema)
            except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
                raise InputError(
                    f"the values have no type in common ({error})",
                    file=self.path,
                    remedy="write a .jsonl file",
                ) from error
            self._file.write_table(table)
        elif self.format == "jsonl":
            for row in rows.to_pylist() if isinstance(rows, pa.Table) else rows:
                self._file.write(json.dumps(_plain(row), ensure_ascii=False) + "\n")
        elif isinstance(rows, pa.Table):
            self._csv.writerows(zip(*map(_cells, rows.columns), strict=True))
        else:
            self._csv.writerows([_cell(row.get(name)) for name in self.schema.names] for row in rows)


def with_column(
    rows: pa.Table | Sequence[JsonObject], name: str, values: np.ndarray
) -> pa.Table | list[JsonObject]:
    """Return rows with one more column of float32 numbers."""
    if isinstance(rows, pa.Table):
        return rows.append_column(pa.field(name, pa.float32()), pa.array(values))
    return [{**row, name: float(str(value))} for row, value in zip(rows, values, strict=True)]


def _cells(column: pa.ChunkedArray) -> list[Any]:
    if pa.types.is_string(column.type):
        return cast(list[Any], column.to_pylist())
    if pa.types.is_float32(column.type):
        return [None if each is None else str(np.float32(each)) for each in column.to_pylist()]
    return list(map(_cell, column.to_pylist()))


def _cell(value: Any) -> Any:
    return json.dumps(_plain(value), ensure_ascii=False) if isinstance(value, list | dict) else value


def _plain(value: Any) -> Any:
    """Return what JSON has: no NaN, and dates and decimals as texts."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return list(map(_plain, value))
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if value is None or isinstance(value, str | int):
        return value
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
