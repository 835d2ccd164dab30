"""Prepares examples on DuckDB: embedded, in bounded memory, as large as the disk allows.

The log is read once and dealt into buckets by a hash of the user, so that a bucket fits into memory and
holds all that its examples need; then the buckets are prepared one after the other.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd

from intent_tf.data.engines.dialect import Dialect, quoted
from intent_tf.data.engines.engine import Progress, log_name
from intent_tf.data.event_log import FILE, PROBLEM, ColumnType, LogFormat
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.log_files import LogFiles
from intent_tf.errors import InputError

#: About how many bytes of text, or rows of a DataFrame, a bucket holds.
BUCKET_BYTES, BUCKET_ROWS = 256 << 20, 2_000_000
#: Rows that are read at once when the examples are streamed.
ROW_GROUP_ROWS = 16_384

DUCKDB = Dialect(
    name=lambda column: '"' + column.replace('"', '""') + '"',
    literal=quoted,
    micros_of_text=lambda text: f"epoch_us(try_cast({text} AS TIMESTAMPTZ))",
    micros_of_pattern=lambda text, pattern: (
        f"epoch_us(CAST(try_strptime({text}, {quoted(pattern)}) AS TIMESTAMPTZ))"
    ),
    micros_of_time=lambda time: f"epoch_us(CAST({time} AS TIMESTAMPTZ))",
    time=lambda micros: f"make_timestamptz({micros})",
    matches=lambda text, pattern: f"regexp_matches({text}, {quoted(pattern)})",
    struct=lambda columns: _struct(columns),
    json=lambda struct: f"substr(CAST(to_json({struct}) AS VARCHAR), 1, 2000)",
    collect=lambda fields, order: f"list({_struct(fields)} ORDER BY {order})",
    each=lambda items, expression: f"list_transform({items}, lambda e: {expression})",
    part=lambda items, first, last: f"list_slice({items}, {first}, {last})",
    item=lambda items, position: f"list_extract({items}, {position})",
    row_for_each=lambda numbers: f"unnest({list(numbers)})",
    row_for_each_multiple=lambda step, stop: f"unnest(range({step}, {stop} + 1, {step}))",
)


class DuckDBEngine:
    """Runs the shared SQL on DuckDB.

    Args:
        memory: The most memory that DuckDB uses before it spills to disk, such as ``"2GB"``.
        threads: Threads; all cores if None.
        folder: Where intermediate data go (about as much as the log); a temporary folder if None.
    """

    def __init__(self, memory: str = "3GB", threads: int | None = None, folder: Path | None = None) -> None:
        self._memory, self._threads, self._folder = memory, threads, folder

    def write_examples(
        self,
        log: LogFiles | pd.DataFrame,
        log_format: LogFormat,
        definition: ExampleDefinition,
        out: Path,
        progress: Progress,
    ) -> dict[str, int]:
        """Write the examples of a log; see `Engine.write_examples`."""
        with tempfile.TemporaryDirectory(dir=self._folder, prefix="intent_tf-") as temporary:
            run = _Run(Path(temporary), self._memory, self._threads, log_format, definition, out)
            try:
                with run.connection:
                    return run(log, progress)
            except duckdb.OutOfMemoryException as error:
                raise InputError(
                    f"{self._memory} of memory are too little ({error})",
                    remedy="give more, as in --memory 6GB",
                ) from error
            except duckdb.Error as error:
                raise InputError(f"DuckDB cannot prepare the log ({error})", file=log_name(log)) from error


class _Run:
    def __init__(
        self,
        temporary: Path,
        memory: str,
        threads: int | None,
        log_format: LogFormat,
        definition: ExampleDefinition,
        out: Path,
    ) -> None:
        self.temporary, self.log_format, self.definition, self.out = temporary, log_format, definition, out
        self.connection = duckdb.connect()
        self.execute(f"SET temp_directory = {quoted(temporary / 'spill')}")
        self.execute(f"SET memory_limit = {quoted(memory)}")
        self.execute("SET preserve_insertion_order = false")
        if threads:
            self.execute(f"SET threads = {threads}")

    def __call__(self, log: LogFiles | pd.DataFrame, progress: Progress) -> dict[str, int]:
        progress("reading", 0, 1)
        columns = self._create_raw(log)
        buckets = self._deal(log, columns)
        progress("reading", 1, 1)
        events, log_end = self._extent()
        self._write_rejected(log)
        counts = {"events": events, "double_fired": events, "sessions": 0, "bot_sessions": 0}
        sources = self.log_format.sources(columns)
        steps = self.definition.steps(
            DUCKDB,
            given_sessions="session_id" in sources,
            quantity="quantity" in sources,
            log_end=log_end,
        )
        for bucket in range(buckets):
            progress("preparing", bucket, buckets)
            if (self.temporary / f"typed/bucket={bucket}").exists():
                self._prepare(bucket, steps, counts)
        progress("preparing", buckets, buckets)
        return counts

    def execute(self, sql: str) -> None:
        self.connection.execute(sql)

    def _create_raw(self, log: LogFiles | pd.DataFrame) -> dict[str, ColumnType]:
        if isinstance(log, pd.DataFrame):
            self.connection.register("frame", log)
            unknown = f"CAST(NULL AS VARCHAR) AS {PROBLEM}, CAST(NULL AS VARCHAR) AS {FILE}"
            self.execute(f"CREATE TEMP VIEW raw AS SELECT *, {unknown} FROM frame")
            return {str(name): _frame_type(log[name]) for name in log.columns}
        self.execute(f"CREATE TEMP VIEW raw AS {_read(log.as_utf8(self.temporary))}")
        return dict(log.columns)

    def _deal(self, log: LogFiles | pd.DataFrame, columns: dict[str, ColumnType]) -> int:
        """Read the log and write its events into buckets; those to rejected into bucket -1."""
        if isinstance(log, pd.DataFrame):
            buckets = 1 + len(log) // BUCKET_ROWS
        else:
            buckets = 1 + log.bytes // BUCKET_BYTES
        self.execute(f"SET TimeZone = {quoted(self.log_format.timezone)}")
        for name, sql in self.log_format.steps(columns, DUCKDB, log_name(log)).items():
            self.execute(f"CREATE TEMP VIEW {name} AS {sql}")
        bucket = f"CASE WHEN reason IS NULL THEN CAST(hash(user_id) % {buckets} AS INT) ELSE -1 END"
        self.execute(
            f"COPY (SELECT *, {bucket} AS bucket FROM typed) TO {quoted(self.temporary / 'typed')} "
            "(FORMAT parquet, COMPRESSION lz4, PARTITION_BY (bucket))"
        )
        self.execute("SET TimeZone = 'UTC'")
        return buckets

    def _extent(self) -> tuple[int, int]:
        """Count the usable events, and find the last one's time."""
        typed = self.temporary / "typed"
        if not any(typed.rglob("*.parquet")):
            return 0, 0
        files = f"read_parquet({quoted(typed / '**/*.parquet')}, hive_partitioning = true)"
        extent = "SELECT count(*), coalesce(max(micros), 0) FROM"
        events, log_end = self.connection.sql(f"{extent} {files} WHERE bucket >= 0").fetchall()[0]
        return events, log_end

    def _write_rejected(self, log: LogFiles | pd.DataFrame) -> None:
        parts = []
        if (self.temporary / "typed/bucket=-1").exists():
            unusable = quoted(self.temporary / "typed/bucket=-1/*.parquet")
            parts.append(
                "SELECT file, CAST(NULL AS BIGINT) AS line, reason, record AS row "
                f"FROM read_parquet({unusable})"
            )
        if isinstance(log, LogFiles) and log.format == "csv":
            parts.append(_REJECTED)
        if parts:
            path = self.out / "rejected.csv"
            # Files that were rewritten in UTF-8 have their own paths below the temporary folder.
            own = f"* REPLACE (replace(file, {quoted(self.temporary)}, '') AS file)"
            self.execute(f"COPY (SELECT {own} FROM ({' UNION ALL '.join(parts)})) TO {quoted(path)} (HEADER)")

    def _prepare(self, bucket: int, steps: dict[str, str], counts: dict[str, int]) -> None:
        source = quoted(self.temporary / f"typed/bucket={bucket}/*.parquet")
        self.execute(f"CREATE OR REPLACE TEMP VIEW events AS SELECT * FROM read_parquet({source})")
        for name, sql in steps.items():
            kind = "TABLE" if name == "sessions" else "VIEW"
            self.execute(f"CREATE OR REPLACE TEMP {kind} {name} AS {sql}")
        self.execute(
            f"COPY examples TO {quoted(self.out / 'examples')} "
            "(FORMAT parquet, PARTITION_BY (day), "
            f"ROW_GROUP_SIZE {ROW_GROUP_ROWS}, "
            f"OVERWRITE_OR_IGNORE, FILENAME_PATTERN 'part-{bucket:05d}-{{i}}')"
        )
        totals = "count(*), coalesce(sum(size), 0), count(*) FILTER (WHERE is_bot)"
        sessions, clean, bots = self.connection.sql(f"SELECT {totals} FROM sessions").fetchall()[0]
        counts["sessions"] += sessions
        counts["bot_sessions"] += bots
        counts["double_fired"] -= int(clean)


#: Rows of CSV files with the wrong number of fields, an unclosed quote or bytes that are no text.
_REJECTED = """
SELECT file_path AS file, CAST(line AS BIGINT) AS line, lower(min(error_type)) AS reason,
  substr(min(csv_line), 1, 2000) AS row
FROM reject_errors JOIN reject_scans USING (scan_id, file_id) GROUP BY file_path, line"""


def _read(log: LogFiles) -> str:
    """Select the log's columns, and why a row could not be read."""
    files = "[" + ", ".join(map(quoted, log.paths)) + "]"
    options = [
        f"hive_partitioning = {str(bool(log.partitions)).lower()}, hive_types_autocast = false",
        f"filename = {quoted(FILE)}",
    ]
    names = [column for column in log.columns if column not in log.partitions]
    whole = f"SELECT *, CAST(NULL AS VARCHAR) AS {PROBLEM} FROM"
    if log.format == "parquet":
        whole = "SELECT * FROM" if log.problems else whole
        return f"{whole} read_parquet({files}, union_by_name = true, {', '.join(options)})"
    options.append("auto_detect = false")
    if log.format == "csv":
        columns = ", ".join(f"{DUCKDB.name(name)}: 'VARCHAR'" for name in names)
        options += [
            f"columns = {{{columns}}}",
            f"delim = {quoted(log.separator)}, quote = '\"', escape = '\"'",
            f"header = {str(log.header).lower()}, store_rejects = true",
        ]
        return f"{whole} read_csv({files}, {', '.join(options)})"
    # A separator that no text holds: each line is one field.
    options.append("columns = {line: 'VARCHAR'}, header = false, delim = '\x01', quote = '', escape = ''")
    paths = ", ".join(quoted(f'$."{name}"') for name in names)
    values = [f"fields[{number}] AS {DUCKDB.name(name)}" for number, name in enumerate(names, start=1)]
    return (
        f"SELECT {', '.join([FILE, *values, *map(DUCKDB.name, log.partitions)])},\n"
        f"  CASE WHEN fields IS NULL THEN 'not JSON' END AS {PROBLEM}\n"
        f"FROM (SELECT *, try_cast(line AS JSON) ->> [{paths}] AS fields\n"
        f"  FROM read_csv({files}, {', '.join(options)}) WHERE trim(line) <> '')"
    )


def _struct(names: Sequence[str]) -> str:
    return "{" + ", ".join(f"{name}: {name}" for name in names) + "}"


def _frame_type(column: pd.Series) -> ColumnType:
    if pd.api.types.is_datetime64_any_dtype(column):
        return "time"
    is_number = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    return "number" if is_number else "text"
