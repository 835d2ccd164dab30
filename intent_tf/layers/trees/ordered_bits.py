"""Float32 numbers as integers in the same order."""

from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

LARGEST = 2**31 - 1
#: The integers of the infinities; a NaN lies above the one or below the other, as its sign says.
INFINITY, MINUS_INFINITY = 0x7F800000, 0x7F800000 ^ -1


def ordered_bits(numbers: Any) -> tf.Tensor:
    """Reinterpret float32 numbers as int32 numbers that have their order, of any shape.

    TensorFlow's comparisons of floats take numbers below 1.2e-38 for zero, so a threshold next to 0 would
    part nothing. -0.0 comes right below 0.0; no threshold lies between the two.
    """
    bits = tf.bitcast(numbers, tf.int32)
    return tf.bitwise.bitwise_xor(bits, tf.bitwise.bitwise_and(tf.bitwise.right_shift(bits, 31), LARGEST))


def ordered_thresholds(thresholds: npt.NDArray[np.float32]) -> npt.NDArray[np.int32]:
    """Do the same to thresholds, in Python; -0.0 becomes 0.0."""
    bits = thresholds.view(np.int32)
    bits = np.where(bits == -(2**31), 0, bits)
    return (bits ^ ((bits >> 31) & LARGEST)).astype(np.int32)
