"""A file of an event log: what is known of it, and how it is opened."""

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

import pyarrow as pa

from intent_tf.data.encodings import opened
from intent_tf.data.log_json import Unfold
from intent_tf.errors import InputError

Format = Literal["csv", "json", "parquet"]
FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".dat": "csv",
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
    ".parquet": "parquet",
}
EXPECTED = (
    f"files that end in {', '.join(FORMATS)} (text files may be compressed: .gz, .zip), or folders of them"
)


@dataclass(frozen=True)
class FileKind:
    """What is known of a file of a log before it is looked at.

    Args:
        names: The columns of a CSV file without a header line.
        constants: Columns that have one value in the whole file.
        missing: A number that means that none is there.
        record: What an object of JSON is, in words.
    """

    names: Sequence[str] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    missing: str = ""
    record: str = "JSON"


@dataclass(frozen=True)
class LogFile:
    """A file of a log.

    Args:
        path: The file.
        format: ``"csv"``, ``"json"`` (an object a line, or an array of objects) or ``"parquet"``.
        names: The columns, in order; of JSON, those of its first lines.
        kind: What was known of it.
        encoding: Of text, such as ``"utf-8"``.
        separator: The character between the fields of a CSV file.
        header: Whether a CSV file begins with a line that names the columns.
        unfold: Function that makes rows of each record.
    """

    path: Path
    format: Format
    names: tuple[str, ...]
    kind: FileKind = field(default_factory=FileKind)
    encoding: str = "utf-8"
    separator: str = ","
    header: bool = True
    unfold: Unfold | None = None

    def opened(self) -> IO[bytes]:
        """Open the file to read its uncompressed bytes."""
        return opened_file(self.path)


def ending_of(path: str | Path) -> str:
    """Tell the ending of a file's name before it was compressed."""
    name = Path(path).name.lower()
    if name.endswith(".zip") and zipfile.is_zipfile(path) and not Path(name.removesuffix(".zip")).suffix:
        name = _member(Path(path)).lower()
    return Path(name.removesuffix(".gz").removesuffix(".zip")).suffix


def _member(path: Path) -> str:
    """Name the file in a zip archive."""
    with zipfile.ZipFile(path) as archive:
        members = [each.filename for each in archive.infolist() if not each.is_dir()]
    if len(members) != 1:
        raise InputError(f"the archive holds {len(members)} files", file=path, expected="one file of the log")
    return members[0]


def opened_file(path: str | Path) -> IO[bytes]:
    """Open a file to read its uncompressed bytes."""
    path = Path(path)
    if path.suffix.lower() == ".zip":
        return zipfile.ZipFile(path).open(_member(path))
    return opened(path)


def without_structs(table: pa.Table) -> pa.Table:
    """Give the values of nested columns columns of their own, with dots in their names."""
    while any(pa.types.is_struct(field.type) for field in table.schema):
        table = table.flatten()
    return table


def format_of(path: str | Path) -> Format:
    """Tell the format of a file by the ending of its name.

    Raises:
        InputError: If it is unknown.
    """
    if ending_of(path) not in FORMATS:
        raise InputError("unknown file format", file=path, expected=EXPECTED)
    return FORMATS[ending_of(path)]
