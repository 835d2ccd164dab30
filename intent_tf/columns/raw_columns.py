"""Moves the raw columns of a DataFrame into tensors, checking each value's type on the way.

Nothing is computed here: every transformation that a prediction depends on is in the model's graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import tensorflow as tf

from intent_tf.data.sequences import read_lists
from intent_tf.data.specification import Column, FeatureSpecification
from intent_tf.errors import InputError
from intent_tf.nearest import nearest

_WORDS = {"true": 1.0, "false": 0.0}
_WORDS |= dict.fromkeys(("", "na", "n/a", "#n/a", "nan", "null", "none"), np.nan)

RawColumns = dict[str, tf.Tensor | tf.RaggedTensor]


def raw_columns(
    frame: pd.DataFrame, specification: FeatureSpecification, *, file: object = None
) -> RawColumns:
    """Move the feature columns of a table into tensors.

    Args:
        frame: A table that has all feature columns; others are ignored.
        specification: Which columns, of what kind.
        file: Where the table came from, for error messages.

    Returns:
        By column: float32 or string tensors of shape ``(rows,)``; for sequences ragged tensors of shape
        ``(rows, entries)``. Missing numbers are NaN, missing texts and categories ``""``.

    Raises:
        InputError: If a column is missing, or a value does not fit its kind (with its row).

    Example:
        >>> specification = FeatureSpecification((Column("price", "number", "float"),))
        >>> raw_columns(pd.DataFrame({"price": ["3.5", ""]}), specification)["price"].numpy()
        array([3.5, nan], dtype=float32)
    """
    tensors: RawColumns = {}
    for column in specification.columns:
        if column.name not in frame.columns:
            names = [str(name) for name in frame.columns]
            raise InputError(
                f"the table has no column {column.name!r}{nearest(column.name, names)}",
                expected=", ".join(each.name for each in specification.columns),
                file=file,
            )
        tensors[column.name] = column_tensor(frame[column.name], column, file=file)
    return tensors


def column_tensor(values: pd.Series, column: Column, *, file: object = None) -> tf.Tensor | tf.RaggedTensor:
    """One column's values as a tensor; see `raw_columns`."""
    if column.is_list:
        return _ragged(values, column, file)
    if column.values == "float":
        return tf.constant(_numbers(values, column.name, file), tf.float32)
    return tf.constant(_texts(values), tf.string)


def to_dataset(columns: RawColumns, batch_size: int, *others: tf.Tensor) -> tf.data.Dataset:
    """Batches of raw columns in order, sequences padded at the end, for graphs that take raw columns.

    Args:
        columns: As `raw_columns` returns them.
        batch_size: Rows a batch; the last may be smaller.
        others: Further tensors of the same rows (labels, weights), passed along.
    """

    def pad(batch: RawColumns, *rest: tf.Tensor) -> Any:
        return (padded(batch), *rest) if rest else padded(batch)

    dataset = tf.data.Dataset.from_tensor_slices((columns, *others)).batch(batch_size)
    return dataset.map(pad, num_parallel_calls=tf.data.AUTOTUNE)


def padded(columns: Mapping[str, Any]) -> dict[str, tf.Tensor]:
    """Raw columns with sequences as dense tensors ``(batch, events)``, padded with ``""`` or NaN."""
    return {name: _dense(values) for name, values in columns.items()}


def _dense(values: tf.Tensor | tf.RaggedTensor) -> tf.Tensor:
    if not isinstance(values, tf.RaggedTensor):
        return values
    return values.to_tensor(default_value="" if values.dtype == tf.string else np.float32("nan"))


def _texts(values: pd.Series) -> np.ndarray:
    present = values.astype("object").where(values.notna(), "")
    # Lone surrogates cannot be UTF-8; they can only come from strings built in Python.
    return np.array([_text(value).encode("utf-8", "replace") for value in present], dtype=object)


def _text(value: Any) -> str:
    # pandas makes codes floats where some are missing: 3.0 is the code 3, whatever rows come with it.
    return f"{value:.0f}" if isinstance(value, float) and value % 1 == 0 else str(value)


def _numbers(values: pd.Series, name: str, file: object) -> np.ndarray:
    if pd.api.types.is_numeric_dtype(values):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        texts = values.astype("object").where(values.notna(), "").astype(str).str.strip()
        words = texts.str.lower().map(_WORDS)
        numbers = pd.to_numeric(texts, errors="coerce").fillna(words).to_numpy(dtype=np.float64)
        wrong = np.flatnonzero(np.isnan(numbers) & ~texts.str.lower().isin(list(_WORDS)))
        if len(wrong):
            raise InputError(
                f"found {texts.iloc[wrong[0]]!r} where a number belongs ({len(wrong)} such values)",
                expected="numbers or empty fields",
                remedy=f"mend the values, or give the column another kind: --kinds {name}=category",
                file=file,
                row=values.index[wrong[0]],
                column=name,
            )
    with np.errstate(over="ignore"):  # beyond float32 is infinite, which the graph treats as missing
        return numbers.astype(np.float32)


def _ragged(values: pd.Series, column: Column, file: object) -> tf.RaggedTensor:
    lists = read_lists(values, column.name, file=file)
    lengths = np.fromiter(map(len, lists), np.int64, len(lists))
    flat = [entry for entries in lists for entry in entries]
    rows = values.index.repeat(lengths)
    if column.values == "float":
        entries = tf.constant(_numbers(pd.Series(flat, rows), column.name, file), tf.float32)
    else:
        entries = tf.constant(_texts(pd.Series(flat, rows, dtype=object)), tf.string)
    return tf.RaggedTensor.from_row_lengths(entries, lengths)
