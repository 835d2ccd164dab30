"""Moves the raw columns of a DataFrame into tensors, checking each value's type on the way.

Nothing is computed here: every transformation that a prediction depends on is in the model's graph.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import tensorflow as tf

from intent_tf.data.inference import is_list
from intent_tf.data.specification import Column, FeatureSpecification
from intent_tf.errors import InputError
from intent_tf.nearest import nearest

_WORDS_OF_NUMBERS = {"true": 1.0, "false": 0.0, "": np.nan, "na": np.nan, "null": np.nan, "none": np.nan}

RawColumns = dict[str, tf.Tensor | tf.RaggedTensor]


def raw_columns(
    frame: pd.DataFrame, specification: FeatureSpecification, *, file: object = None
) -> RawColumns:
    """The feature columns of a table as tensors.

    Args:
        frame: A table that has all feature columns; others are ignored.
        specification: Which columns, of what kind.
        file: Where the table came from, for error messages.

    Returns:
        By column: float32 or string tensors of shape ``(rows,)``; for sequences ragged tensors of
        shape ``(rows, events)``. Missing numbers are NaN, missing texts and categories ``""``.

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
            known = [str(name) for name in frame.columns]
            raise InputError(
                f"the table has no column {column.name!r}{nearest(column.name, known)}",
                expected=", ".join(each.name for each in specification.columns),
                file=file,
            )
        tensors[column.name] = column_tensor(frame[column.name], column, file=file)
    return tensors


def column_tensor(
    values: pd.Series, column: Column, *, file: object = None
) -> tf.Tensor | tf.RaggedTensor:
    """One column's values as a tensor; see `raw_columns`."""
    if column.kind == "sequence":
        return _ragged(_lists(values, column, file), column, file)
    if column.values == "float":
        return tf.constant(_numbers(values, column.name, file), tf.float32)
    return tf.constant(_texts(values), tf.string)


def to_dataset(
    columns: RawColumns, batch_size: int, *others: tf.Tensor
) -> tf.data.Dataset:
    """Batches of raw columns in order, sequences padded at the end, for graphs that take raw columns.

    Args:
        columns: As `raw_columns` returns them.
        batch_size: Rows a batch; the last may be smaller.
        others: Further tensors of the same rows (labels, weights), passed along.
    """
    dataset = tf.data.Dataset.from_tensor_slices((columns, *others)).batch(batch_size)
    pad = lambda batch, *rest: (padded(batch), *rest) if rest else padded(batch)  # noqa: E731
    return dataset.map(pad if others else lambda batch: padded(batch), num_parallel_calls=tf.data.AUTOTUNE)


def padded(columns: Mapping[str, Any]) -> dict[str, tf.Tensor]:
    """Raw columns with sequences as dense tensors ``(batch, events)``, padded with ``""`` or NaN."""
    return {name: _dense(values) for name, values in columns.items()}


def _dense(values: tf.Tensor | tf.RaggedTensor) -> tf.Tensor:
    if not isinstance(values, tf.RaggedTensor):
        return values
    return values.to_tensor(default_value="" if values.dtype == tf.string else np.float32("nan"))


def _texts(values: pd.Series) -> np.ndarray:
    if pd.api.types.is_float_dtype(values) and (values.dropna() % 1 == 0).all():
        values = values.astype("Int64")  # codes that pandas made floats because some are missing
    texts = values.astype("object").where(values.notna(), "").astype(str).to_numpy(dtype=object)
    # Lone surrogates cannot be UTF-8; they can only come from strings built in Python.
    return np.array([text.encode("utf-8", "replace") for text in texts], dtype=object)


def _numbers(values: pd.Series, name: str, file: object) -> np.ndarray:
    if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        texts = values.astype("object").where(values.notna(), "").astype(str).str.strip()
        words = texts.str.lower().map(_WORDS_OF_NUMBERS)
        numbers = pd.to_numeric(texts, errors="coerce").fillna(words).to_numpy(dtype=np.float64)
        known = texts.str.lower().isin([*_WORDS_OF_NUMBERS, "nan", "n/a", "#n/a"]).to_numpy()
        wrong = np.flatnonzero(np.isnan(numbers) & ~known)
        if len(wrong):
            raise InputError(
                f"found {texts.iloc[wrong[0]]!r} where a number belongs ({len(wrong)} such rows)",
                expected="numbers or empty fields",
                remedy=f"mend the values, or give the column another kind: --kinds {name}=category",
                file=file,
                row=int(wrong[0]) + 1,
                column=name,
            )
    with np.errstate(over="ignore"):  # beyond float32 is infinite, which the graph treats as missing
        return numbers.astype(np.float32)


def _lists(values: pd.Series, column: Column, file: object) -> list[Any]:
    if is_list(values):
        return [entry if isinstance(entry, list | tuple | np.ndarray) else [] for entry in values]
    lists = []
    for row, text in enumerate(values.astype("object").where(values.notna(), "").astype(str), start=1):
        try:
            entry = json.loads(text) if text.strip() else []
        except json.JSONDecodeError:
            entry = None
        if not isinstance(entry, list):
            raise InputError(
                f"found {text[:80]!r}",
                expected="a list, or a JSON list such as [\"view\", \"cart\"]",
                file=file,
                row=row,
                column=column.name,
            )
        lists.append(entry)
    return lists


def _ragged(lists: list[Any], column: Column, file: object) -> tf.RaggedTensor:
    lengths = np.fromiter(map(len, lists), np.int64, len(lists))
    entries = pd.Series([entry for entries in lists for entry in entries], dtype=object)
    if column.values == "float":
        flat = tf.constant(_numbers(entries, column.name, file), tf.float32)
    else:
        flat = tf.constant(_texts(entries), tf.string)
    return tf.RaggedTensor.from_row_lengths(flat, lengths)
