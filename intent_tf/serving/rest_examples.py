"""The rows of TF Serving's ``:classify`` and ``:regress``: JSON objects that become `tf.train.Example`."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.serving.rest_json import read_text, short

_INT64, _FLOAT = 1 << 63, float(np.finfo(np.float32).max)


def to_examples(document: Mapping[str, Any]) -> np.ndarray:
    """Read the body of a ``:classify`` or ``:regress`` request as TF Serving does.

    Whole numbers and booleans become int64 lists, numbers with a point or an exponent float lists, texts
    bytes lists; an entry alone becomes a list of one.

    Args:
        document: The JSON object; ``examples`` has an object a row.

    Returns:
        Serialised `tf.train.Example` messages, ``(rows,)``.

    Raises:
        InputError: If it has no rows, an entry is ``null`` or no scalar, or a list mixes types.

    Example:
        >>> [serialised] = to_examples({"examples": [{"price": 3, "item_id": ["a", "b"]}]})
        >>> sorted(tf.train.Example.FromString(serialised).features.feature)
        ['item_id', 'price']
    """
    examples = document.get("examples")
    if not isinstance(examples, list) or not examples:
        raise InputError("'examples' is no list, or an empty one", expected="a list of rows")
    return np.array([_example(row).SerializeToString() for row in examples], object)


def _example(row: Any) -> tf.train.Example:
    if not isinstance(row, dict):
        raise InputError(f"the example {short(row)} is no object")
    features = {name: _feature(name, content) for name, content in row.items()}
    return tf.train.Example(features=tf.train.Features(feature=features))


def _feature(name: str, content: Any) -> tf.train.Feature:
    entries = [_entry(name, value) for value in (content if isinstance(content, list) else [content])]
    kinds = {type(entry) for entry in entries}
    if len(kinds) > 1:
        raise InputError(
            f"the feature {name!r} mixes {' and '.join(sorted(kind.__name__ for kind in kinds))}",
            remedy="write all numbers of a list with a point, or none",
        )
    if kinds == {int}:
        return tf.train.Feature(int64_list=tf.train.Int64List(value=entries))
    if kinds == {float}:
        return tf.train.Feature(float_list=tf.train.FloatList(value=entries))
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=entries)) if kinds else tf.train.Feature()


def _entry(name: str, value: Any) -> int | float | bytes:
    if not isinstance(value, int | float):
        return read_text(value, name)  # null and lists in lists are none
    if (isinstance(value, int) and not -_INT64 <= value < _INT64) or _FLOAT < abs(value) < float("inf"):
        raise InputError(f"the feature {name!r} has {short(value)}, which is too large")
    return value if isinstance(value, float) else int(value)  # of a boolean, too
