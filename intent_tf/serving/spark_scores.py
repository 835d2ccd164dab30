"""Scores Parquet files on Spark: each Python process loads the SavedModel once, and scores Arrow batches."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import tensorflow as tf

from intent_tf.columns.chunk_columns import chunk_columns
from intent_tf.columns.input_facts import InputCounts, InputFacts
from intent_tf.data.engines.spark_session import remove_checksums, spark_session
from intent_tf.data.tables import Chunk
from intent_tf.errors import InputError, require
from intent_tf.serving.chunk_scores import ROWS
from intent_tf.serving.served_model import ServedModel

_ERROR = f"{InputError.__module__}.{InputError.__name__}: "


def spark_scores(
    model: str | Path,
    data: str | Path,
    out: str | Path,
    *,
    name: str,
    master: str,
    batch_size: int | None = None,
) -> InputCounts:
    """Write the rows of a table with the probability of each, as Parquet files, a file a task.

    A task that fails or is lost is tried again; what it had written goes. The rows of each task are committed
    when it is done, so that each row is in one file, once.

    Args:
        model: A version folder, which all workers see.
        data: A Parquet file, or a folder of them, which all workers see.
        out: An existing, empty folder, which all workers see.
        name: Name of the column of probabilities.
        master: Where Spark runs, such as ``local[*,4]`` (a task is tried four times); a session of Spark that
            already runs is used instead.
        batch_size: Rows computed at once; see `ServedModel.predict`.

    Returns:
        What was counted of the rows.

    Raises:
        InputError: If a value does not fit its column, or a task fails whenever it is tried.
    """
    failure = require("pyspark.errors", "spark").PySparkException
    types = require("pyspark.sql.types", "spark")

    try:
        with spark_session(master) as spark:
            spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(ROWS))
            reader = spark.read.option("mergeSchema", "true").option("pathGlobFilter", "*.parquet")
            # The names of folders tell no columns, as where one machine reads them.
            rows = reader.option("recursiveFileLookup", "true").parquet(str(data))
            counts = spark.sparkContext.accumulator(InputCounts(), _Counts())
            schema = types.StructType([*rows.schema.fields, types.StructField(name, types.FloatType())])
            score = _scoring(str(model), name, batch_size, counts.add)
            writer = rows.mapInArrow(score, schema).write.mode("append").option("compression", "snappy")
            writer.option("mapreduce.fileoutputcommitter.marksuccessfuljobs", "false").parquet(str(out))
            remove_checksums(out)
            return counts.value
    except failure as error:
        lines = [line for line in str(error).splitlines() if line.startswith(_ERROR)]
        found = lines[0].removeprefix(_ERROR) if lines else f"Spark cannot score it ({error})"
        raise InputError(found, file=data) from error


def _scoring(
    model: str, name: str, batch_size: int | None, count: Callable[[InputCounts], Any]
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def score(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        served, first = _loaded(model), 1
        counted = InputFacts(served.specification)
        for batch in batches:
            chunk = Chunk(np.arange(first, first + len(batch)), pa.Table.from_batches([batch]))
            columns = chunk_columns(chunk, served.specification)
            probability = pa.array(served.predict_columns(columns, batch_size))
            counted.add_rows(columns, chunk.numbers)
            first += len(batch)
            yield pa.RecordBatch.from_arrays([*batch.columns, probability], [*batch.schema.names, name])
        count(counted.counts)

    return score


class _Counts:
    """Tells Spark how to add what its tasks counted; those that failed do not count."""

    def zero(self, value: InputCounts) -> InputCounts:
        return InputCounts()

    def addInPlace(self, value1: InputCounts, value2: InputCounts) -> InputCounts:  # noqa: N802  Spark's name
        return value1.add(value2)


@cache
def _loaded(model: str) -> ServedModel:
    # Spark runs a process a core.
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    return ServedModel(model)
