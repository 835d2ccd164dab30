"""Brings categories to one spelling, in the graph: 1.0 is 1, TRUE is true, 8:00 is 08:00:00."""

from typing import Any

import keras
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.text.configured import Configured

#: Of each spelling, whole texts that are brought to it, by what is kept of them; the rest stay as they are.
_REWRITES = {
    "integer": (
        (r"\+?(-?(?:0|[1-9]\d*))(?:\.0*)?", r"\1"),
        ("-0", "0"),
    ),
    "boolean": (
        (r"(?i:true|t|yes|y|1(?:\.0*)?)", "true"),
        (r"(?i:false|f|no|n|0(?:\.0*)?)", "false"),
    ),
    "date": (
        (r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d.*)", r"\1T\2"),
        (r"(\d):(\d\d(?::\d\d(?:\.\d*)?)?)", r"0\1:\2"),
        (r"((?:\d{4}-\d\d-\d\dT)?\d\d:\d\d)(|Z|[+-]\d\d:?\d\d)", r"\1:00\2"),
        (r"(.*:\d\d)\.0*(|Z|[+-]\d\d:?\d\d)", r"\1\2"),
        (r"(.*\.\d*[1-9])0+(|Z|[+-]\d\d:?\d\d)", r"\1\2"),
        (r"(\d{4}-\d\d-\d\d)T00:00:00", r"\1"),
        (r"(.*)(?:Z|[+-]00:?00)", r"\1Z"),
    ),
    "characters": (),
}


@keras.saving.register_keras_serializable(package="intent_tf")
class CategorySpelling(Configured, keras.layers.Layer):
    """Writes categories that mean the same the same way, whatever file or program they come from.

    A CSV file says ``1``, a data frame with missing values ``1.0``; a Parquet file's times are ``08:00:00``
    where a CSV file says ``08:00``. What is not of the spelling stays as it is, and so is unknown.

    Args:
        spelling: str, one of ``"integer"`` (1, 1.0 and +1 are ``1``; 01 is another), ``"boolean"``
            (``true``, ``false``), ``"date"`` (dates and times as in ISO 8601, ``2026-11-29T08:00:00``; a time
            of midnight is left out) and ``"characters"`` (nothing is changed).
        **kwargs: Keyword arguments of `keras.layers.Layer`, such as ``name``.

    Call arguments:
        inputs: string tensor of any shape.

    Returns:
        string tensor of the same shape.

    Raises:
        InputError: If there is no such spelling.

    Example:
        >>> CategorySpelling("integer")(tf.constant(["1", "1.0", " 1", "01", "x"])).numpy().tolist()
        [b'1', b'1', b'1', b'01', b'x']
    """

    def __init__(self, spelling: str = "characters", **kwargs: Any) -> None:
        super().__init__(**{"dtype": "string", **kwargs})
        if spelling not in _REWRITES:
            raise InputError(f"unknown spelling {spelling!r}", expected=", ".join(_REWRITES))
        self.spelling = spelling

    def call(self, inputs: Any) -> tf.Tensor:
        """Spell all texts."""
        texts = tf.convert_to_tensor(inputs)
        if _REWRITES[self.spelling]:
            texts = tf.strings.strip(texts)
        for pattern, rewrite in _REWRITES[self.spelling]:
            texts = tf.strings.regex_replace(texts, f"^(?:{pattern})$", rewrite)
        return texts

    def compute_output_spec(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Return the shape of the texts."""
        return keras.KerasTensor(inputs.shape, "string")
