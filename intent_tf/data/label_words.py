"""What the cells of a label column say: blank, plainly yes, plainly no, or a word of the table's own."""

import re
import unicodedata

import numpy as np
import pandas as pd

_YES = """true yes y t purchase purchased positive pos bought buy
    ja oui si sí sì sim da да 是 有 はい 예 네 evet"""
_NO = """false no n f none negative neg
    nein nee nej non nao não нет 否 无 無 いいえ 아니오 아니요 hayır hayir"""
POSITIVE, NEGATIVE = frozenset(_YES.split()), frozenset(_NO.split())
TRUTH = {"0": 0.0, "1": 1.0, "false": 0.0, "true": 1.0}
_BLANK = ("", "nan", "<na>", "nat", "null", "na", "n/a", "#n/a")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?")


def fold_label(value: object) -> str:
    """Write a label value so that equal ones are alike, whatever file they came from; nothing if it is blank.

    Example:
        >>> [fold_label(value) for value in (" Yes", True, 1.0, "1.0", "1", None, "NaN", ">50K")]
        ['yes', 'true', '1', '1', '1', '', '', '>50k']
    """
    word = unicodedata.normalize("NFKC", str(value)).strip().casefold()
    if value is None or word in _BLANK:
        return ""
    if not _NUMBER.fullmatch(word):
        return word
    number = float(word)
    return str(int(number)) if number.is_integer() else repr(number)


def fold_labels(values: pd.Series) -> pd.Series:
    """Write a column of labels so; see `fold_label`."""
    if values.dtype == object:
        values = values.map(lambda value: value if pd.api.types.is_hashable(value) else str(value))
    codes, distinct = pd.factorize(values)  # missing values have the code -1
    folded = np.array([*map(fold_label, distinct), ""], dtype=object)
    return pd.Series(folded[codes], values.index, name=values.name)


def is_blank(values: pd.Series) -> pd.Series:
    """Tell which labels are missing: null, NaN, nothing but spaces, or a word for it such as ``"NA"``."""
    return fold_labels(values) == ""
