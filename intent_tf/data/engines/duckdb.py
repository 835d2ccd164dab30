"""Prepares examples on DuckDB: embedded, in bounded memory, as large as the disk allows.

The log is read once and dealt into buckets by a hash of the user, so that a bucket fits into memory and
holds all that its examples need; then the buckets are prepared one after the other.
"""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from intent_tf.data.engines.dialect import Dialect, quoted
from intent_tf.data.engines.engine import Preparation
from intent_tf.data.event_sql import FILE, LINE, PROBLEM, RECORD, ColumnType
from intent_tf.data.log_tables import LogTables, log_tables
from intent_tf.data.session_sql import owners
from intent_tf.errors import InputError

#: About how many bytes of text, or rows of a DataFrame, a bucket holds.
BUCKET_BYTES, BUCKET_ROWS = 256 << 20, 2_000_000
#: Rows that are read at once when the examples are streamed.
ROW_GROUP_ROWS = 16_384

DUCKDB = Dialect(
    name=lambda column: '"' + column.replace('"', '""') + '"',
    literal=quoted,
    micros_of_text=lambda text: f"epoch_us(try_cast({text} AS TIMESTAMPTZ))",
    micros_of_local=lambda text: _first(f"try_cast({text} AS TIMESTAMP)"),
    micros_of_pattern=lambda text, pattern: (
        f"epoch_us(try_strptime({text}, {quoted(pattern)}))"
        if "%z" in pattern
        else _first(f"try_strptime({text}, {quoted(pattern)})")
    ),
    micros_of_time=lambda time: (
        f"CASE WHEN typeof({time}) = 'TIMESTAMP WITH TIME ZONE' THEN epoch_us(CAST({time} AS TIMESTAMPTZ)) "
        f"ELSE {_first(f'CAST({time} AS TIMESTAMP)')} END"
    ),
    time=lambda micros: f"make_timestamptz({micros})",
    matches=lambda text, pattern: f"regexp_matches({text}, {quoted(pattern)})",
    struct=lambda fields: _struct(fields),
    json=lambda fields: f"substr(CAST(json_object({_pairs(fields)}) AS VARCHAR), 1, 2000)",
    collect=lambda fields, order: f"list({_struct({name: name for name in fields})} ORDER BY {order})",
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

    def write_examples(self, task: Preparation) -> dict[str, int]:
        """Write the examples of a log; see `Engine.write_examples`."""
        with tempfile.TemporaryDirectory(dir=self._folder, prefix="intent_tf-") as temporary:
            run = _Run(Path(temporary), self._memory, self._threads, task)
            try:
                with run.connection:
                    return run()
            except duckdb.OutOfMemoryException as error:
                raise InputError(
                    f"{self._memory} of memory are too little ({error})",
                    remedy="give more, as in --memory 6GB",
                ) from error
            except duckdb.Error as error:
                raise InputError(f"DuckDB cannot prepare the log ({error})", file=task.log_name) from error


class _Run:
    def __init__(self, temporary: Path, memory: str, threads: int | None, task: Preparation) -> None:
        self.temporary, self.task, self.log, self.out = temporary, task, task.log, task.out
        self.connection = duckdb.connect()
        self.execute(f"SET temp_directory = {quoted(temporary / 'spill')}")
        self.execute(f"SET memory_limit = {quoted(memory)}")
        self.execute("SET preserve_insertion_order = false")
        if threads:
            self.execute(f"SET threads = {threads}")

    def __call__(self) -> dict[str, int]:
        task, progress = self.task, self.task.progress
        progress("reading", 0, 1)
        types, buckets = self._deal()
        progress("reading", 1, 1)
        self._write_rejected()
        counts = {"events": 0, "double_fired": 0, "sessions": 0, "bot_sessions": 0}
        if not any(self.temporary.glob("typed/bucket=[0-9]*")):
            return counts
        self.execute(f"CREATE TEMP VIEW events AS SELECT * FROM {self._typed('*')} WHERE bucket >= 0")
        task.look(self.query, types)
        counts["events"] = counts["double_fired"] = task.survey.events
        if task.survey.shared_sessions and buckets > 1:
            self._gather(buckets)
        steps = task.example_steps(DUCKDB, types)
        for bucket in range(buckets):
            progress("preparing", bucket, buckets)
            if (self.temporary / f"typed/bucket={bucket}").exists():
                self._prepare(bucket, steps, counts)
        progress("preparing", buckets, buckets)
        return counts

    def execute(self, sql: str) -> None:
        self.connection.execute(sql)

    def query(self, sql: str) -> Sequence[Sequence[Any]]:
        return self.connection.sql(sql).fetchall()

    def _typed(self, bucket: object) -> str:
        """Write the call that reads the events of a bucket."""
        return f"read_parquet({quoted(self.temporary / f'typed/bucket={bucket}/*.parquet')})"

    def _create_raw(self) -> tuple[Mapping[str, ColumnType], Mapping[str, str]]:
        """Make the relation ``raw``; returns the types of the log's columns, and how ``raw`` calls them."""
        if isinstance(self.log, pd.DataFrame):
            frame, types, names = self.task.frame()
            self.connection.register("raw", frame)
            return types, names
        tables = log_tables(self.log, self.temporary)
        self.execute(f"CREATE TEMP VIEW raw AS {_read(tables)}")
        return tables.types, {name: DUCKDB.name(own) for name, own in tables.names.items()}

    def _deal(self) -> tuple[Mapping[str, ColumnType], int]:
        """Read the log and write its events into buckets; those that are rejected into bucket -1."""
        if isinstance(self.log, pd.DataFrame):
            buckets = 1 + len(self.log) // BUCKET_ROWS
        else:
            buckets = 1 + self.log.bytes // BUCKET_BYTES
        types, names = self._create_raw()
        if (identity := self.task.identity()) is not None:
            self.connection.register("identity", identity)
        self.execute(f"SET TimeZone = {quoted(self.task.log_format.timezone)}")
        for name, sql in self.task.log_steps(DUCKDB, types, names, self.query).items():
            self.execute(f"CREATE TEMP VIEW {name} AS {sql}")
        bucket = f"CASE WHEN reason IS NULL THEN CAST(hash(user_id) % {buckets} AS INT) ELSE -1 END"
        self.execute(
            f"COPY (SELECT *, {bucket} AS bucket FROM typed) TO {quoted(self.temporary / 'typed')} "
            "(FORMAT parquet, COMPRESSION lz4, PARTITION_BY (bucket))"
        )
        self.execute("SET TimeZone = 'UTC'")
        return types, buckets

    def _gather(self, buckets: int) -> None:
        """Bring the events of users who share a session into one bucket: views ``kin`` and ``moved``."""
        home: dict[str, str] = {}
        pairs = owners(self.task.definition.session_gap)

        def first(user: str) -> str:
            while user in home:
                user = home[user]
            return user

        for user, owner in self.query(f"SELECT DISTINCT user_id, owner FROM ({pairs}) ORDER BY ALL"):
            if first(user) != first(owner):
                home[first(user)] = first(owner)
        users = {*home, *home.values()}
        kin = pd.DataFrame([(user, first(user)) for user in users], columns=["id", "of"])
        self.connection.register("kin", kin)
        self.execute(
            f"CREATE TEMP TABLE moved AS SELECT events.*, CAST(hash(kin.of) % {buckets} AS INT) AS home "
            "FROM events JOIN kin ON kin.id = events.user_id"
        )

    def _write_rejected(self) -> None:
        if (self.temporary / "typed/bucket=-1").exists():
            rows = f"SELECT file, line, reason, value, record AS row FROM {self._typed(-1)} ORDER BY ALL"
            self.execute(f"COPY ({rows}) TO {quoted(self.out / 'rejected.csv')} (HEADER)")

    def _prepare(self, bucket: int, steps: dict[str, str], counts: dict[str, int]) -> None:
        events = f"SELECT * FROM {self._typed(bucket)}"
        if self.query("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'moved'")[0][0]:
            events += (
                " WHERE user_id NOT IN (SELECT id FROM kin) UNION ALL BY NAME "
                f"SELECT * EXCLUDE (home) FROM moved WHERE home = {bucket}"
            )
        self.execute(f"CREATE OR REPLACE TEMP VIEW events AS {events}")
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
        sessions, clean, bots = self.query(f"SELECT {totals} FROM sessions")[0]
        counts["sessions"] += sessions
        counts["bot_sessions"] += bots
        counts["double_fired"] -= int(clean)


def _read(log: LogTables) -> str:
    """Select the log's columns, and where each row comes from."""
    files = "[" + ", ".join(map(quoted, log.paths)) + "]"
    options = f"union_by_name = true, hive_partitioning = {str(bool(log.partitions)).lower()}"
    options += ", hive_types_autocast = false"
    if log.told:
        return f"SELECT * FROM read_parquet({files}, {options})"
    return (
        f"SELECT *, CAST(NULL AS VARCHAR) AS {PROBLEM}, file_row_number + 1 AS {LINE}, "
        f"CAST(NULL AS VARCHAR) AS {RECORD} "
        f"FROM read_parquet({files}, {options}, filename = {quoted(FILE)}, file_row_number = true)"
    )


def _pairs(fields: Mapping[str, str]) -> str:
    return ", ".join(f"{quoted(name)}, {sql}" for name, sql in fields.items())


def _struct(fields: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"'{name}': {sql}" for name, sql in fields.items()) + "}"


def _first(time: str) -> str:
    """Write the instant of a local time; of an hour that comes twice the first, as Spark and Python do."""
    instant = f"CAST({time} AS TIMESTAMPTZ)"
    return (
        f"epoch_us(CASE WHEN CAST({instant} - INTERVAL 1 HOUR AS TIMESTAMP) = {time} "
        f"THEN {instant} - INTERVAL 1 HOUR ELSE {instant} END)"
    )
