"""Names for columns that Keras and TensorFlow take."""

import keyword
import re
from collections.abc import Iterable


def safe_names(columns: Iterable[str]) -> dict[str, str]:
    """Give each column a name that Keras and TensorFlow take, which is its own where they can take it.

    Args:
        columns: Any names.

    Example:
        >>> safe_names(["price", "page views", "X1", "x1", "class"])
        {'price': 'price', 'page views': 'column_1', 'X1': 'column_2', 'x1': 'x1', 'class': 'column_4'}
    """

    def takes(name: str) -> bool:
        # Case makes no difference to TensorFlow, so capitals might meet their small letters.
        plain = re.fullmatch(r"[a-z][a-z0-9_]*", name) and not re.fullmatch(r"column_\d+", name)
        return bool(plain) and not keyword.iskeyword(name) and name != "self"

    return {name: name if takes(name) else f"column_{index}" for index, name in enumerate(columns)}
