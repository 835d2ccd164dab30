"""A small alphabet for regular expressions that must know all of Unicode."""

from collections.abc import Iterable

import numpy as np
import tensorflow as tf
from nltk.tokenize import RegexpTokenizer

from intent_tf.text.code_points import MAX_CODE_POINT, CodePointMap, ranges_matching


class Shapes:
    r"""One number for all the characters that a pattern cannot tell apart.

    ``[\w-]{1,63}`` is 63 copies of a class with 700 ranges, more than RE2 takes. But a pattern asks of a
    character only to which of its classes it belongs. Characters with the same answers share a shape; there
    are so few that each fits in a byte, and a pattern over shapes is small and matches at the same places.

    Args:
        classes: All classes of the pattern, each an NLTK pattern for one character.

    Example:
        >>> shapes = Shapes([r"\w", "[é!]"])
        >>> shapes(tf.constant(list(map(ord, "aé漢!—")))).numpy().tolist()
        [1, 3, 1, 2, 0]
        >>> shapes.like(r"\w")
        [1, 3]
    """

    def __init__(self, classes: Iterable[str]) -> None:
        kinds = np.zeros(MAX_CODE_POINT + 1, np.uint64)
        for bit, pattern in enumerate(dict.fromkeys(classes)):
            for members in ranges_matching(pattern):
                kinds[members.start : members.stop] |= np.uint64(1 << bit)
        _, first, shape_of = np.unique(kinds, return_index=True, return_inverse=True)
        self.size = first.size
        self._representatives = "".join(map(chr, first))
        self._map = CodePointMap({code: shape for code, shape in enumerate(shape_of.tolist()) if shape})

    def __call__(self, code_points: tf.Tensor) -> tf.Tensor:
        """Look up the shapes, int32 below ``size``, of int32 code points of any shape."""
        return self._map(code_points)

    def like(self, pattern: str) -> list[int]:
        """List the shapes of the characters that one of the classes matches."""
        return [start for start, _ in RegexpTokenizer(pattern).span_tokenize(self._representatives)]
