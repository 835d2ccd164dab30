"""Infers what each column of a sequence group tells of events, from values of training rows."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from intent_tf.data.sequence_roles import ROLE_OF_NAME, ROLES

Lists = Sequence[Sequence[Any]]
"""A column's list of each row."""

#: Rows that tell a role.
_SAMPLE = 20_000
#: Different strings at most that are types of events; an item has more.
_FEW = 50
#: Share of strings of several words, or of CJK characters, from which on they are texts.
_WORDED = 0.2
_CJK = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
#: Words of a query at most, and the share of events that have one.
_SHORT, _SEARCHES = 3, 0.5
#: Steps up or down that are enough to tell a time, and the share of them that may go astray.
_STEPS, _ASTRAY = 8, 0.001
#: The largest quantity, where no name says that it is a price.
_PIECES = 100
_MONEY = re.compile(r"price|amount|cost|paid|spen[dt]|revenue|value", re.IGNORECASE)
_ID = re.compile(r"(^|[\W_])(id|item|product|article|sku)s?($|[\W_])", re.IGNORECASE)


def infer_roles(lists: Mapping[str, Lists], values: Mapping[str, str]) -> dict[str, str]:
    """Tell the role of each column of one sequence group.

    Strings are an ``event_type`` if at most 50 differ and they come again; a ``text`` if some have several
    words, or a ``query`` if these are few and most events have none; else an ``item``. Numbers are a ``time``
    if they never fall within a row, or never rise, as in "days before"; a ``quantity`` if they are whole and
    in [0, 100]; a ``price`` if they have at most two decimals and are not below 0; else ``other``.

    Names break ties: between quantity, price and the number of an item; where there are too few steps to
    tell a time; and, in a group with an ``event_type`` whose values come again, for the columns that
    `intent_tf.data.examples` makes of an event log, since its texts and items may be few.

    Args:
        lists: Of each column its lists, one a row, equally long in all columns.
        values: Of each column ``"string"`` or ``"float"``.

    Example:
        >>> infer_roles({"page": [["a", "b"]] * 9, "s": [[0, 7.5]] * 9}, {"page": "string", "s": "float"})
        {'page': 'event_type', 's': 'time'}
    """
    step = 1 + max(map(len, lists.values())) // _SAMPLE
    entries = {
        name: pd.Series(
            [entry for row in rows[::step] for entry in row],
            np.repeat(np.arange(len(rows[::step])), [len(row) for row in rows[::step]]),
            dtype=object,
        )
        for name, rows in lists.items()
    }
    is_session = values.get("event_type") == "string" and _come_again(_words(entries["event_type"]))
    roles = {}
    for name, each in entries.items():
        named = ROLE_OF_NAME.get(name, "") if is_session else ""
        is_string = values[name] == "string"
        if named != "time" and ROLES.get(named) == values[name]:
            roles[name] = named
        else:
            roles[name] = _role_of_strings(each) if is_string else _role_of_numbers(each, name)
    return roles


def _words(entries: pd.Series) -> pd.Series:
    words = entries.dropna().astype(str)
    return words[words.str.strip() != ""]


def _come_again(words: pd.Series) -> bool:
    return bool(words.nunique() <= max(_FEW, len(words) / 2))


def _role_of_strings(entries: pd.Series) -> str:
    words = _words(entries)
    if words.empty:
        return "item"
    if words.nunique() <= min(_FEW, len(words) / 2):
        return "event_type"
    number = words.str.count(r"\S+")
    if (number > 1).mean() <= _WORDED and words.str.contains(_CJK).mean() <= _WORDED:
        return "item"
    is_query = number.median() <= _SHORT and len(words) < _SEARCHES * len(entries)
    return "query" if is_query else "text"


def _role_of_numbers(entries: pd.Series, name: str) -> str:
    numbers = pd.to_numeric(entries, errors="coerce").astype(float)
    numbers = numbers[np.isfinite(numbers)]
    steps = numbers.groupby(level=0).diff()
    up, down = int((steps > 0).sum()), int((steps < 0).sum())
    is_enough = up + down >= _STEPS or ROLE_OF_NAME.get(name) == "time"
    if is_enough and min(up, down) <= _ASTRAY * (up + down):
        return "time"
    if (numbers < 0).any():
        return "other"
    if (numbers % 1 == 0).all():
        if _ID.search(name) and numbers.nunique() > _FEW:
            return "item"
        return "quantity" if numbers.max() <= _PIECES and not _MONEY.search(name) else "price"
    return "price" if np.allclose(100 * numbers, np.round(100 * numbers), atol=1e-3) else "other"
