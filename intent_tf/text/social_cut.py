"""The pattern of NLTK's ``TweetTokenizer`` run over the shapes of characters, for texts in any script."""

from collections.abc import Collection
from functools import cache

import numpy as np
import tensorflow as tf

from intent_tf.text.code_points import re2_class
from intent_tf.text.shapes import Shapes
from intent_tf.text.social_pattern import BESIDE, IN_MARKUP, social_pattern

_START, _END = 126, 127


def cut_code_points(texts: tf.RaggedTensor) -> tf.RaggedTensor:
    """Cut texts into the tokens that the pattern finds.

    Args:
        texts: Code points, int32 ``(batch, characters)``.

    Returns:
        Strings, ``(batch, tokens)``.

    Example:
        >>> texts = tf.strings.unicode_decode(["d'été :)"], "UTF-8")
        >>> [token.decode() for token in cut_code_points(texts).to_list()[0]]
        ["d'été", ':)']
    """
    symbols = texts.with_values(_symbols(texts.values, texts.value_rowids()))
    shapes = tf.strings.unicode_encode(symbols, "UTF-8")
    marked = tf.strings.regex_replace(shapes, _pattern(), f"{chr(_START)}\\0{chr(_END)}")
    marked = tf.strings.unicode_decode(marked, "UTF-8")
    starts, ends = marked == _START, marked == _END
    characters = ~(starts.values | ends.values)
    token = tf.cumsum(tf.cast(starts.values, tf.int64))
    inside = token > tf.cumsum(tf.cast(ends.values, tf.int64))
    token, inside = tf.boolean_mask(token, characters) - 1, tf.boolean_mask(inside, characters)
    counts = tf.reduce_sum(tf.cast(starts, tf.int64), axis=1)
    tokens = tf.RaggedTensor.from_value_rowids(
        tf.boolean_mask(texts.values, inside),
        tf.boolean_mask(token, inside),
        tf.reduce_sum(counts),
        validate=False,
    )
    return tf.RaggedTensor.from_row_lengths(
        tf.strings.unicode_encode(tokens, "UTF-8"), counts, validate=False
    )


def _symbols(code_points: tf.Tensor, rows: tf.Tensor) -> tf.Tensor:
    """Look up the symbol of each character: its shape, in the variant for what stands beside it."""
    alphabet = _alphabet()
    shapes = alphabet.shapes(code_points)
    padded, padded_rows = tf.pad(shapes, [[1, 1]]), tf.pad(rows, [[1, 1]], constant_values=-1)
    before = tf.where(padded_rows[2:] == rows, tf.gather(alphabet.before, padded[2:]), 0)
    after_at = (padded_rows[:-2] == rows) & (tf.gather(alphabet.before, padded[:-2]) == BESIDE.index("at"))
    flagged = tf.where(tf.gather(alphabet.less, shapes), _closed(shapes, rows), after_at)
    return (
        tf.gather(alphabet.first, shapes)
        + tf.gather(alphabet.step_before, shapes) * before
        + tf.gather(alphabet.step_flagged, shapes) * tf.cast(flagged, tf.int32)
    )


def _closed(shapes: tf.Tensor, rows: tf.Tensor) -> tf.Tensor:
    """Tell of each character but white space and ``>`` whether a ``>`` follows before white space."""
    ends = tf.gather(_alphabet().ends_markup, shapes)
    row_of_greater = tf.where(tf.gather(_alphabet().greater, shapes), rows, -1)
    row_of_greater = tf.pad(tf.boolean_mask(row_of_greater, ends), [[0, 1]], constant_values=-1)
    return tf.gather(row_of_greater, tf.cumsum(tf.cast(ends, tf.int32))) == rows


class _Alphabet:
    """The shapes of the pattern, in variants where it looks around, as numbers below 126."""

    def __init__(self) -> None:
        self.shapes = Shapes(_classes())
        shapes = np.arange(self.shapes.size)
        words, ats, latin, alphanumeric, slash, less, greater, in_markup = (
            np.isin(shapes, self.shapes.like(f"(?i){pattern}")).astype(np.int32)
            for pattern in (r"\w", "@", "[a-z]", "[a-z0-9]", "/", "<", ">", IN_MARKUP)
        )
        self.less, self.greater, self.ends_markup = less > 0, greater > 0, in_markup == 0
        #: What a shape is to the one before it, as an index of ``BESIDE``.
        self.before = words + 2 * ats
        self.step_before = latin + slash
        variants_before = np.where(self.step_before, len(BESIDE), 1)
        self.step_flagged = ((alphanumeric + less) * variants_before).astype(np.int32)
        variants = variants_before * np.where(self.step_flagged, 2, 1)
        self.first = (np.cumsum(variants) - variants).astype(np.int32)

    def like(
        self, pattern: str, flagged: Collection[bool] = (False, True), before: Collection[str] = BESIDE
    ) -> str:
        """Write the RE2 class of the symbols that a case-insensitive class matches, in some variants."""
        symbols = {
            int(
                self.first[shape]
                + self.step_flagged[shape] * flag
                + self.step_before[shape] * BESIDE.index(name)
            )
            for shape in self.shapes.like(f"(?i){pattern}")
            for flag in flagged
            for name in before
        }
        return re2_class(symbols)


def _classes() -> list[str]:
    """List the classes of which the pattern is made."""
    classes: list[str] = []

    def note(pattern: str, **_: object) -> str:
        classes.append(f"(?i){pattern}")
        return ""

    social_pattern(note)
    return classes


@cache
def _alphabet() -> _Alphabet:
    return _Alphabet()


@cache
def _pattern() -> str:
    return social_pattern(_alphabet().like)
