"""Finds the files of an event log and looks at their beginnings to see how they are written."""

import codecs
import glob
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from intent_tf.data.encodings import Encoding, find_encoding
from intent_tf.data.event_sql import PROBLEM, ColumnType
from intent_tf.data.facts import Facts
from intent_tf.data.log_file import (
    EXPECTED,
    FORMATS,
    FileKind,
    LogFile,
    ending_of,
    format_of,
    opened_file,
    without_structs,
)
from intent_tf.data.log_json import Unfold, json_chunks, unfolded
from intent_tf.data.log_text import fields_of
from intent_tf.errors import InputError
from intent_tf.options.input_file import existing_log

_BLOCK = 1 << 20
_ENCODINGS = ("utf-8", "gb18030")
_LINES = 200
_GLOB = re.compile(r"[*?\[\]{}]")


@dataclass(frozen=True)
class LogFiles:
    """The files of one event log.

    Args:
        files: The files, sorted; a column may be missing in some.
        columns: The columns of all files with their types; of CSV and JSON files all are text.
        partitions: Columns that are written in the names of folders, ``column=value``.
    """

    files: tuple[LogFile, ...]
    columns: Mapping[str, ColumnType]
    partitions: tuple[str, ...] = ()

    @classmethod
    def find(cls, log: str | Path | Sequence[str | Path], names: Sequence[str] = ()) -> "LogFiles":
        """Find the files of a log.

        Args:
            log: Files, glob patterns, or folders (searched to any depth).
            names: The columns of CSV files without a header line.

        Raises:
            InputError: If there are none, their formats differ, or one cannot be read.
        """
        return cls.of(dict.fromkeys(log_paths(log), FileKind(names)))

    @classmethod
    def of(
        cls, kinds: Mapping[Path, FileKind], *, encoding: str | None = None, unfold: Unfold | None = None
    ) -> "LogFiles":
        """Look at files of one format.

        Args:
            kinds: The files, each with what is known of it.
            encoding: The encoding of text files; found by default.
            unfold: Function that makes rows of each record.

        Raises:
            InputError: If their formats differ, or one cannot be read.
        """
        if len({format_of(path) for path in kinds}) != 1:
            file_names = ", ".join(path.name for path in list(kinds)[:9])
            raise InputError(f"files of different formats ({file_names})", expected="one format")
        files: list[LogFile] = []
        types: dict[str, ColumnType] = {}
        for path, kind in kinds.items():
            kind = replace(kind, constants={**_partitions(path), **kind.constants})
            file, columns = _looked_at(path, kind, encoding, unfold)
            if files and not columns.keys() & types.keys():
                raise InputError(
                    f"the header is {file.separator.join(columns)!r}",
                    file=path,
                    row=1,
                    expected=f"{files[0].separator.join(files[0].names)!r}, as in {files[0].path}",
                )
            files.append(file)
            for name, found in (columns | _texts(kind.constants)).items():
                types[name] = found if types.get(name, found) == found else "text"
        return cls(tuple(files), types, tuple(_partitions(files[0].path)))

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files' paths."""
        return tuple(file.path for file in self.files)

    @property
    def encoding(self) -> str:
        """The first encoding that is not UTF-8, or UTF-8."""
        return next((file.encoding for file in self.files if file.encoding != "utf-8"), "utf-8")

    @property
    def told(self) -> bool:
        """Whether the files themselves say which rows cannot be used."""
        return self.files[0].format == "parquet" and PROBLEM in self.files[0].names

    @property
    def is_native(self) -> bool:
        """Whether engines can read the files as they are."""
        first, is_pattern = self.files[0], any(_GLOB.search(str(path)) for path in self.paths)
        if first.format != "parquet" or first.unfold or is_pattern:
            return False
        folded = [name.casefold() for name in self.columns]
        kinds = {tuple(_partitions(path)) for path in self.paths}
        plain = not any("." in name for name in folded)  # which may be that of a nested value
        return len({*folded}) == len(folded) and len(kinds) == 1 and all(folded) and plain

    @property
    def bytes(self) -> int:
        """About how large the log is as uncompressed text, in bytes."""
        factor = {".gz": 8, ".zip": 8, ".parquet": 6}
        return sum(path.stat().st_size * factor.get(path.suffix, 1) for path in self.paths)

    def tell(self, facts: Facts) -> None:
        """Tell the files, and how each that is not UTF-8 is read."""
        facts.tell("log", self)
        for file in self.files:
            if file.encoding != "utf-8":
                facts.warn(f"{file.path} is not UTF-8; read as {file.encoding.upper()}: --encoding NAME")

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


def _expand(given: str) -> list[Path]:
    path = Path(given)
    if path.is_file():
        return [path]
    existing_log(given)
    if path.is_dir():
        paths = [each for each in path.rglob("*") if each.is_file() and ending_of(each) in FORMATS]
    else:
        paths = [Path(each) for each in glob.glob(given, recursive=True) if Path(each).is_file()]  # noqa: PTH207
    if not paths:
        raise InputError("the folder holds no log", file=given, expected=EXPECTED)
    return paths


def _partitions(path: Path) -> dict[str, str]:
    return dict(part.split("=", 1) for part in path.parts[:-1] if "=" in part)


def _looked_at(
    path: Path, kind: FileKind, encoding: str | None, unfold: Unfold | None
) -> tuple[LogFile, dict[str, ColumnType]]:
    """Look at the beginning of a file; returns it with the types of its columns."""
    if format_of(path) == "parquet":
        try:
            schema = without_structs(pa.parquet.read_schema(path).empty_table()).schema
        except (pa.ArrowInvalid, OSError) as error:
            raise InputError(
                f"not a readable Parquet file, perhaps half-written ({error})", file=path
            ) from error
        if unfold:
            records = next(pa.parquet.ParquetFile(path).iter_batches(_LINES)).to_pylist()
            keys = tuple(unfolded(((0, record, "") for record in records), unfold).columns)
            return LogFile(path, "parquet", keys, kind, unfold=unfold), _texts(keys)
        own = (column for column in schema if not column.name.startswith("_intent_"))
        types = {column.name: _type(column.type) for column in own}
        return LogFile(path, "parquet", tuple(schema.names), kind, unfold=unfold), types
    text, found = _beginning(path, encoding)
    if format_of(path) == "json":
        keys = _keys(path, text, unfold)
        return LogFile(path, "json", keys, kind, found.name, unfold=unfold), _texts(keys)
    lines = text.lstrip("\ufeff").splitlines()
    if not lines or not lines[0].strip():
        raise InputError("the file is empty", file=path, expected="a header line and rows")
    separator = max(",;\t|", key=lines[0].count)
    first = [name.strip() for name in fields_of(lines[0], separator)]
    columns = list(kind.names) or first
    second = fields_of(lines[1], separator) if len(lines) > 2 and '"' not in lines[1] else columns
    if len(second) == len(columns) + 1 and not second[-1]:
        columns.append("")  # every line but the header ends in a separator
    if kind.names and len(first) != len(columns):
        raise InputError(f"the first line has {len(first)} fields", file=path, expected=f"{len(columns)}")
    for column in filter(None, columns):
        if columns.count(column) > 1:
            raise InputError("the header names the column twice", file=path, row=1, column=column)
    file = LogFile(path, "csv", tuple(columns), kind, found.name, separator, not kind.names)
    return file, _texts(filter(None, columns))


def _texts(names: Iterable[str]) -> dict[str, ColumnType]:
    return dict.fromkeys(names, "text")


def _keys(path: Path, text: str, unfold: Unfold | None) -> tuple[str, ...]:
    """Find the columns of a JSON array, or of the first lines of JSON."""
    if text.lstrip()[:1] == "[":
        with opened_file(path) as stream:
            chunks = list(json_chunks(stream, "utf-8", unfold))
    else:
        chunks = list(
            json_chunks(io.BytesIO("\n".join(text.splitlines()[:_LINES]).encode()), "utf-8", unfold)
        )
    keys = dict.fromkeys(key for chunk in chunks for key in chunk.columns)
    if not keys:
        raise InputError(f"no JSON object in the first {_LINES} lines", file=path, expected="one a line")
    return tuple(keys)


def _type(arrow: pa.DataType) -> ColumnType:
    if pa.types.is_temporal(arrow):
        return "time"
    is_number = pa.types.is_integer(arrow) or pa.types.is_floating(arrow) or pa.types.is_decimal(arrow)
    return "number" if is_number else "text"


def _beginning(path: Path, encoding: str | None) -> tuple[str, Encoding]:
    """Read the beginning of a text file, and find its encoding unless it is given."""
    try:
        with opened_file(path) as stream:
            block = stream.read(_BLOCK)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise InputError(f"cannot be read ({error})", file=path) from error
    if path.suffix == ".zip":
        found = Encoding(encoding or "utf-8")
    else:
        found = find_encoding(path, given=encoding, limit=_BLOCK)
    return codecs.getincrementaldecoder(found.name)(errors="replace").decode(block), found
