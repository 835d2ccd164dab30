"""Canonical ordering and composition of decomposed code points, for all texts of a batch at once."""

import unicodedata
from functools import cache

import numpy as np
import tensorflow as tf

from intent_tf.text.code_points import MAX_CODE_POINT, CodePointMap, every_character

_SYLLABLE, _LEADING, _VOWEL, _TRAILING = 0xAC00, 0x1100, 0x1161, 0x11A7
_VOWELS, _TRAILINGS, _SYLLABLES = 21, 28, 11_172


def is_hangul_syllable(code_point: int) -> bool:
    """Whether a code point is one of the 11,172 composed Hangul syllables, which follow a formula."""
    return _SYLLABLE <= code_point < _SYLLABLE + _SYLLABLES


@cache
def composition_pairs() -> dict[tuple[int, int], int]:
    """Primary composites by their two parts, but Hangul syllables."""
    pairs = {}
    for char in every_character():
        parts = unicodedata.decomposition(char).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            first, second = (int(part, 16) for part in parts)
            if unicodedata.normalize("NFC", chr(first) + chr(second)) == char:
                pairs[first, second] = ord(char)
    return pairs


@cache
def composing_seconds() -> frozenset[int]:
    """Code points that can compose with one before them."""
    hangul = {*range(_VOWEL, _VOWEL + _VOWELS), *range(_TRAILING + 1, _TRAILING + _TRAILINGS)}
    return frozenset(second for _, second in composition_pairs()) | hangul


@cache
def combining_marks() -> frozenset[int]:
    """Code points with a combining class, which are sorted among themselves."""
    return frozenset(ord(char) for char in every_character() if unicodedata.combining(char))


def canonical_compose(texts: tf.RaggedTensor) -> tf.RaggedTensor:
    """Sort combining marks by their class, then compose them with the characters that they follow.

    Args:
        texts: Fully decomposed code points (Hangul syllables may be composed), int32 ``(batch, characters)``.

    Returns:
        Composed code points, int32 ``(batch, characters)``.

    Reference:
        Unicode Standard, section 3.11, definitions D108 to D117.
    """
    rows = texts.value_rowids()
    code_points, rows = _compose(_reorder(texts.values, rows), rows)
    return tf.RaggedTensor.from_value_rowids(code_points, rows, texts.nrows(), validate=False)


@cache
def _combining_class() -> CodePointMap:
    return CodePointMap({mark: unicodedata.combining(chr(mark)) for mark in combining_marks()})


@cache
def _second() -> CodePointMap:
    return CodePointMap(dict.fromkeys(composing_seconds(), 1))


def _starts_row(rows: tf.Tensor) -> tf.Tensor:
    return tf.concat([tf.ones_like(rows[:1], tf.bool), rows[1:] != rows[:-1]], 0)


def _reorder(code_points: tf.Tensor, rows: tf.Tensor) -> tf.Tensor:
    marks = _combining_class()(code_points)
    block = tf.cumsum(tf.cast((marks == 0) | _starts_row(rows), tf.int64))
    order = tf.argsort(block * 256 + tf.cast(marks, tf.int64), stable=True)
    return tf.gather(code_points, order)


def _compose(code_points: tf.Tensor, rows: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Compose in rounds: the leftmost possible pair of every segment at once.

    A segment starts where nothing can compose with what stands before. Within one, the standard's
    left-to-right scan never returns to a mark that it has passed, so ``passed`` rules those out. Three or
    four rounds suffice for real text of any length, since a character has at most that many parts.
    """
    starts = _starts_row(rows) | ((_combining_class()(code_points) == 0) & (_second()(code_points) == 0))
    segments = tf.cumsum(tf.cast(starts, tf.int32)) - 1
    passed = tf.zeros_like(code_points, tf.bool)

    def one_round(
        _: tf.Tensor, code_points: tf.Tensor, rows: tf.Tensor, segments: tf.Tensor, passed: tf.Tensor
    ) -> tuple[tf.Tensor, ...]:
        size = tf.size(code_points)
        index = tf.range(size)
        marks = _combining_class()(code_points)
        starters = tf.pad(tf.where(marks == 0)[:, 0], [[1, 0]])
        before = tf.cumsum(tf.cast(marks == 0, tf.int32), exclusive=True)
        starter = tf.cast(tf.gather(starters, before), tf.int32)
        composed = _composite(tf.gather(code_points, starter), code_points)
        adjacent = starter == index - 1
        unblocked = adjacent | (tf.roll(marks, 1, 0) < marks)
        in_segment = (starter < index) & (tf.gather(segments, starter) == segments)
        in_segment &= tf.gather(marks, starter) == 0
        possible = (composed > 0) & unblocked & in_segment & ~passed
        leftmost = tf.math.segment_min(tf.where(possible, index, size), segments)
        chosen = tf.gather(leftmost, segments)
        passed |= (chosen < size) & (index <= chosen)
        taken = tf.boolean_mask(leftmost, leftmost < size)
        code_points = tf.tensor_scatter_nd_update(
            code_points, tf.gather(starter, taken)[:, None], tf.gather(composed, taken)
        )
        kept = chosen != index
        state = (tf.boolean_mask(part, kept) for part in (code_points, rows, segments, passed))
        return tf.size(taken) > 0, *state

    flat = tf.TensorShape([None])
    result = tf.while_loop(
        lambda more, *_: more,
        one_round,
        (tf.constant(True), code_points, rows, segments, passed),
        shape_invariants=(tf.TensorShape([]), flat, flat, flat, flat),
    )
    return result[1], result[2]


@cache
def _sorted_pairs() -> tuple[np.ndarray, np.ndarray]:
    pairs = sorted(composition_pairs().items())
    keys = [first * (MAX_CODE_POINT + 1) + second for (first, second), _ in pairs]
    return np.array(keys, np.int64), np.array([composite for _, composite in pairs], np.int32)


def _composite(first: tf.Tensor, second: tf.Tensor) -> tf.Tensor:
    """Find the composite of two code points, or 0 where there is none."""
    keys, composites = _sorted_pairs()
    wanted = tf.cast(first, tf.int64) * (MAX_CODE_POINT + 1) + tf.cast(second, tf.int64)
    index = tf.minimum(tf.searchsorted(keys, wanted), len(keys) - 1)
    listed = tf.where(tf.gather(keys, index) == wanted, tf.gather(composites, index), 0)

    leading, vowel, trailing = first - _LEADING, second - _VOWEL, second - _TRAILING
    syllable = first - _SYLLABLE
    takes_vowel = (leading >= 0) & (leading < 19) & (vowel >= 0) & (vowel < _VOWELS)
    takes_trailing = (syllable >= 0) & (syllable < _SYLLABLES) & (syllable % _TRAILINGS == 0)
    takes_trailing &= (trailing > 0) & (trailing < _TRAILINGS)
    open_syllable = _SYLLABLE + (leading * _VOWELS + vowel) * _TRAILINGS
    return tf.where(takes_vowel, open_syllable, tf.where(takes_trailing, first + trailing, listed))
