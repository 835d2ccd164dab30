"""Names the known word nearest to a mistyped one, for error messages."""

import difflib
from collections.abc import Iterable


def nearest(word: str, candidates: Iterable[str], likeness: float = 0.6) -> str:
    """Write a clause for an error message that names the nearest known word, or nothing.

    Args:
        word: The mistyped word.
        candidates: The known words.
        likeness: How like it a word must be, in [0, 1].

    Example:
        >>> nearest("lable", ["label", "data"])
        " (did you mean 'label'?)"
        >>> nearest("AGE", ["age", "AGES"])
        " (did you mean 'age'?)"
        >>> nearest("qqq", ["label", "data"])
        ''
    """
    names = list(candidates)
    match = [name for name in names if name.casefold() == word.casefold()]
    match = match or difflib.get_close_matches(word, names, n=1, cutoff=likeness)
    return f" (did you mean {match[0]!r}?)" if match else ""
