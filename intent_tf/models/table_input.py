"""What people hand to `fit`, `evaluate` and `predict`, as rows and batches that a model takes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import tensorflow as tf

from intent_tf.columns.feature_batches import graph_of
from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.columns.raw_columns import of_type, padded, with_lengths
from intent_tf.columns.rows import Rows
from intent_tf.data.labels import is_graded, read_grades, read_labels
from intent_tf.data.specification import FeatureSpecification
from intent_tf.errors import InputError


def is_table(x: Any) -> bool:
    """Tell whether ``x`` holds whole columns: `Rows`, a DataFrame, or a mapping of column to array."""
    return isinstance(x, Rows | pd.DataFrame | Mapping)


def as_frame(x: pd.DataFrame | Mapping[str, Any]) -> pd.DataFrame:
    """Return a table of columns that are arrays, tensors or lists; of two axes, each row is a list.

    Args:
        x: A DataFrame, which is returned as it is, or a mapping of column to values ``(rows,)`` or
            ``(rows, events)``.

    Raises:
        InputError: If there are no rows, or the columns are of different lengths.

    Example:
        >>> as_frame({"pages": np.array([1, 2]), "title": tf.constant(["hat", "cap"])}).to_dict("list")
        {'pages': [1, 2], 'title': ['hat', 'cap']}
    """
    if not isinstance(x, pd.DataFrame):
        columns = {name: _entries(values) for name, values in x.items()}
        lengths = {name: len(values) for name, values in columns.items()}
        if len(set(lengths.values())) > 1:
            raise InputError(
                f"columns of different lengths: {', '.join(f'{name} {n}' for name, n in lengths.items())}",
                expected="one value a row in each",
            )
        x = pd.DataFrame(columns)
    if x.empty:
        raise InputError("the table has no rows", expected="at least one row of data")
    return x


def labelled_rows(
    x: Rows | pd.DataFrame | Mapping[str, Any],
    y: Any,
    sample_weight: Any,
    preprocessor: Preprocessor,
    class_weight: Mapping[int, float] | None = None,
) -> Rows:
    """Preprocess a table with its labels and weights.

    Args:
        x: The table; `Rows` bring both along.
        y: Labels ``(rows,)``, or whatever the loss takes; None where the table has the label's column.
        sample_weight: Weight of each row ``(rows,)``; None for those of `Rows`, or 1.
        preprocessor: Adapted.
        class_weight: Factor of the weights of each label, 0 and 1.

    Raises:
        InputError: If there is no label, or labels or weights are not one a row.
    """
    if isinstance(x, Rows):
        rows = x if y is None else replace(x, label=_one_a_row(y, len(x), "labels"))
    else:
        frame, specification = as_frame(x), preprocessor.specification
        column = specification.label
        if y is None and column not in frame.columns:
            raise InputError(
                f"the table has no label column {column!r}", expected=f"{column!r} in it, or labels as y"
            )
        labels = frame[column] if y is None else y
        rows = Rows.of(frame, preprocessor, _labels(labels, specification, len(frame)))
        if y is None and specification.positive is None and is_graded(labels):
            rows = replace(rows, grade=read_grades(labels))
    if sample_weight is not None:
        rows = replace(rows, weight=_one_a_row(sample_weight, len(rows), "weights").reshape(-1))
    if class_weight:
        rows = replace(rows, weight=rows.weight * _of_class(rows.label, class_weight).numpy())
    return rows


def feature_dataset(
    dataset: tf.data.Dataset, preprocessor: Preprocessor, class_weight: Mapping[int, float] | None = None
) -> tf.data.Dataset:
    """Preprocess a dataset of batches ``(columns, label)`` or ``(columns, label, weight)``.

    Args:
        dataset: Its columns are a mapping; sequences may be ragged.
        preprocessor: Adapted.
        class_weight: Factor of the weights of each label, 0 and 1.

    Raises:
        InputError: If an element is no such tuple.
    """
    element = dataset.element_spec
    if not (isinstance(element, tuple) and len(element) in (2, 3) and isinstance(element[0], Mapping)):
        raise InputError(
            f"a dataset of {type(element).__name__}s",
            expected="batches (columns, label) or (columns, label, weight), columns being a mapping by name",
        )
    graph = graph_of(preprocessor)
    specification = preprocessor.specification
    names = preprocessor.input_signature()

    def preprocess(columns: Mapping[str, Any], label: Any, *weight: Any) -> Any:
        given = with_lengths({name: columns[name] for name in names if name in columns}, specification)
        features = graph({name: of_type(value, names[name].dtype) for name, value in padded(given).items()})
        if class_weight is None:
            return (features, label, *weight)
        factor = _of_class(label, class_weight)
        return features, label, factor * tf.cast(weight[0], tf.float32) if weight else factor

    return dataset.map(preprocess, tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)


def _entries(values: Any) -> list[Any]:
    if isinstance(values, tf.RaggedTensor):
        return [_entries(row) for row in values]
    array = np.asarray(values, dtype=None if hasattr(values, "dtype") else object)
    if array.ndim > 1:
        return [_entries(row) for row in array]
    return [entry.decode() if isinstance(entry, bytes) else entry for entry in array.tolist()]


def _one_a_row(values: Any, rows: int, what: str) -> np.ndarray:
    array = np.asarray(values, np.float32)
    if not array.ndim or len(array) != rows:
        raise InputError(f"{what} of shape {array.shape} for {rows} rows", expected="one a row")
    return array


def _labels(values: Any, specification: FeatureSpecification, rows: int) -> np.ndarray:
    series = pd.Series(values) if np.ndim(values) == 1 else None
    if series is None or (series is not values and pd.api.types.is_numeric_dtype(series)):
        return _one_a_row(values, rows, "labels")
    return read_labels(series, specification.label, specification.positive, specification.negative)


def _of_class(label: Any, class_weight: Mapping[int, float]) -> tf.Tensor:
    first = tf.reshape(label, (tf.shape(label)[0], -1))[:, 0]
    return tf.where(first >= 0.5, class_weight.get(1, 1.0), class_weight.get(0, 1.0))
