"""Moves the columns of an Arrow table into tensors, without a detour through Python lists."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import tensorflow as tf

from intent_tf.data.set_format import SetFormat
from intent_tf.data.specification import Column
from intent_tf.errors import InputError


def arrow_tensor(values: pa.Array, column: Column) -> tf.Tensor | tf.RaggedTensor:
    """Move one column into a tensor, as `intent_tf.columns.raw_columns.column_tensor` does for pandas.

    Args:
        values: The values; lists of them for a sequence.
        column: Which column of the model they are.

    Returns:
        A float32 or string tensor of shape ``(rows,)``, or a ragged one ``(rows, events)``. Missing numbers
        are NaN, missing texts ``""``, a missing list is empty.

    Raises:
        InputError: If the values do not fit the column.

    Example:
        >>> arrow_tensor(pa.array([["a", None], []]), Column("item_id", "sequence", "string", "session"))
        <tf.RaggedTensor [[b'a', b''], []]>
    """
    is_list = pa.types.is_list(values.type) or pa.types.is_large_list(values.type)
    if is_list and isinstance(column.written, SetFormat):
        sizes = pc.cast(pc.fill_null(pc.list_value_length(values), 0), pa.int64()).to_numpy()
        members = tf.RaggedTensor.from_row_lengths(_flat(pc.list_flatten(values), column), sizes)
        return tf.strings.reduce_join(members, axis=1, separator=column.written.separator)
    if is_list != column.is_list:
        raise InputError(f"found {values.type}", column=column.name, expected=f"values of a {column.kind}")
    if not is_list:
        return _flat(values, column)
    lengths = pc.fill_null(pc.cast(pc.list_value_length(values), pa.int64()), 0).to_numpy()
    return tf.RaggedTensor.from_row_lengths(_flat(pc.list_flatten(values), column), lengths, validate=False)


def is_plain(dtype: pa.DataType, column: Column) -> bool:
    """Tell whether `arrow_tensor` makes of values of a type what pandas would, whatever they are.

    Example:
        >>> is_plain(pa.list_(pa.int32()), Column("price", "sequence", "float", "session"))
        True
        >>> is_plain(pa.string(), Column("price", "number", "float"))
        False
    """
    is_list = pa.types.is_list(dtype) or pa.types.is_large_list(dtype)
    inner = dtype.value_type if is_list else dtype
    is_text = pa.types.is_string(inner) or pa.types.is_large_string(inner)
    fits = (is_text, pa.types.is_floating(inner))[column.values == "float"] or pa.types.is_integer(inner)
    return is_list == column.is_list and fits


def _flat(values: pa.Array, column: Column) -> tf.Tensor:
    if column.values == "string":
        cells = pc.cast(values, pa.string())
        if column.written and pa.types.is_floating(values.type):
            cells = pc.replace_substring(cells, ".", column.written.decimal)
        texts = pc.fill_null(cells, "").to_numpy(zero_copy_only=False)
        return tf.constant(texts, tf.string, shape=texts.shape)
    return tf.constant(arrow_floats(values, column.name))


def arrow_floats(values: pa.Array, name: str) -> npt.NDArray[np.float32]:
    """Turn numbers of any type into float32, NaN where there is none.

    Raises:
        InputError: If they are no numbers.
    """
    try:
        numbers = pc.cast(values, pa.float64(), safe=False)
    except pa.ArrowException as error:
        raise InputError(f"found {values.type} ({error})", column=name, expected="numbers") from error
    with np.errstate(over="ignore"):  # beyond float32 is infinite, which the graph treats as missing
        return numbers.to_numpy(zero_copy_only=False).astype(np.float32)
