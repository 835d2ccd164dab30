"""What the `Preprocessor` makes of raw columns: the numeric input of every extractor."""

from __future__ import annotations

from typing import Any, NamedTuple

import tensorflow as tf


class Features(NamedTuple):
    """One batch of preprocessed rows. A part that the table does not have has no columns.

    Args:
        numbers: Normal scores, float32 ``(batch, numbers)``, 0 where missing.
        missing: float32 ``(batch, numbers)``, 1 where the number was missing, else 0.
        categories: int32 ``(batch, categories)``; 0 means unknown, rare or missing.
        text: int32 ``(batch, tokens)``, padded at the end with 0; 1 means out of vocabulary.
        session: int32 ``(batch, tokens)``: the rendered event sequence, padded at the end with 0.
    """

    numbers: Any
    missing: Any
    categories: Any
    text: Any
    session: Any

    @classmethod
    def empty(cls, rows: Any) -> Features:
        """Features of no columns, from which parts are replaced."""
        floats, ints = tf.zeros((rows, 0), tf.float32), tf.zeros((rows, 0), tf.int32)
        return cls(floats, floats, ints, ints, ints)
