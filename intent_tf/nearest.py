"""Names the known word nearest to a mistyped one, for error messages."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(word: str, candidates: Iterable[str]) -> str:
    """Write a clause for an error message that names the nearest known word, or nothing.

    Example:
        >>> nearest("lable", ["label", "data"])
        " (did you mean 'label'?)"
        >>> nearest("qqq", ["label", "data"])
        ''
    """
    match = difflib.get_close_matches(word, list(candidates), n=1)
    return f" (did you mean {match[0]!r}?)" if match else ""
