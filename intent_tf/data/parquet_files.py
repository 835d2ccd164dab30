"""Parquet files that together are one table, such as the part files that Spark writes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from intent_tf.errors import InputError

#: What pandas calls an index without a name in Parquet files.
_INDEX = "__index_level_"


@dataclass(frozen=True)
class ParquetFiles:
    """The rows of some files, one file after the other.

    Args:
        paths: The files. A column that one of them lacks is null in its rows.
        name: What messages call them.

    Raises:
        InputError: If one cannot be read, two columns have the same name, or files differ in a type.
    """

    paths: Sequence[Path]
    name: str

    @cached_property
    def schema(self) -> pa.Schema:
        """Names and types of all columns of all files."""
        schemas = []
        for path in self.paths:
            with _opened(path) as file:
                schemas.append(file.schema_arrow)
        for schema, path in zip(schemas, self.paths, strict=True):
            for name in schema.names:
                if schema.names.count(name) > 1:
                    raise InputError("two columns have the same name", file=path, column=name)
        try:
            schema = (
                pa.unify_schemas(schemas, promote_options="permissive") if len(schemas) > 1 else schemas[0]
            )
        except pa.ArrowException as error:
            raise InputError(
                f"its files have columns of different types ({error})", file=self.name
            ) from error
        names = [name for name in schema.names if not name.startswith(_INDEX)]
        # What pandas noted about its index is ignored: a named index is a column like any other.
        notes = {key: note for key, note in (schema.metadata or {}).items() if key != b"pandas"}
        return pa.schema([schema.field(name) for name in names], notes)

    @property
    def rows(self) -> int:
        """Number of rows of all files."""
        return sum(pyarrow.parquet.read_metadata(path).num_rows for path in self.paths)

    def tables(self, rows: int) -> Iterator[pa.Table]:
        """Read tables of so many rows, the last one of fewer; files of few rows make one together."""
        waiting: list[pa.Table] = []
        for batch in self._batches(rows):
            waiting.append(batch)
            if sum(map(len, waiting)) >= rows:
                table = pa.concat_tables(waiting)
                yield table.slice(0, rows)
                waiting = [table.slice(rows)]
        if any(map(len, waiting)):
            yield pa.concat_tables(waiting)

    def _batches(self, rows: int) -> Iterator[pa.Table]:
        for path in self.paths:
            with _opened(path) as file:
                for batch in file.iter_batches(batch_size=rows):
                    columns = [
                        batch.column(field.name).cast(field.type)
                        if field.name in batch.schema.names
                        else pa.nulls(len(batch), field.type)
                        for field in self.schema
                    ]
                    yield pa.Table.from_arrays(columns, schema=self.schema)


@contextmanager
def _opened(path: Path) -> Iterator[pyarrow.parquet.ParquetFile]:
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            yield file
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(f"not a readable Parquet file ({error})", file=path) from error
