"""Raw columns as serialised `tf.train.Example`, and back, in the graph."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from intent_tf.serving.example_messages import Lists, find_features, read_features, read_numbers, read_texts

MISSING: Mapping[tf.DType, Any] = {tf.string: b"", tf.float32: float("nan"), tf.int32: -1}
"""What stands for a missing value, and pads sequences."""


def read_examples(serialised: tf.Tensor, signature: Mapping[str, tf.TensorSpec]) -> dict[str, Any]:
    """Read examples, each row and column by itself: what does not fit is missing there, and nowhere else.

    A feature is named as the column and holds one value, for a sequence one an event. A number is read from a
    float list or, since JSON writes 3.0 as 3, an int64 list; a text from a bytes list. Missing is a feature
    that an example does not have, one of another type (numbers for a text, a text for a number), and one of
    no or several values where one belongs; and all of a row whose bytes are no example, such as one that was
    cut short. Of features of the same name the last counts.

    Args:
        serialised: `tf.train.Example` messages as TF Serving hands them on, string ``(batch,)``.
        signature: The columns with their types (float32, int32 or string) and shapes.

    Returns:
        The raw columns ``(batch,)``; sequences as ragged tensors ``(batch, events)``.

    Raises:
        tf.errors.DataLossError: At run, for the whole batch, if one is as long as it says, but broken inside.
            Only ``predict`` can bring one: TF Serving itself parses rows for ``regress`` and ``classify``.
    """
    batch = tf.size(serialised)
    # The operation that decodes takes one message at least.
    names, features = read_features(tf.concat([serialised, tf.fill([tf.cast(batch == 0, tf.int32)], "")], 0))
    features = tf.reshape(features, (-1,))
    numbers = [name for name, spec in signature.items() if spec.dtype != tf.string]
    texts = [name for name, spec in signature.items() if spec.dtype == tf.string]
    index = find_features(names, [*numbers, *texts])[:, :batch]
    columns: dict[str, Any] = {}
    if numbers:
        columns |= _columns(numbers, signature, read_numbers(features), index[: len(numbers)])
    if texts:
        columns |= _columns(texts, signature, read_texts(features), index[len(numbers) :])
    return {name: columns[name] for name in signature}


def _columns(
    names: list[str], signature: Mapping[str, tf.TensorSpec], lists: Lists, index: tf.Tensor
) -> dict[str, Any]:
    """Take columns' lists by their indices ``(names, batch)``, negative where there is none."""
    starts = tf.gather(lists.starts, tf.maximum(index, 0))
    lengths = tf.where(index < 0, 0, tf.gather(lists.lengths, tf.maximum(index, 0)))
    values = tf.concat([lists.values, [MISSING[lists.values.dtype]]], 0)
    alone = tf.gather(values, tf.where(lengths == 1, starts, tf.size(values) - 1))
    columns: dict[str, Any] = {}
    for name, one, start, length in zip(names, *map(tf.unstack, (alone, starts, lengths)), strict=True):
        dtype = signature[name].dtype
        if signature[name].shape.rank > 1:
            indices = tf.ragged.range(start, start + length)
            columns[name] = indices.with_values(tf.gather(values, indices.values))
        elif dtype.is_integer:
            fits = tf.abs(one) < float(dtype.max)
            columns[name] = tf.cast(tf.where(fits, one, float(MISSING[dtype])), dtype)
        else:
            columns[name] = one
    return columns


def serialise_examples(columns: Mapping[str, Any]) -> list[bytes]:
    """Write raw columns as examples, the inverse of `read_examples`.

    Args:
        columns: Arrays or tensors, float32, int32 or string, ``(batch,)`` or ``(batch, events)``.

    Example:
        >>> serialised = serialise_examples({"price": np.array([3.5], np.float32)})
        >>> signature = {"price": tf.TensorSpec((None,), tf.float32)}
        >>> read_examples(tf.constant(serialised), signature)["price"].numpy()
        array([3.5], dtype=float32)
    """
    arrays = {name: np.asarray(values) for name, values in columns.items()}
    rows = np.arange(len(next(iter(arrays.values()))))[:, None]  # alone, bytes lose a NUL at their end
    return [
        tf.train.Example(
            features=tf.train.Features(feature={name: _feature(array[row]) for name, array in arrays.items()})
        ).SerializeToString(deterministic=True)
        for row in rows
    ]


def _feature(values: Any) -> tf.train.Feature:
    entries = np.ravel(values)
    if entries.dtype.kind == "f":
        return tf.train.Feature(float_list=tf.train.FloatList(value=entries))
    if entries.dtype.kind == "i":
        return tf.train.Feature(int64_list=tf.train.Int64List(value=entries))
    encoded = [entry if isinstance(entry, bytes) else str(entry).encode() for entry in entries]
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=encoded))
