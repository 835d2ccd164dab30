"""Columns of lists, one a row with one entry an event, which text files hold as JSON."""

import json
from typing import Any

import numpy as np
import pandas as pd

from intent_tf.errors import InputError


def is_list(values: pd.Series) -> bool:
    """Tell whether a column holds lists (or arrays), seen from its first present value."""
    present = values.dropna()
    return bool(len(present)) and isinstance(present.iloc[0], list | tuple | np.ndarray)


def read_lists(values: pd.Series, name: str, *, file: object = None) -> list[list[Any]]:
    """Read a column's lists; a missing one is empty.

    Args:
        values: Lists, tuples, arrays, or JSON lists as text.
        name: The column's name, for messages.
        file: Where the column came from, for messages.

    Raises:
        InputError: If a value is no list; the message names its row.

    Example:
        >>> read_lists(pd.Series([["view"], '["view", "cart"]', None]), "event_type")
        [['view'], ['view', 'cart'], []]
    """
    lists = []
    for row, value in values.items():
        entries = _entries(value)
        if entries is None:
            raise InputError(
                f"found {str(value)[:80]!r}",
                expected='a list, or a JSON list such as ["view", "cart"]',
                file=file,
                row=row,
                column=name,
            )
        lists.append(entries)
    return lists


def write_list(value: Any) -> Any:
    """Write a list as JSON; what is no list stays as it is."""
    entries = value.tolist() if isinstance(value, np.ndarray) else value
    return json.dumps(entries, ensure_ascii=False) if isinstance(entries, list | tuple) else value


def _entries(value: Any) -> list[Any] | None:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, list | tuple):
        return list(value)
    if not isinstance(value, str):
        return [] if pd.isna(value) else None
    try:
        entries = json.loads(value) if value.strip() else []
    except json.JSONDecodeError:
        return None
    return entries if isinstance(entries, list) else None
