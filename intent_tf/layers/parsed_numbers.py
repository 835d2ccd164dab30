"""Numbers as people write them, read in the graph: decimal commas, thousands, units, percent, currencies."""

import re
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from intent_tf.options.as_tuple import as_tuple
from intent_tf.text.configured import Configured

#: Spaces that keep together what they part, and minus signs: each with its plain form.
_PLAIN = {"[\u00a0\u2007\u2009\u202f]": " ", "[\u2212\u2013\uff0d]": "-", "[\u2019\u00b4`]": "'"}


@keras.saving.register_keras_serializable(package="intent_tf")
class ParsedNumbers(Configured, keras.layers.Layer):
    """Reads numbers out of texts; what is none becomes NaN.

    Signs may stand before or behind, also as brackets around a negative amount; powers of ten as ``1e-3``.
    A number that fits in no float32 becomes infinite.

    Args:
        decimal: str, the decimal mark, ``"."`` or ``","``. Of points, commas, spaces and apostrophes, the
            others may stand between groups of three digits. Defaults to ``"."``.
        affixes: str or sequence of strings that may stand before or behind the number, such as ``"€"`` or
            ``"kg"``, in upper or lower case; none of them changes its value.
        **kwargs: Keyword arguments of `keras.layers.Layer`, such as ``name``.

    Call arguments:
        inputs: string tensor of any shape.

    Returns:
        float32 tensor of the same shape.

    Example:
        >>> layer = ParsedNumbers(",", ["€"])
        >>> layer(tf.constant(["1.234,56 €", "-€ 5", "12", "1,5,0", ""])).numpy()
        array([1234.56,   -5.  ,   12.  ,     nan,     nan], dtype=float32)
    """

    def __init__(self, decimal: str = ".", affixes: str | Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.decimal, self.affixes = decimal, as_tuple(affixes)

    def call(self, inputs: Any) -> tf.Tensor:
        """Read all texts."""
        texts = tf.convert_to_tensor(inputs)
        for pattern, plain in _PLAIN.items():
            texts = tf.strings.regex_replace(texts, pattern, plain)
        texts = tf.strings.strip(texts)
        if self.affixes:
            affix = "|".join(re.escape(each) for each in sorted(self.affixes, key=len, reverse=True))
            texts = tf.strings.regex_replace(texts, rf"^(\(?[+-]?) *(?i:{affix}) *([+-]?[\d.,])", r"\1\2")
            texts = tf.strings.regex_replace(texts, rf"([\d.,][+-]?) *(?i:{affix})(\)?)$", r"\1\2")
        texts = tf.strings.regex_replace(texts, r"^\(([^+\-].*)\)$|^([^+\-].*)-$", r"-\1\2")
        point, marks = re.escape(self.decimal), "".join({".", ","} - {self.decimal})
        grouped = "|".join(rf"\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+" for mark in (marks, " ", "'"))
        number = rf"[+-]?(?:(?:\d+|{grouped})(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d+)?"
        is_number = tf.strings.regex_full_match(texts, number)
        digits = tf.strings.regex_replace(texts, rf"[{marks} ']", "")
        if self.decimal != ".":
            digits = tf.strings.regex_replace(digits, point, ".")
        # What is no number must not reach the conversion, which would fail the whole batch.
        return tf.strings.to_number(tf.where(is_number, digits, "nan"))

    def compute_output_spec(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Return the shape of the texts."""
        return keras.KerasTensor(inputs.shape, "float32")
