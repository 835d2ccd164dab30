"""Tells whether texts are written without spaces between words."""

import re
from collections.abc import Iterable
from itertools import islice

#: Kana and ideographs, with their iteration marks, extensions and compatibility forms, as the inside of a
#: character class.
CJK = (
    "\u3005-\u3007\u3021-\u3029\u303b\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U0001aff0-\U0001b16f\U00020000-\U0003ffff"
)
_CJK = re.compile(f"[{CJK}]")
_LETTER = re.compile(r"[^\W\d_]")


def share_of_cjk(texts: Iterable[str], at_most: int = 10_000) -> float:
    """Share of Chinese and Japanese characters among all letters, in [0, 1]; 0 where there are none.

    Args:
        texts: Texts, of which the first are read.
        at_most: How many.

    Example:
        >>> share_of_cjk(["好吃 ok", ""])
        0.5
    """
    letters = cjk = 0
    for text in islice(texts, at_most):
        letters += len(_LETTER.findall(text))
        cjk += len(_CJK.findall(text))
    return cjk / letters if letters else 0.0
