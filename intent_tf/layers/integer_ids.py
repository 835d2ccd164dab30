"""Ids as integers: what a layer that looks ids up does with its input first."""

from typing import Any

import tensorflow as tf

from intent_tf.errors import InputError


def integer_ids(ids: Any, layer: str, dtype: tf.DType = tf.int32) -> tf.Tensor:
    """Cast ids to one integer type, and refuse ids that are no integers.

    Keras would round floats in silence, and a forgotten ``dtype="int32"`` of an input is a frequent mistake.

    Args:
        ids: Tensor of any shape.
        layer: Name of the layer that takes them, for the error.
        dtype: The integer type of the result. Defaults to int32.

    Returns:
        The ids in that type, of the same shape.

    Raises:
        InputError: If the ids are floats, booleans or strings.

    Example:
        >>> integer_ids(tf.constant([3, 5], tf.int64), "text").dtype
        tf.int32
    """
    ids = tf.convert_to_tensor(ids)
    if not ids.dtype.is_integer:
        raise InputError(
            f"the layer {layer!r} received ids of type {ids.dtype.name}",
            expected="integers",
            remedy='make them so, such as with keras.Input(..., dtype="int32")',
        )
    return tf.cast(ids, dtype)
