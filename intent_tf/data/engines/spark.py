"""Prepares examples on Spark: on this machine, or on a cluster that sees the same files."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from intent_tf.data.engines.dialect import Dialect
from intent_tf.data.engines.engine import Progress, log_name
from intent_tf.data.event_log import FILE, PROBLEM, LogFormat
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.log_files import LogFiles
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
    "T": "'T'",
    "Z": "'Z'",
}

#: Of the context, if none runs yet.
_CONTEXT = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
}
_SESSION = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    "spark.sql.legacy.parquet.nanosAsLong": "true",
}

SPARK = Dialect(
    name=lambda column: "`" + column.replace("`", "``") + "`",
    literal=lambda text: _literal(text),
    micros_of_text=lambda text: f"unix_micros(try_cast({text} AS TIMESTAMP))",
    micros_of_pattern=lambda text, pattern: (
        f"unix_micros(try_to_timestamp({text}, {_literal(_java(pattern))}))"
    ),
    micros_of_time=lambda time: f"unix_micros(CAST({time} AS TIMESTAMP))",
    time=lambda micros: f"timestamp_micros({micros})",
    matches=lambda text, pattern: f"{text} RLIKE {_literal(pattern)}",
    struct=lambda columns: f"struct({', '.join(columns)})",
    json=lambda struct: f"substr(to_json({struct}), 1, 2000)",
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

    def write_examples(
        self,
        log: LogFiles | pd.DataFrame,
        log_format: LogFormat,
        definition: ExampleDefinition,
        out: Path,
        progress: Progress,
    ) -> dict[str, int]:
        """Write the examples of a log; see `Engine.write_examples`."""
        sessions = require("pyspark.sql", "spark").SparkSession
        failure = require("pyspark.errors", "spark").PySparkException
        running = sessions.getActiveSession()
        progress("starting Spark", 0, 1)
        spark = running or self._start(sessions.builder)
        progress("starting Spark", 1, 1)
        try:
            with tempfile.TemporaryDirectory(prefix="intent_tf-") as temporary:
                run = _Run(spark.newSession(), Path(temporary), log_format, definition, out)
                return run(log, progress)
        except failure as error:
            raise InputError(f"Spark cannot prepare the log ({error})", file=log_name(log)) from error
        finally:
            if running is None:
                spark.stop()

    def _start(self, builder: Any) -> Any:
        for key, value in (_CONTEXT | self._settings).items():
            builder = builder.config(key, value)
        spark = builder.master(self._master).appName("intent_tf").getOrCreate()
        spark.sparkContext.setLogLevel("ERROR")
        return spark


class _Run:
    def __init__(
        self, spark: Any, temporary: Path, log_format: LogFormat, definition: ExampleDefinition, out: Path
    ) -> None:
        self.spark, self.temporary, self.out = spark, temporary, out
        self.log_format, self.definition = log_format, definition
        for key, value in _SESSION.items():
            spark.conf.set(key, value)

    def __call__(self, log: LogFiles | pd.DataFrame, progress: Progress) -> dict[str, int]:
        progress("reading", 0, 1)
        files = self._on_disk(log)
        self._read(files).createOrReplaceTempView("raw")
        # A time zone counts when a query is analysed, not when it runs.
        self.spark.conf.set("spark.sql.session.timeZone", self.log_format.timezone)
        typed = self._views(self.log_format.steps(files.columns, SPARK, log_name(log)), cached="typed")
        self.spark.conf.set("spark.sql.session.timeZone", "UTC")
        self.spark.sql("SELECT * FROM typed WHERE reason IS NULL").createOrReplaceTempView("events")
        events, log_end = self.spark.sql("SELECT count(*), coalesce(max(micros), 0) FROM events").first()
        self._write_rejected()
        progress("reading", 1, 1)
        progress("preparing", 0, 1)
        sources = self.log_format.sources(files.columns)
        examples = self._views(
            self.definition.steps(
                SPARK,
                given_sessions="session_id" in sources,
                quantity="quantity" in sources,
                log_end=log_end,
            ),
            cached="sessions",
        )
        writer = examples.repartition("day").write.partitionBy("day")
        writer.option("compression", "snappy").parquet(str(self.out / "examples"))
        for checksum in self.out.rglob(".*.crc"):
            checksum.unlink()
        sessions, clean, bots = self.spark.sql(
            "SELECT count(*), coalesce(sum(size), 0), count_if(is_bot) FROM sessions"
        ).first()
        typed.unpersist()
        self.spark.table("sessions").unpersist()
        progress("preparing", 1, 1)
        return {
            "events": events,
            "double_fired": events - clean,
            "sessions": sessions,
            "bot_sessions": bots,
        }

    def _views(self, steps: dict[str, str], cached: str) -> Any:
        """Name the steps; one that is used more than once is kept. Returns the last."""
        frame: Any = None
        for name, sql in steps.items():
            frame = self.spark.sql(sql)
            if name == cached:
                frame = frame.cache()
            frame.createOrReplaceTempView(name)
        return frame

    def _on_disk(self, log: LogFiles | pd.DataFrame) -> LogFiles:
        if isinstance(log, pd.DataFrame):
            path = self.temporary / "log.parquet"
            log.to_parquet(path, index=False)
            return LogFiles.find(path)
        return log.as_utf8(self.temporary)

    def _read(self, log: LogFiles) -> Any:
        paths = [str(path) for path in log.paths]
        columns = {name: SPARK.name(name) for name in log.columns}
        own = [name for name in log.columns if name not in log.partitions]
        reader = self.spark.read.option("basePath", _above_partitions(log.paths[0]))
        problem = "CAST(NULL AS STRING)"
        if log.format == "parquet":
            frame = reader.option("mergeSchema", "true").parquet(*paths)
            problem = PROBLEM if log.problems else problem
            columns |= {
                name: _in_micros(columns[name]) for name in log.columns if _is_nanos(frame, log, name)
            }
        elif log.format == "csv":
            options = {"sep": log.separator, "quote": '"', "escape": '"', "multiLine": "true"}
            schema = ", ".join(f"{columns.get(name, name)} STRING" for name in [*own, "_unread"])
            reader = reader.options(**options, header=log.header, columnNameOfCorruptRecord="_unread")
            frame = reader.schema(schema).csv(paths)
            problem = "CASE WHEN _unread IS NOT NULL THEN 'wrong number of fields' END"
        else:
            frame = reader.text(paths).where("trim(value) <> ''")
            problem = "CASE WHEN try_parse_json(value) IS NULL THEN 'not JSON' END"
            columns |= {name: f"""get_json_object(value, {_literal(f"$['{name}']")})""" for name in own}
        # Files that were written for Spark alone have their own paths below the temporary folder.
        path = "regexp_replace(_metadata.file_path, '^file:/+', '/')"
        file = f"replace({path}, {_literal(str(self.temporary))}, '')"
        selected = [f"{sql} AS {SPARK.name(name)}" for name, sql in columns.items()]
        return frame.selectExpr(*selected, f"{problem} AS {PROBLEM}", f"{file} AS {FILE}")

    def _write_rejected(self) -> None:
        rows = self.spark.sql(
            "SELECT file, reason, record FROM typed WHERE reason IS NOT NULL"
        ).toLocalIterator()
        path = self.out / "rejected.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["file", "line", "reason", "row"])
            writer.writerows((row.file, "", row.reason, row.record) for row in rows)


def _is_nanos(frame: Any, log: LogFiles, name: str) -> bool:
    """Whether a column has times in nanoseconds, which Spark does not know and reads as integers."""
    return log.columns[name] == "time" and frame.schema[name].dataType.typeName() == "long"


def _in_micros(column: str) -> str:
    return f"timestamp_micros({column} DIV 1000)"


def _literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _above_partitions(path: Path) -> str:
    for parent in reversed(path.parents):
        if "=" in parent.name:
            return str(parent.parent)
    return str(path.parent)


def _java(pattern: str) -> str:
    codes: Sequence[str] = sorted(_JAVA, key=len, reverse=True)
    java, rest = "", pattern
    while rest:
        code = next((code for code in codes if rest.startswith(code)), rest[0])
        if code.startswith("%") and code not in _JAVA:
            raise InputError(
                f"unknown code {rest[:2]!r} in the time format {pattern!r}", expected=", ".join(_JAVA)
            )
        java, rest = java + _JAVA.get(code, code), rest[len(code) :]
    return java
