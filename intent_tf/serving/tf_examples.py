"""Raw columns as serialised `tf.train.Example`, and back, in the graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

MISSING: Mapping[tf.DType, Any] = {tf.string: b"", tf.float32: float("nan")}
"""What stands for a missing value, and pads sequences."""


def parse_examples(serialised: tf.Tensor, signature: Mapping[str, tf.TensorSpec]) -> dict[str, tf.Tensor]:
    """Read examples; a feature that an example does not have is missing.

    Args:
        serialised: `tf.train.Example` messages, string ``(batch,)``. A feature is named as the column,
            a float list or a bytes list of one value; for sequences of one value an event.
        signature: The columns with their types and shapes.

    Returns:
        The raw columns ``(batch,)``; sequences ``(batch, events)``, each padded to its longest.
    """
    features: dict[str, Any] = {
        name: tf.io.FixedLenFeature((), spec.dtype, MISSING[spec.dtype])
        if spec.shape.rank == 1
        else tf.io.FixedLenSequenceFeature((), spec.dtype, True, MISSING[spec.dtype])
        for name, spec in signature.items()
    }
    return tf.io.parse_example(serialised, features)


def serialise_examples(columns: Mapping[str, Any]) -> list[bytes]:
    """Write raw columns as examples, the inverse of `parse_examples`.

    Args:
        columns: Arrays or tensors, float32 or string, ``(batch,)`` or ``(batch, events)``.

    Example:
        >>> serialised = serialise_examples({"price": np.array([3.5], np.float32)})
        >>> signature = {"price": tf.TensorSpec((None,), tf.float32)}
        >>> parse_examples(tf.constant(serialised), signature)["price"].numpy()
        array([3.5], dtype=float32)
    """
    arrays = {name: np.asarray(values) for name, values in columns.items()}
    rows = len(next(iter(arrays.values())))
    return [
        tf.train.Example(
            features=tf.train.Features(feature={name: _feature(array[row]) for name, array in arrays.items()})
        ).SerializeToString(deterministic=True)
        for row in range(rows)
    ]


def _feature(values: Any) -> tf.train.Feature:
    entries = np.ravel(values)
    if entries.dtype.kind == "f":
        return tf.train.Feature(float_list=tf.train.FloatList(value=entries))
    encoded = [entry if isinstance(entry, bytes) else str(entry).encode() for entry in entries]
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=encoded))
