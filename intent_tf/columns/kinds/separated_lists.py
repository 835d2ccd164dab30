"""Finds out that a column of texts holds lists, and what stands between their entries."""

import pandas as pd

from intent_tf.columns.kinds.column_profile import ColumnProfile
from intent_tf.columns.kinds.number import Number
from intent_tf.columns.raw_columns import plain_numbers
from intent_tf.data.list_format import ListFormat

#: What may stand between entries, the first that fits; white space only between numbers.
_SEPARATORS = ("->", "→", ">", ";", "|", ",", "/", " ")
#: Cells that are looked at; share of them that must hold several entries; different lengths that there must
#: be, which coordinates and dimensions do not have.
_SAMPLE, _SEVERAL, _LENGTHS = 1000, 0.1, 3
#: How often an entry that is no number comes again, on average; and share of the cells with several entries
#: that must hold one twice, which sets and paths do not.
_AGAIN, _TWICE = 5, 0.1


def find_list_format(profile: ColumnProfile) -> ListFormat | None:
    """Find what stands between the entries of lists that are neither JSON nor Python's.

    Words are a list if they come again in the same cell, as pages of a visit do: what a set holds, or a path
    goes through, stands in it once. Numbers are one, too, if they are no codes: more than a set's members.

    Args:
        profile: The column.

    Returns:
        The format; None if the column holds no such lists.
    """
    if profile.content != "string":
        return None
    texts = profile.texts.iloc[:_SAMPLE]
    formats = (ListFormat(each) for each in _SEPARATORS if texts.str.contains(each, regex=False).any())
    found = next((each for each in formats if _fits(each, texts)), None)
    # Digits in groups and dates are cut by some of these marks, too.
    is_list = found and not Number().claims(profile) and profile.date_reading is None
    return found if is_list else None


def commonest_format(profile: ColumnProfile) -> ListFormat | None:
    """Take the separator that most cells have, where a column is said to hold lists; None if none has one."""
    shares = {each: profile.texts.str.contains(each, regex=False).mean() for each in _SEPARATORS}
    commonest = max(shares, key=shares.__getitem__)
    return ListFormat(commonest) if shares[commonest] else None


def _fits(written: ListFormat, texts: pd.Series) -> bool:
    cells = [written.entries(text) for text in texts]
    several = [cell for cell in cells if len(cell) > 1]
    if len(several) < _SEVERAL * len(cells) or len(set(map(len, cells))) < _LENGTHS:
        return False
    entries = pd.Series([entry for cell in cells for entry in cell if entry], dtype=object)
    distinct = entries.nunique()
    come_twice = sum(len(set(cell)) < len(cell) for cell in several) >= _TWICE * len(several)
    if plain_numbers(entries).notna().all():
        return come_twice or distinct > len(cells) ** 0.5
    return written.separator != " " and come_twice and len(entries) >= _AGAIN * distinct
