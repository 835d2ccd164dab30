"""Brings an event log into Parquet files that every engine reads alike."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from intent_tf.data.event_sql import FILE, LINE, PROBLEM, RECORD, ColumnType
from intent_tf.data.log_file import LogFile, without_structs
from intent_tf.data.log_files import LogFiles
from intent_tf.data.log_json import json_chunks, unfolded
from intent_tf.data.log_text import Chunk, csv_chunks
from intent_tf.errors import InputError

_COPIED_ROWS = 1 << 17
_TOLD = pa.schema([(PROBLEM, pa.string()), (FILE, pa.string()), (LINE, pa.int64()), (RECORD, pa.string())])


@dataclass(frozen=True)
class LogTables:
    """A log as Parquet files.

    Args:
        paths: The files; a column may be missing in some.
        types: The log's columns and their types.
        names: How the files call each of them.
        told: Whether the files also have `PROBLEM`, `FILE`, `LINE` and `RECORD`.
        partitions: Columns that are written in the names of folders, ``column=value``.
    """

    paths: tuple[Path, ...]
    types: Mapping[str, ColumnType]
    names: Mapping[str, str]
    told: bool
    partitions: tuple[str, ...] = ()


def log_tables(log: LogFiles, folder: str | Path) -> LogTables:
    """Give the log's own Parquet files as they are, and write all others into a folder.

    Raises:
        InputError: If a file cannot be read.
    """
    if log.is_native:
        own = {name: name for name in log.columns}
        return LogTables(log.paths, log.columns, own, log.told, log.partitions)
    writer = _Writer(Path(folder) / "log")
    for file in log.files:
        try:
            for chunk in _chunks(file):
                writer.write(file, chunk)
        except (OSError, EOFError, pa.ArrowException) as error:
            raise InputError(f"cannot be read ({' '.join(str(error).split())})", file=file.path) from error
    writer.close()
    types = {name: log.columns.get(name, "text") for name in writer.names}
    missing = {name: kind for name, kind in log.columns.items() if name not in types}
    writer.names |= {name: writer.own_name(name) for name in missing}
    return LogTables(tuple(writer.paths), types, writer.names, told=True)


def _chunks(file: LogFile) -> Iterator[Chunk]:
    if file.format == "parquet":
        with pa.parquet.ParquetFile(file.path) as table:
            line = 1
            for batch in table.iter_batches(_COPIED_ROWS):
                if file.unfold:
                    yield unfolded(
                        ((at, row, "") for at, row in enumerate(batch.to_pylist(), line)), file.unfold
                    )
                else:
                    rows = without_structs(pa.Table.from_batches([batch])).combine_chunks()
                    columns = {name: rows.column(name).combine_chunks() for name in file.names}
                    yield Chunk(columns, np.arange(line, line + len(batch)))
                line += len(batch)
        return
    with file.opened() as stream:
        if file.format == "json":
            yield from json_chunks(stream, file.encoding, file.unfold, file.kind.record)
        else:
            yield from csv_chunks(stream, file.encoding, file.separator, file.names, file.header)


class _Writer:
    """Writes chunks; a new file begins where the columns change."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder, self.paths = folder, list[Path]()
        self.names: dict[str, str] = {}
        self.writer: pa.parquet.ParquetWriter | None = None

    def own_name(self, name: str) -> str:
        # By their own names, columns could differ in case only, or hold what an engine cannot quote.
        return self.names.setdefault(name, f"c{len(self.names)}")

    def write(self, file: LogFile, chunk: Chunk) -> None:
        columns = {self.own_name(name): values for name, values in chunk.columns.items()}
        if missing := file.kind.missing:
            columns = {
                name: pc.if_else(pc.equal(each, missing), None, each) for name, each in columns.items()
            }
        for name, value in file.kind.constants.items():
            columns[self.own_name(name)] = pa.repeat(value, len(chunk.lines))
        rows = pa.table(
            {
                **columns,
                PROBLEM: pa.nulls(len(chunk.lines), pa.string()),
                FILE: pa.repeat(str(file.path), len(chunk.lines)),
                LINE: pa.array(chunk.lines, pa.int64()),
                RECORD: pa.nulls(len(chunk.lines), pa.string()),
            }
        )
        problems = [(reason, str(file.path), line, text[:2000]) for line, reason, text in chunk.problems]
        if problems:
            told = dict(zip(_TOLD.names, map(list, zip(*problems, strict=True)), strict=True))
            rows = pa.concat_tables([rows, pa.table(told, _TOLD)], promote_options="default")
        if self.writer is None or self.writer.schema != rows.schema:
            self.close()
            self.paths.append(self.folder / f"{len(self.paths):05d}.parquet")
            self.writer = pa.parquet.ParquetWriter(self.paths[-1], rows.schema, compression="lz4")
        self.writer.write_table(rows)

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
