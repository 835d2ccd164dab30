"""Reads and writes tables: CSV, JSON lines and Parquet, whole or as a stream of chunks.

Rows that cannot be read (a line cut short, JSON that does not parse) are rejected with their line and
the reason; they are never dropped in silence.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from intent_tf.data.csv_files import CsvFile, Rejected
from intent_tf.data.sequences import is_list, write_list
from intent_tf.errors import InputError

_FORMATS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".jsonl": "jsonl", ".parquet": "parquet"}
_EXPECTED = "a .csv, .tsv, .jsonl or .parquet file (text files may be compressed: .gz)"


@dataclass(frozen=True)
class Table:
    """A table read whole: its rows, those rejected, and the encoding of its text."""

    frame: pd.DataFrame
    rejected: Rejected
    encoding: str = "utf-8"


def read_table(path: str | Path, *, missing: tuple[str, ...] = ()) -> Table:
    """Read a table whole; the types of a CSV file's columns are inferred from all of its rows.

    Args:
        path: A ``.csv``, ``.tsv``, ``.jsonl`` or ``.parquet`` file; text files may end in ``.gz``.
        missing: Further words that mean "missing" in a CSV file, such as ``"?"``.

    Returns:
        The rows and what was rejected.

    Raises:
        InputError: If there is no such file, its format or encoding is unknown, or it has no rows.
    """
    source = existing_file(path)
    rejected, encoding = Rejected(str(source)), "utf-8"
    if table_format(source) == "csv":
        layout = CsvFile.inspect(source)
        frame, encoding = layout.read(rejected, missing), layout.encoding
    else:
        chunks = list(stream_table(source, rejected))
        frame = pd.concat(chunks) if chunks else pd.DataFrame()
    if frame.empty:
        raise InputError("the table has no rows", file=source, expected="at least one row of data")
    return Table(frame, rejected, encoding)


def stream_table(path: str | Path, rejected: Rejected, *, rows: int = 65_536) -> Iterator[pd.DataFrame]:
    """Read a table in chunks of bounded memory; the fields of a CSV file stay text, as written.

    Args:
        path: A file in any of the formats that `read_table` reads.
        rejected: Takes the rows that cannot be read.
        rows: Rows a chunk (CSV files are cut by bytes instead).

    Yields:
        Chunks with all columns of the file.

    Raises:
        InputError: If the file cannot be read as a table, as with `read_table`.
    """
    source = existing_file(path)
    match table_format(source):
        case "csv":
            yield from CsvFile.inspect(source).stream(rejected)
        case "parquet":
            yield from _parquet(source, rows)
        case _:
            records = _json_records(source, rejected)
            while chunk := dict(islice(records, rows)):
                yield pd.DataFrame(list(chunk.values()), index=list(chunk))


def write_table(frame: pd.DataFrame, path: str | Path, *, append: bool = False) -> None:
    """Write a table; the ending of the name decides the format.

    Args:
        frame: The rows.
        path: A ``.csv``, ``.tsv``, ``.jsonl`` or ``.parquet`` file.
        append: Add to a text file that already holds the same columns.

    Lists are written to CSV files as JSON.

    Raises:
        InputError: If the ending is unknown.
    """
    kind, target = table_format(Path(path)), str(path)
    mode: Any = "a" if append else "w"
    if kind == "parquet":
        frame.to_parquet(target, index=False)
    elif kind == "jsonl":
        frame.to_json(
            target,
            orient="records",
            lines=True,
            force_ascii=False,
            date_format="iso",
            double_precision=15,
            mode=mode,
        )
    else:
        lists = {name: frame[name].map(write_list) for name in frame.columns if is_list(frame[name])}
        separator = "\t" if ".tsv" in Path(path).suffixes else ","
        frame.assign(**lists).to_csv(target, index=False, sep=separator, mode=mode, header=not append)


def existing_file(path: str | Path) -> Path:
    """Return the path, if a file is there.

    Raises:
        InputError: If there is none, or a folder.
    """
    source = Path(path)
    if not source.is_file():
        raise InputError(
            "is a folder" if source.is_dir() else "no such file", file=source, expected=_EXPECTED
        )
    return source


def table_format(path: Path) -> str:
    """Tell ``csv``, ``jsonl`` or ``parquet`` by the ending of the file's name.

    Raises:
        InputError: If the ending is unknown.
    """
    endings = [ending.lower() for ending in path.suffixes if ending != ".gz"]
    if not endings or endings[-1] not in _FORMATS:
        raise InputError("unknown file format", file=path, expected=_EXPECTED)
    return _FORMATS[endings[-1]]


def _parquet(path: Path, rows: int) -> Iterator[pd.DataFrame]:
    try:
        with pa.parquet.ParquetFile(path) as file:
            first = 1
            for batch in file.iter_batches(batch_size=rows):
                # What pandas noted about its index is ignored: a named index is a column like any other.
                frame = batch.to_pandas(ignore_metadata=True, date_as_object=False)
                frame = frame.drop(columns=[name for name in frame if name.startswith("__index_level_")])
                yield frame.set_axis(range(first, first + len(frame)), axis=0)
                first += len(frame)
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(f"not a readable Parquet file ({error})", file=path) from error


def _json_records(path: Path, rejected: Rejected) -> Iterator[tuple[int, dict[str, Any]]]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
        try:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                try:
                    record, reason = json.loads(line), "not a JSON object"
                except json.JSONDecodeError as error:
                    record, reason = None, f"not JSON ({error.msg})"
                except UnicodeDecodeError as error:
                    record, reason = None, f"not UTF-8 ({error.reason})"
                if isinstance(record, dict):
                    yield number, record
                else:
                    text = line.decode("utf-8", "replace").rstrip("\r\n")
                    rejected.rows.append((number, reason, text))
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise InputError(f"not a whole gzip file ({error})", file=path) from error
