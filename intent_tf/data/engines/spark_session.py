"""A session of Spark: the one that runs already, or one that is started and stopped."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from intent_tf.errors import require

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
    "spark.sql.session.timeZone": "UTC",
}


@contextmanager
def spark_session(master: str, settings: Mapping[str, str] | None = None) -> Iterator[Any]:
    """Give a new session with our settings, for the time of a ``with`` block.

    Args:
        master: Where Spark runs, unless it runs already.
        settings: Settings to start Spark with.

    Raises:
        MissingExtraError: If pyspark is not installed.
    """
    sessions = require("pyspark.sql", "spark").SparkSession
    running = sessions.getActiveSession()
    spark = running
    if running is None:
        if master.startswith("local"):  # its Python processes have what this one has
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        builder = sessions.builder.master(master).appName("intent_tf")
        for key, value in (_CONTEXT | dict(settings or {})).items():
            builder = builder.config(key, value)
        spark = builder.getOrCreate()
        spark.sparkContext.setLogLevel("ERROR")
    try:
        session = spark.newSession()
        for key, value in _SESSION.items():
            session.conf.set(key, value)
        yield session
    finally:
        if running is None:
            spark.stop()


def remove_checksums(folder: str | Path) -> None:
    """Remove the checksum files that Hadoop writes beside each of its own."""
    for checksum in Path(folder).rglob(".*.crc"):
        checksum.unlink()
