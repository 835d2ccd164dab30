"""Moves the raw columns of a DataFrame into tensors, checking each value's type on the way.

Nothing is computed here: every transformation that a prediction depends on is in the model's graph.
"""

import json
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import tensorflow as tf
from numpy.typing import ArrayLike

from intent_tf.columns.kinds.binning import is_missing
from intent_tf.data.refuse_where import refuse_where
from intent_tf.data.sequences import read_lists
from intent_tf.data.set_format import SetFormat
from intent_tf.data.specification import Column, FeatureSpecification, Written
from intent_tf.errors import InputError, InputWarning
from intent_tf.nearest import nearest

_TRUTH = {"true": 1.0, "false": 0.0}
_MISSING = ("", "na", "n/a", "#n/a", "nan", "null", "none")

#: Cells beside which there must be a number, if a column is to be one of numbers.
_ODD_AT_MOST = 20
#: Missing columns that a message names at most.
_NAMED = 10

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
        ``(rows, entries)``, and for each sequence group its lengths, int32 ``(rows,)``. Missing numbers are
        NaN, missing texts and categories ``""``.

    Raises:
        InputError: If a column is missing, or a value does not fit its kind (with its row).

    Example:
        >>> specification = FeatureSpecification((Column("price", "number", "float"),))
        >>> raw_columns(pd.DataFrame({"price": ["3.5", ""]}), specification)["price"].numpy()
        array([3.5, nan], dtype=float32)
    """
    tensors: RawColumns = {}
    require_columns(list(frame.columns), specification, file=file)
    for column in specification.columns:
        tensors[column.name] = column_tensor(frame[column.name], column, file=file)
    return with_lengths(tensors, specification)


def require_columns(
    names: Sequence[Any], specification: FeatureSpecification, *, file: object = None
) -> None:
    """Refuse a table that lacks columns of a model.

    Args:
        names: All columns of the table.
        specification: The columns of the model.
        file: Where the table came from, for error messages.

    Raises:
        InputError: If there are any; it names all of them, each with the nearest that the table has.
    """
    if missing := [each.name for each in specification.columns if each.name not in names]:
        told = [f"{name!r}{nearest(name, map(str, names))}" for name in missing[:_NAMED]]
        more = f" and {len(missing) - _NAMED:,} more" if len(missing) > _NAMED else ""
        raise InputError(
            f"the table has no column{'s' * (len(missing) > 1)} {', '.join(told)}{more}",
            expected=", ".join(each.name for each in specification.columns),
            file=file,
        )


def with_lengths(columns: Mapping[str, Any], specification: FeatureSpecification) -> RawColumns:
    """Add the length of each sequence group that is not among the columns: that of its longest list.

    Args:
        columns: Raw columns; lists are ragged, or dense, where all entries count.
        specification: The columns.
    """
    lengths = {
        name: tf.reduce_max([_length(columns[each]) for each in names], axis=0)
        for name, names in specification.lengths.items()
        if name not in columns
    }
    return {**columns, **lengths}


def _length(values: tf.Tensor | tf.RaggedTensor) -> tf.Tensor:
    if isinstance(values, tf.RaggedTensor):
        return tf.cast(values.row_lengths(), tf.int32)
    return tf.fill(tf.shape(values)[:1], tf.shape(values)[1])


def tensor_spec(column: Column) -> tf.TensorSpec:
    """Describe a batch of a column, as graphs take it: ``(batch,)``, of lists ``(batch, entries)``."""
    dtype = tf.float32 if column.values == "float" else tf.string
    return tf.TensorSpec((None, None) if column.is_list else (None,), dtype)


def column_tensor(values: pd.Series, column: Column, *, file: object = None) -> tf.Tensor | tf.RaggedTensor:
    """One column's values as a tensor; see `raw_columns`."""
    if column.is_list:
        return _ragged(values, column, file)
    if column.values == "float":
        return tf.constant(_numbers(values, column, file), tf.float32)
    return tf.constant(_texts(values, column.written), tf.string)


def plain_numbers(texts: pd.Series) -> pd.Series:
    """Read texts as Python's `float` does, ``true`` and ``false`` as 1 and 0; NaN are all others."""
    return pd.to_numeric(texts, errors="coerce").fillna(texts.str.lower().map(_TRUTH))


def is_word_for_missing(texts: pd.Series) -> pd.Series:
    """Tell which texts are blank or a word for "missing" in a column of numbers: bool ``(rows,)``."""
    return texts.str.strip().str.lower().isin(_MISSING)


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


def of_type(values: tf.Tensor, dtype: tf.DType) -> tf.Tensor:
    """Cast a tensor of values, codes to texts too."""
    if dtype == tf.string and values.dtype != tf.string:
        return tf.strings.as_string(values)
    return tf.cast(values, dtype)


def padded(columns: Mapping[str, Any]) -> dict[str, tf.Tensor]:
    """Raw columns with sequences as dense tensors ``(batch, events)``, padded with ``""`` or NaN."""
    return {name: _dense(values) for name, values in columns.items()}


def _dense(values: tf.Tensor | tf.RaggedTensor) -> tf.Tensor:
    if not isinstance(values, tf.RaggedTensor):
        return values
    return values.to_tensor(default_value="" if values.dtype == tf.string else np.float32("nan"))


def _texts(values: pd.Series, written: Written | None = None) -> np.ndarray:
    present = values.astype("object").where(values.notna(), "")
    # Lone surrogates cannot be UTF-8; they can only come from strings built in Python.
    return np.array([_text(value, written).encode("utf-8", "replace") for value in present], dtype=object)


def _text(value: Any, written: Written | None) -> str:
    if pd.api.types.is_list_like(value):
        entries = ["" if is_missing(each) else _text(each, written) for each in value]
        if isinstance(written, SetFormat):
            return written.separator.join(entries)
        return json.dumps(entries, ensure_ascii=False)
    if not isinstance(value, float):
        return str(value)
    # pandas makes codes floats where some are missing: 3.0 is the code 3, whatever rows come with it.
    return f"{value:.0f}" if value % 1 == 0 else str(value).replace(".", written.decimal if written else ".")


def _numbers(values: pd.Series, column: Column, file: object) -> np.ndarray:
    if pd.api.types.is_numeric_dtype(values):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        texts = values.astype("object").where(values.notna(), "").astype(str).str.strip()
        numbers = plain_numbers(texts).to_numpy(dtype=np.float64)
        odd = np.isnan(numbers) & ~is_word_for_missing(texts) & ~texts.isin(column.missing)
        if odd.any():
            nested = values.map(pd.api.types.is_list_like).to_numpy(bool)
            no_number = odd.sum() > _ODD_AT_MOST and np.isnan(numbers).all()
            _tell_odd(texts[odd], (nested | no_number)[odd], column, file)
    with np.errstate(over="ignore"):  # beyond float32 is infinite, which the graph treats as missing
        return numbers.astype(np.float32)


def _tell_odd(odd: pd.Series, refused: ArrayLike, column: Column, file: object) -> None:
    """Warn of cells that are no numbers, which are missing; some are refused, such as lists."""
    refuse_where(
        refused,
        odd,
        "found {value!r} where a number belongs ({count} such values)",
        expected="numbers or empty fields",
        remedy=f"mend the values, or give the column another kind: --kinds {column.name}=category",
        file=file,
        column=column.name,
    )
    where = "" if file is None else f"{file}, "
    found = f"what is no number is missing, such as {odd.iloc[0]!r} in row {odd.index[0]}"
    warnings.warn(f"{where}column {column.name!r}: {found}", InputWarning, stacklevel=2)


def _ragged(values: pd.Series, column: Column, file: object) -> tf.RaggedTensor:
    lists = read_lists(values, column.name, column.written, file=file)
    lengths = np.fromiter(map(len, lists), np.int64, len(lists))
    flat = [entry for entries in lists for entry in entries]
    rows = values.index.repeat(lengths)
    if column.values == "float":
        entries = tf.constant(_numbers(pd.Series(flat, rows), column, file), tf.float32)
    else:
        entries = tf.constant(_texts(pd.Series(flat, rows, dtype=object)), tf.string)
    return tf.RaggedTensor.from_row_lengths(entries, lengths)
