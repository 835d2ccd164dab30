"""Rows that a model was asked about, from TF Serving's logs of requests: TFRecords of `PredictionLog`."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import tensorflow as tf
from google.protobuf.message import DecodeError

from intent_tf.columns.event_arrays import MISSING_BELOW
from intent_tf.columns.raw_columns import tensor_spec
from intent_tf.data.specification import FeatureSpecification
from intent_tf.errors import InputError, require
from intent_tf.serving.tf_examples import read_examples

ENDINGS = (".tfrecord", ".tfrecords")


def is_request_log(path: str | Path) -> bool:
    """Tell by the ending of its name whether a file is such a log."""
    return Path(path).name.endswith(ENDINGS)


def read_request_log(path: str | Path, specification: FeatureSpecification) -> pd.DataFrame:
    """Read the rows of all requests, of predict, classify and regress; they are numbered from 1.

    TF Serving writes them where a ``LoggingConfig`` asks for it; a sample of them will do.

    Args:
        path: A file of TFRecords.
        specification: The model's columns; other inputs are passed over.

    Raises:
        InputError: If it is no such log, a request lacks a column, or there is none.
        MissingExtraError: If the extra ``serving`` is not installed.
    """
    logs = require("tensorflow_serving.apis.prediction_log_pb2", "serving")
    names, frames = [column.name for column in specification.columns], list[pd.DataFrame]()
    try:
        for record in tf.data.TFRecordDataset(str(path)):
            log = logs.PredictionLog.FromString(record.numpy())
            kind = log.WhichOneof("log_type")
            if kind == "predict_log":
                inputs = log.predict_log.request.inputs
                arrays = {name: tf.make_ndarray(each) for name, each in inputs.items()}
                frames.append(_of_arrays(arrays, specification))
            elif kind in ("classify_log", "regress_log"):
                examples = getattr(log, kind).request.input.example_list.examples
                frames.append(_of_examples(examples, specification))
    except (tf.errors.DataLossError, DecodeError) as error:
        raise InputError(f"is no log of requests ({error})", file=path) from error
    # Requests for the specification, and of other signatures, hold no columns.
    frames = [frame for frame in frames if not frame.columns.intersection(names).empty]
    if not frames:
        raise InputError("holds no request for a prediction", file=path, expected="records of PredictionLog")
    rows = pd.concat(frames, ignore_index=True)
    return rows.set_axis(range(1, len(rows) + 1), axis=0)


def _of_arrays(arrays: Mapping[str, np.ndarray], specification: FeatureSpecification) -> pd.DataFrame:
    """Make rows of a request's inputs; of lists only those entries that are real."""
    columns: dict[str, list[Any]] = {}
    for column in specification.columns:
        if column.name not in arrays:
            continue
        rows = [_plain(row) for row in arrays[column.name]]
        if column.is_list and column.length_name in arrays:
            lengths = arrays[column.length_name].tolist()
            rows = [row[:length] for row, length in zip(rows, lengths, strict=True)]
        columns[column.name] = rows
    return pd.DataFrame(columns)


def _of_examples(examples: Iterable[Any], specification: FeatureSpecification) -> pd.DataFrame:
    """Make rows of `tf.train.Example` messages, as the graph reads them."""
    signature = {column.name: tensor_spec(column) for column in specification.columns}
    read = read_examples(tf.constant([each.SerializeToString() for each in examples], tf.string), signature)
    return pd.DataFrame({name: [_plain(row.numpy()) for row in values] for name, values in read.items()})


def _plain(value: Any) -> Any:
    """Return texts for bytes, lists for arrays, and NaN for what stands for it where JSON has none."""
    if isinstance(value, np.ndarray):
        return [_plain(each) for each in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return np.nan if value <= MISSING_BELOW else float(value)
