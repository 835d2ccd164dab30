"""Prepares examples on Spark: on this machine, or on a cluster that sees the same files."""

import csv
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from intent_tf.data.engines.dialect import Dialect
from intent_tf.data.engines.engine import Preparation
from intent_tf.data.engines.spark_session import remove_checksums, spark_session
from intent_tf.data.event_sql import FILE, LINE, PROBLEM, RECORD, ColumnType
from intent_tf.data.log_tables import LogTables, log_tables
from intent_tf.errors import InputError, require

#: What a `strptime` code is in Java's patterns.
_JAVA = {
    "%Y": "yyyy",
    "%y": "yy",
    "%m": "MM",
    "%d": "dd",
    "%H": "HH",
    "%I": "hh",
    "%M": "mm",
    "%S": "ss",
    "%f": "SSSSSS",
    "%p": "a",
    "%b": "MMM",
    "%z": "xx",
}
_ONE_OR_TWO = ("%m", "%d", "%H", "%I", "%M", "%S")
_PATH = "regexp_replace(_metadata.file_path, '^file:/+', '/')"

SPARK = Dialect(
    name=lambda column: "`" + column.replace("`", "``") + "`",
    literal=lambda text: _literal(text),
    micros_of_text=lambda text: f"unix_micros(try_cast({text} AS TIMESTAMP))",
    micros_of_local=lambda text: f"unix_micros(try_cast({text} AS TIMESTAMP))",
    micros_of_pattern=lambda text, pattern: (
        f"unix_micros(try_to_timestamp({text}, {_literal(_java(pattern))}))"
    ),
    micros_of_time=lambda time: f"unix_micros(CAST({time} AS TIMESTAMP))",
    time=lambda micros: f"timestamp_micros({micros})",
    matches=lambda text, pattern: f"{text} RLIKE {_literal(pattern)}",
    struct=lambda fields: _struct(fields),
    json=lambda fields: f"substr(to_json(map({_texts(fields)})), 1, 2000)",
    # Structs sort by their first field, which occurs once.
    collect=lambda fields, order: f"array_sort(collect_list(struct({order} AS at, {', '.join(fields)})))",
    each=lambda items, expression: f"transform({items}, e -> {expression})",
    part=lambda items, first, last: (
        f"slice({items}, CAST({first} AS INT), CAST({last} - {first} + 1 AS INT))"
    ),
    item=lambda items, position: f"get({items}, CAST({position} - 1 AS INT))",
    row_for_each=lambda numbers: f"explode(array({', '.join(map(str, numbers))}))",
    # Without the condition, a sequence that stops before it starts would count downwards.
    row_for_each_multiple=lambda step, stop: (
        f"explode(CASE WHEN {stop} >= {step} THEN sequence(CAST({step} AS BIGINT), "
        f"CAST({stop} AS BIGINT), CAST({step} AS BIGINT)) END)"
    ),
)


class SparkEngine:
    """Runs the shared SQL on Spark (``pip install 'intent_tf[spark]'``, and a Java runtime 17 or later).

    Args:
        master: Where Spark runs: ``local[*]``, or the address of a cluster whose workers see the log, the
            output folder and the folder for temporary files at the same paths; a session of Spark that
            already runs is used instead.
        settings: Settings to start Spark with, such as ``{"spark.driver.memory": "8g"}``.
    """

    def __init__(self, master: str = "local[*]", settings: dict[str, str] | None = None) -> None:
        self._master, self._settings = master, settings or {}

    def write_examples(self, task: Preparation) -> dict[str, int]:
        """Write the examples of a log; see `Engine.write_examples`."""
        failure = require("pyspark.errors", "spark").PySparkException
        task.progress("starting Spark", 0, 1)
        try:
            with (
                spark_session(self._master, self._settings) as spark,
                tempfile.TemporaryDirectory(prefix="intent_tf-") as temporary,
            ):
                task.progress("starting Spark", 1, 1)
                return _Run(spark, Path(temporary), task)()
        except failure as error:
            raise InputError(f"Spark cannot prepare the log ({error})", file=task.log_name) from error


class _Run:
    def __init__(self, spark: Any, temporary: Path, task: Preparation) -> None:
        self.spark, self.temporary, self.task, self.out = spark, temporary, task, task.out

    def __call__(self) -> dict[str, int]:
        task, progress = self.task, self.task.progress
        progress("reading", 0, 1)
        types, names = self._create_raw()
        if (identity := task.identity()) is not None:
            self.spark.createDataFrame(identity).createOrReplaceTempView("identity")
        # A time zone counts when a query is analysed, not when it runs.
        self.spark.conf.set("spark.sql.session.timeZone", task.log_format.timezone)
        typed = self._views(task.log_steps(SPARK, types, names, self.query), cached="typed")
        self.spark.conf.set("spark.sql.session.timeZone", "UTC")
        self.spark.sql("SELECT * FROM typed WHERE reason IS NULL").createOrReplaceTempView("events")
        task.look(self.query, types)
        self._write_rejected()
        progress("reading", 1, 1)
        progress("preparing", 0, 1)
        examples = self._views(task.example_steps(SPARK, types), cached="sessions")
        writer = examples.repartition("day").write.partitionBy("day")
        writer.option("compression", "snappy").parquet(str(self.out / "examples"))
        remove_checksums(self.out)
        [(sessions, clean, bots)] = self.query(
            "SELECT count(*), coalesce(sum(size), 0), count_if(is_bot) FROM sessions"
        )
        typed.unpersist()
        self.spark.table("sessions").unpersist()
        progress("preparing", 1, 1)
        return {
            "events": task.survey.events,
            "double_fired": task.survey.events - clean,
            "sessions": sessions,
            "bot_sessions": bots,
        }

    def query(self, sql: str) -> Sequence[Sequence[Any]]:
        return [tuple(row) for row in self.spark.sql(sql).collect()]

    def _views(self, steps: dict[str, str], cached: str) -> Any:
        """Name the steps; one that is used more than once is kept. Returns the last."""
        frame: Any = None
        for name, sql in steps.items():
            frame = self.spark.sql(sql)
            if name == cached:
                frame = frame.cache()
            frame.createOrReplaceTempView(name)
        return frame

    def _create_raw(self) -> tuple[Mapping[str, ColumnType], Mapping[str, str]]:
        """Make the relation ``raw``; returns the types of the log's columns, and how ``raw`` calls them."""
        reader = self.spark.read.option("mergeSchema", "true")
        if isinstance(self.task.log, pd.DataFrame):
            frame, types, own = self.task.frame()
            frame.to_parquet(self.temporary / "log.parquet", index=False)
            log = LogTables((self.temporary / "log.parquet",), types, own, told=True)
        else:
            log = log_tables(self.task.log, self.temporary)
        rows = reader.option("basePath", _above_partitions(log.paths[0])).parquet(*map(str, log.paths))
        selected = []
        for name, called in log.names.items():
            sql = column = SPARK.name(called)
            if called not in rows.columns:  # no line had it
                sql = "CAST(NULL AS STRING)"
            elif log.types[name] == "time" and rows.schema[called].dataType.typeName() == "long":
                # Spark does not know times in nanoseconds, and reads them as integers.
                sql = f"timestamp_micros({sql} DIV 1000)"
            selected.append(f"{sql} AS {column}")
        text = "CAST(NULL AS STRING)"
        told = {PROBLEM: text, FILE: _PATH, LINE: "CAST(NULL AS BIGINT)", RECORD: text}
        selected += [name if log.told else f"{unknown} AS {name}" for name, unknown in told.items()]
        rows.selectExpr(*selected).createOrReplaceTempView("raw")
        return log.types, {name: SPARK.name(own) for name, own in log.names.items()}

    def _write_rejected(self) -> None:
        columns = ["file", "line", "reason", "value", "record"]
        rows = self.spark.sql(
            f"SELECT {', '.join(columns)} FROM typed WHERE reason IS NOT NULL ORDER BY {', '.join(columns)}"
        ).toLocalIterator()
        path = self.out / "rejected.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*columns[:-1], "row"])
            writer.writerows(rows)


def _struct(fields: Mapping[str, str]) -> str:
    return "named_struct(" + ", ".join(f"'{name}', {sql}" for name, sql in fields.items()) + ")"


def _texts(fields: Mapping[str, str]) -> str:
    return ", ".join(f"{_literal(name)}, CAST({sql} AS STRING)" for name, sql in fields.items())


def _literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _above_partitions(path: Path) -> str:
    for parent in reversed(path.parents):
        if "=" in parent.name:
            return str(parent.parent)
    return str(path.parent)


def _java(pattern: str) -> str:
    """Write a `strptime` pattern as Java does; a number that no other touches may have one digit or two."""
    parts = re.findall(r"%.?|[^%]+", pattern)
    java = ""
    for before, part, after in zip(["", *parts], parts, [*parts[1:], ""], strict=False):
        if not part.startswith("%"):
            java += "'" + part.replace("'", "''") + "'"
            continue
        if part not in _JAVA:
            raise InputError(
                f"unknown code {part!r} in the time format {pattern!r}", expected=", ".join(_JAVA)
            )
        stands_alone = part in _ONE_OR_TWO and not before.startswith("%") and not after.startswith("%")
        java += _JAVA[part][0] if stands_alone else _JAVA[part]
    return java
