"""The signature ``specification``: what a model says of its own inputs, for every client alike."""

import json
from dataclasses import asdict
from typing import Any

import keras
import tensorflow as tf

from intent_tf.columns.event_arrays import MISSING_BELOW
from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.data.specification import Column, FeatureSpecification

#: Name of the signature, and of its output.
NAME = "specification"
#: Its input: any strings, each of which is answered alike. Without an input, TF Serving could not batch it.
REQUEST = "request"
#: The version of the answer's form: clients of a later one read what they know.
_FORM = 1


def describe(preprocessor: Preprocessor) -> str:
    """Write as JSON what a client must know of the inputs.

    Args:
        preprocessor: Adapted.

    Returns:
        ``form`` (an integer that grows when the meaning of a key changes), ``columns`` (each with ``name``,
        ``kind``, ``values`` and ``group``), ``file`` (how the training table's text file was written, or
        null), ``seen`` (what training rows had in each column: the shares ``missing`` and ``unknown``, and
        the ``categories`` that were learnt), and ``limits``: what is kept of long inputs, and the number at
        and below which every number is missing; and ``session``, how the log was read that a model of
        sessions learnt from, or null.
    """
    specification = asdict(preprocessor.specification)
    told = {key: specification[key] for key in ("columns", "file", "seen")}
    limits = {"missing_at_or_below": MISSING_BELOW}
    for encoder in preprocessor.encoders.values():
        limits |= encoder.limits()
    return json.dumps({"form": _FORM, **told, "limits": limits}, ensure_ascii=False)


def read_specification(answer: Any) -> FeatureSpecification:
    """Read the columns of an answer.

    Args:
        answer: The string that the signature gave, or its bytes.

    Example:
        >>> answer = '{"form": 1, "columns": [{"name": "x", "kind": "number", "values": "float"}]}'
        >>> read_specification(answer)["x"].kind
        'number'
    """
    read, known = json.loads(answer), Column.__dataclass_fields__.keys()
    columns = [{key: each[key] for key in known & each.keys()} for each in read["columns"]]
    told = {key: read[key] for key in ("file", "seen", "session") if key in read}
    return FeatureSpecification.from_config({"columns": columns, **told})


def add_specification(archive: keras.export.ExportArchive, preprocessor: Preprocessor) -> None:
    """Add the signature to what is exported."""
    answer = tf.constant(describe(preprocessor))

    def specification(request: tf.Tensor) -> dict[str, tf.Tensor]:
        return {NAME: tf.fill(tf.shape(request), answer)}

    archive.add_endpoint(NAME, specification, [tf.TensorSpec((None,), tf.string, REQUEST)])
