"""Columns of lists, one a row with one entry an event, which text files hold in several ways."""

import ast
import json
import re
from typing import Any

import numpy as np
import pandas as pd

from intent_tf.data.list_format import ListFormat
from intent_tf.errors import InputError

#: Missing numbers, and texts side by side in an array, that Python prints so and does not read again.
_NAN, _SIDE_BY_SIDE = re.compile(r"(?<=[\[,\s])nan(?=[\],\s])"), re.compile(r"(?<=['\"])\s+(?=['\"])")


def is_list(values: pd.Series) -> bool:
    """Tell whether a column holds lists (or arrays), seen from its first present value."""
    present = values.dropna()
    return bool(len(present)) and isinstance(present.iloc[0], list | tuple | np.ndarray)


def read_lists(
    values: pd.Series, name: str, written: object = None, *, file: object = None
) -> list[list[Any]]:
    """Read a column's lists; a missing one is empty.

    Args:
        values: Lists, tuples, arrays, or lists as text: of JSON, as Python prints them, or as ``written``
            says.
        name: The column's name, for messages.
        written: The `ListFormat` of texts that are neither JSON nor Python's; other formats say nothing.
        file: Where the column came from, for messages.

    Raises:
        InputError: If a value is no list; the message names its row.

    Example:
        >>> read_lists(pd.Series([["view"], '["view", "cart"]', "['view']", None]), "event_type")
        [['view'], ['view', 'cart'], ['view'], []]
    """
    separated = written if isinstance(written, ListFormat) else None
    lists = []
    for row, value in values.items():
        entries = separated.entries(value) if separated and isinstance(value, str) else _entries(value)
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
        entries = _printed_by_python(value.strip())
    return entries if isinstance(entries, list) else None


def _printed_by_python(value: str) -> Any:
    """Read a list as ``DataFrame.to_csv`` writes it; None if it is none."""
    if not value.startswith("["):
        return None
    try:
        return ast.literal_eval(_NAN.sub("None", _SIDE_BY_SIDE.sub(", ", value)))
    except (ValueError, SyntaxError):
        return None
