"""Finds the files of an event log and looks at their beginnings to see how they are written."""

from __future__ import annotations

import codecs
import csv
import glob
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import IO, Literal, cast

import pyarrow as pa
import pyarrow.parquet

from intent_tf.data.event_log import PROBLEM, ColumnType
from intent_tf.errors import InputError

_FORMATS: dict[str, Literal["csv", "json", "parquet"]] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".dat": "csv",
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
    ".parquet": "parquet",
}
_EXPECTED = f"files that end in {', '.join(_FORMATS)} (text files may be compressed: .gz), or folders of them"
_BLOCK = 1 << 20
_LINES = 200


@dataclass(frozen=True)
class LogFiles:
    """The files of one event log; all of one format, with the same columns.

    Args:
        paths: The files, sorted.
        format: ``"csv"``, ``"json"`` (an object a line) or ``"parquet"``.
        columns: The columns with their types; of CSV and JSON files all are text.
        partitions: Columns that are written in the names of folders, ``column=value``.
        separator: The character between the fields of CSV files.
        header: Whether CSV files begin with a line that names the columns.
        encoding: ``"utf-8"`` or ``"gb18030"``.
        problems: Whether the log has a column that says why a row cannot be used (`PROBLEM`).
    """

    paths: tuple[Path, ...]
    format: Literal["csv", "json", "parquet"]
    columns: Mapping[str, ColumnType]
    partitions: tuple[str, ...] = ()
    separator: str = ","
    header: bool = True
    encoding: str = "utf-8"
    problems: bool = False

    @classmethod
    def find(cls, log: str | Path | Sequence[str | Path], names: Sequence[str] = ()) -> LogFiles:
        """Find the files of a log.

        Args:
            log: Files, glob patterns, or folders (searched to any depth).
            names: The columns of CSV files without a header line.

        Raises:
            InputError: If there are none, their formats or columns differ, or one cannot be read.
        """
        paths = log_paths(log)
        formats = {_format(path) for path in paths}
        if len(formats) != 1:
            file_names = ", ".join(path.name for path in paths[:9])
            raise InputError(f"files of different formats ({file_names})", expected="one format")
        partitions = tuple(part.split("=")[0] for part in paths[0].parts[:-1] if "=" in part)
        match formats.pop():
            case "csv":
                return _csv(paths, partitions, names)
            case "json":
                return cls(tuple(paths), "json", _json_columns(paths, partitions), partitions)
            case _:
                columns = _parquet_columns(paths, partitions)
                problems = columns.pop(PROBLEM, None) is not None
                return cls(tuple(paths), "parquet", columns, partitions, problems=problems)

    @property
    def bytes(self) -> int:
        """About how large the log is as uncompressed text, in bytes."""
        factor = {".gz": 8, ".parquet": 6}
        return sum(path.stat().st_size * factor.get(path.suffix, 1) for path in self.paths)

    def as_utf8(self, folder: Path) -> LogFiles:
        """Rewrite the files in UTF-8 below a folder, at their own paths, unless they already are."""
        if self.encoding == "utf-8":
            return self
        recoded = []
        for path in map(Path.resolve, self.paths):
            recoded.append(folder / path.relative_to(path.anchor).with_name(path.name.removesuffix(".gz")))
            recoded[-1].parent.mkdir(parents=True, exist_ok=True)
            decoder = codecs.getincrementaldecoder(self.encoding)(errors="replace")
            with opened(path) as source, recoded[-1].open("w", encoding="utf-8", newline="") as target:
                while block := source.read(_BLOCK):
                    target.write(decoder.decode(block))
        return replace(self, paths=tuple(recoded), encoding="utf-8")

    def __str__(self) -> str:
        return str(self.paths[0]) + (f" and {len(self.paths) - 1} more" if len(self.paths) > 1 else "")


def log_paths(log: str | Path | Sequence[str | Path]) -> list[Path]:
    """List the files of a log, sorted.

    Args:
        log: Files, glob patterns, or folders (searched to any depth).

    Raises:
        InputError: If there are none.
    """
    given = [log] if isinstance(log, str | Path) else list(log)
    return sorted({path for each in given for path in _expand(str(each))})


def opened(path: Path) -> IO[bytes]:
    """Open a file to read its uncompressed bytes."""
    return cast(IO[bytes], gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def _expand(given: str) -> list[Path]:
    path = Path(given)
    if path.is_file():
        return [path]
    if path.is_dir():
        paths = [each for each in path.rglob("*") if each.is_file() and _ending(each) in _FORMATS]
    else:
        paths = [Path(each) for each in glob.glob(given, recursive=True) if Path(each).is_file()]  # noqa: PTH207
    if not paths:
        problem = "the folder holds no log" if path.is_dir() else "no such file"
        raise InputError(problem, file=given, expected=_EXPECTED)
    return paths


def _ending(path: Path) -> str:
    return Path(path.name.lower().removesuffix(".gz")).suffix


def _format(path: Path) -> Literal["csv", "json", "parquet"]:
    if _ending(path) not in _FORMATS:
        raise InputError("unknown file format", file=path, expected=_EXPECTED)
    return _FORMATS[_ending(path)]


def _csv(paths: list[Path], partitions: tuple[str, ...], names: Sequence[str]) -> LogFiles:
    headers = {}
    for path in paths:
        text, encoding = _beginning(path)
        header = text.lstrip("\ufeff").split("\n", 1)[0].rstrip("\r")
        if not header.strip():
            raise InputError("the file is empty", file=path, expected="a header line and rows")
        separator = max(",;\t|", key=header.count)
        headers[path] = (tuple(next(csv.reader([header], delimiter=separator))), separator, encoding)
    first_header, separator, encoding = headers[paths[0]]
    for path, other in headers.items():
        if other[:2] != headers[paths[0]][:2] and not names:
            raise InputError(
                f"the header is {separator.join(other[0])!r}",
                file=path,
                row=1,
                expected=f"{separator.join(first_header)!r}, as in {paths[0]}",
            )
    if names and len(names) != len(first_header):
        raise InputError(
            f"the first line has {len(first_header)} fields", file=paths[0], expected=f"{len(names)}"
        )
    columns = tuple(names) or first_header
    for column in columns:
        if columns.count(column) > 1:
            raise InputError("the header names the column twice", file=paths[0], row=1, column=column)
    types: dict[str, ColumnType] = dict.fromkeys([*columns, *partitions], "text")
    encoding = next((each[2] for each in headers.values() if each[2] != "utf-8"), "utf-8")
    return LogFiles(tuple(paths), "csv", types, partitions, separator, not names, encoding)


def _json_columns(paths: list[Path], partitions: tuple[str, ...]) -> dict[str, ColumnType]:
    keys: dict[str, ColumnType] = {}
    with opened(paths[0]) as lines:
        for line in islice(lines, _LINES):
            try:
                record = json.loads(line)
            except ValueError:
                continue  # every line is looked at again, and rejected, when the log is read
            keys |= dict.fromkeys(record, "text") if isinstance(record, dict) else {}
    if not keys:
        raise InputError(f"no JSON object in the first {_LINES} lines", file=paths[0], expected="one a line")
    return keys | dict.fromkeys(partitions, "text")


def _parquet_columns(paths: list[Path], partitions: tuple[str, ...]) -> dict[str, ColumnType]:
    schema = None
    for path in paths:
        try:
            file_schema = pa.parquet.read_schema(path)
        except (pa.ArrowInvalid, OSError) as error:
            raise InputError(
                f"not a readable Parquet file, perhaps half-written ({error})", file=path
            ) from error
        schema = schema or file_schema
    types = {field.name: _type(field.type) for field in schema or ()}
    return types | dict.fromkeys(partitions, "text")


def _type(arrow: pa.DataType) -> ColumnType:
    if pa.types.is_temporal(arrow):
        return "time"
    is_number = pa.types.is_integer(arrow) or pa.types.is_floating(arrow) or pa.types.is_decimal(arrow)
    return "number" if is_number else "text"


def _beginning(path: Path) -> tuple[str, str]:
    try:
        with opened(path) as stream:
            block = stream.read(_BLOCK)
    except (OSError, EOFError) as error:
        raise InputError(f"cannot be read ({error})", file=path) from error
    for encoding in ("utf-8", "gb18030"):
        try:
            return codecs.getincrementaldecoder(encoding)().decode(block), encoding
        except UnicodeDecodeError:
            continue
    raise InputError(
        "the text's encoding is unknown", file=path, expected="UTF-8 or GB18030", remedy="convert it to UTF-8"
    )
