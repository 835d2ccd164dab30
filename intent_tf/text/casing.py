"""The one rule of lower-casing that looks at the neighbours of a character."""

from functools import cache

import numpy as np
import tensorflow as tf

from intent_tf.text.code_points import CodePointMap, every_character

CAPITAL_SIGMA, _FINAL_SIGMA = 0x3A3, 0x3C2
_CASED, _IGNORABLE = 1, 2


def mark_final_sigma(texts: tf.RaggedTensor) -> tf.RaggedTensor:
    """Turn the capital sigmas that end a word into small final ones, as ``str.lower`` does.

    Final is a sigma with a cased character before it and none after it; characters without case that may
    stand within a word (apostrophes, accents) are skipped on both sides.

    Args:
        texts: Code points, int32 ``(batch, characters)``.

    Returns:
        Code points of the same shape.

    Example:
        >>> texts = tf.strings.unicode_decode(["ΟΔΟΣ Σ"], "UTF-8")
        >>> mark_final_sigma(texts).to_list()
        [[927, 916, 927, 962, 32, 931]]
    """
    code_points, rows = texts.values, texts.value_rowids()
    casing = _casing()(code_points)
    solid = casing != _IGNORABLE
    cased = tf.boolean_mask(casing, solid) == _CASED
    row_of_cased = tf.where(cased, tf.boolean_mask(rows, solid), -1)
    beside = tf.pad(row_of_cased, [[1, 2]], constant_values=-1)
    previous = tf.cumsum(tf.cast(solid, tf.int32), exclusive=True)  # place in ``beside``
    after_cased = tf.gather(beside, previous) == rows
    before_cased = tf.gather(beside, previous + 2) == rows
    final = (code_points == CAPITAL_SIGMA) & after_cased & ~before_cased
    return texts.with_values(tf.where(final, np.int32(_FINAL_SIGMA), code_points))


@cache
def _casing() -> CodePointMap:
    """Tell cased code points from those that a search for cased ones skips.

    Python lists neither, but its own rule does: a sigma after a cased character is final.
    """
    characters = every_character().replace("\n", "")
    after_letter = "\n".join(f"A{char}{chr(CAPITAL_SIGMA)}" for char in characters).lower().split("\n")
    alone = "\n".join(f"{char}{chr(CAPITAL_SIGMA)}" for char in characters).lower().split("\n")
    kinds = {}
    for char, after_both, after_char in zip(characters, after_letter, alone, strict=True):
        if ord(after_char[-1]) == _FINAL_SIGMA:
            kinds[ord(char)] = _CASED
        elif ord(after_both[-1]) == _FINAL_SIGMA:
            kinds[ord(char)] = _IGNORABLE
    return CodePointMap(kinds)
