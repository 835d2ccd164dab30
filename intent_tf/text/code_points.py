r"""What Python and NLTK know of every code point, in shapes that a TensorFlow graph can hold.

A graph and NLTK agree on every string only if they agree on every character. But RE2's ``\w`` and ``\s``
are ASCII only, ICU inside TensorFlow has another Unicode version than Python, and NLTK compiles its patterns
with ``re`` or, from 3.10 on, with ``regex``, which count different characters as letters. So every class is
asked of NLTK's own engine and every map of ``unicodedata``, and the graph gets them as character ranges and
lookup tables.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import chain

import numpy as np
import tensorflow as tf
from nltk.tokenize import RegexpTokenizer
from numpy.typing import NDArray

MAX_CODE_POINT = 0x10FFFF
_PAGE = 128  # code points a page: the smallest tables for Unicode's data


@cache
def every_character() -> str:
    """All code points in order, surrogates included, so that position ``i`` holds ``chr(i)``."""
    return "".join(map(chr, range(MAX_CODE_POINT + 1)))


@cache
def ranges_matching(pattern: str) -> tuple[range, ...]:
    r"""Ask NLTK which code points a pattern for one character matches, such as ``\w``.

    Example:
        >>> ranges_matching("(?i)[a-c]")
        (range(65, 68), range(97, 100))
    """
    return tuple(range(*span) for span in RegexpTokenizer(f"(?:{pattern})+").span_tokenize(every_character()))


@cache
def code_points_matching(pattern: str) -> frozenset[int]:
    """List the members of ``ranges_matching``."""
    return frozenset(chain.from_iterable(ranges_matching(pattern)))


def re2_class(code_points: Iterable[int], negated: bool = False) -> str:
    r"""Write code points as an RE2 character class.

    Args:
        code_points: The members, maybe none. Surrogates are never in a class, since UTF-8 cannot hold them.
        negated: Whether the class holds all others instead. Default ``False``.

    Returns:
        A class that stands for one character.

    Example:
        >>> print(re2_class(map(ord, "abcx")))
        [\x{61}-\x{63}\x{78}]
    """
    surrogates = frozenset(range(0xD800, 0xE000))
    listed = surrogates.union(code_points) if negated else frozenset(code_points) - surrogates
    if not listed:
        return r"[^\x{0}-\x{10ffff}]"
    members = np.array(sorted(listed))
    gaps = np.flatnonzero(np.diff(members) > 1)
    firsts = members[np.concatenate([[0], gaps + 1])]
    lasts = members[np.concatenate([gaps, [members.size - 1]])]
    ranges = "".join(
        rf"\x{{{first:x}}}" + (rf"-\x{{{last:x}}}" if last > first else "")
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)
    )
    return f"[^{ranges}]" if negated else f"[{ranges}]"


class CodePointMap:
    """A number for every code point, looked up in a graph.

    Unicode's properties are the same over long stretches, so the table is kept as pages of 128 code points,
    each distinct page once: a few kilobytes instead of 4 MB in every exported model.

    Args:
        values: Number of each code point that does not have the default.
        default: Number of all others.

    Example:
        >>> combining = CodePointMap({0x301: 230})
        >>> combining(tf.constant([0x61, 0x301])).numpy().tolist()
        [0, 230]
    """

    def __init__(self, values: Mapping[int, int], default: int = 0) -> None:
        table = np.full(MAX_CODE_POINT + 1, default, np.int32)
        table[list(values.keys())] = list(values.values())
        pages, index = np.unique(table.reshape(-1, _PAGE), axis=0, return_inverse=True)
        self._pages: NDArray[np.int32] = pages.reshape(-1)
        self._page_of: NDArray[np.int32] = index.astype(np.int32)

    def __call__(self, code_points: tf.Tensor) -> tf.Tensor:
        """Look up the numbers, int32, of int32 code points of any shape."""
        page = tf.gather(tf.constant(self._page_of), code_points // _PAGE)
        return tf.gather(tf.constant(self._pages), page * _PAGE + code_points % _PAGE)


class CodePointExpansion:
    """A sequence of code points for every code point, put in its place in a graph.

    Args:
        mapping: What each character becomes: a string, maybe empty. All others stay as they are.

    Example:
        >>> lower = CodePointExpansion({"A": "a", "\u0130": "i\u0307"})
        >>> lower(tf.ragged.constant([[0x41], [0x130, 0x62]])).to_list()
        [[97], [105, 775, 98]]
    """

    def __init__(self, mapping: Mapping[str, str]) -> None:
        expansions = sorted(set(mapping.values()))
        number = {text: index + 1 for index, text in enumerate(expansions)}
        self._entry = CodePointMap({ord(char): number[text] for char, text in mapping.items()})
        ends = np.cumsum([0, 0, *map(len, expansions)]).astype(np.int32)
        self._starts, self._ends = ends[:-1], ends[1:]
        self._flat = np.array([ord(char) for text in expansions for char in text], np.int32)

    def __call__(self, texts: tf.RaggedTensor) -> tf.RaggedTensor:
        """Expand int32 code points ``(batch, characters)``."""
        entry = self._entry(texts.values)
        # Each place becomes a range of the table or, without an entry there, of the texts put behind it.
        itself = self._flat.size + tf.range(tf.size(entry))
        starts = tf.where(entry > 0, tf.gather(tf.constant(self._starts), entry), itself)
        ends = tf.where(entry > 0, tf.gather(tf.constant(self._ends), entry), itself + 1)
        indices = tf.ragged.range(starts, ends, row_splits_dtype=texts.row_splits.dtype)
        return tf.RaggedTensor.from_row_splits(
            tf.gather(tf.concat([tf.constant(self._flat), texts.values], 0), indices.values),
            tf.gather(indices.row_splits, texts.row_splits),
            validate=False,
        )
