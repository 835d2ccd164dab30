"""Warm-up requests: TF Serving runs them before a version takes traffic, so that no shopper waits for it."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import tensorflow as tf

from intent_tf.columns.raw_columns import padded, raw_columns
from intent_tf.serving.served_model import ServedModel
from intent_tf.serving.tf_examples import serialise_examples

FILE = "tf_serving_warmup_requests"

# Fields of TF Serving's messages that are used here. Writing these few by hand keeps the 10 MB package of all
# its messages out of what everyone installs; a test reads the file with that package.
_LOG = {"classify": 2, "regress": 3, "predict": 6}  # PredictionLog
_REQUEST = 1  # PredictLog, ClassifyLog, RegressLog
_MODEL_SPEC, _INPUT = 1, 2  # PredictRequest, ClassificationRequest, RegressionRequest
_SIGNATURE_NAME = 3  # ModelSpec
_KEY, _VALUE = 1, 2  # an entry of a map
_EXAMPLE_LIST, _EXAMPLES = 1, 1  # Input, ExampleList


def write_warm_up(folder: str | Path, model: ServedModel, rows: pd.DataFrame) -> None:
    """Write ``tf_serving_warmup_requests``: each signature with one row and with all of them.

    Args:
        folder: ``assets.extra`` of a version.
        model: The version.
        rows: Raw columns.
    """
    with tf.io.TFRecordWriter(str(Path(folder) / FILE)) as writer:
        for part in (rows.head(1), rows):
            columns = padded(raw_columns(part, model.specification))
            tensors = (
                _field(_KEY, name.encode()) + _field(_VALUE, tf.make_tensor_proto(values).SerializeToString())
                for name, values in columns.items()
            )
            writer.write(_log("predict", "serving_default", tensors))
            examples = b"".join(_field(_EXAMPLES, each) for each in serialise_examples(columns))
            message = [_field(_EXAMPLE_LIST, examples)]
            writer.write(_log("classify", "serving_examples", message))
            writer.write(_log("regress", "serving_examples_regress", message))


def _log(api: str, signature: str, inputs: Iterable[bytes]) -> bytes:
    request = _field(_MODEL_SPEC, _field(_SIGNATURE_NAME, signature.encode()))
    request += b"".join(_field(_INPUT, each) for each in inputs)
    return _field(_LOG[api], _field(_REQUEST, request))


def _field(number: int, content: bytes) -> bytes:
    """Write a length-delimited field in the wire format of protocol buffers."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
