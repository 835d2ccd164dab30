"""Tells whether texts are written without spaces between words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

# Hiragana, Katakana, CJK ideographs with extension A, and compatibility ideographs.
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_LETTER = re.compile(r"[^\W\d_]")


def share_of_cjk(texts: Iterable[str], at_most: int = 10_000) -> float:
    """The share of Chinese and Japanese characters among all letters, in [0, 1]; 0 where there are none.

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
