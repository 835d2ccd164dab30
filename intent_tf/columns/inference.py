"""Infers from a table which columns a model can take and of what kind each is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from intent_tf.data.sequences import is_list, read_lists
from intent_tf.data.specification import Column, FeatureSpecification, ValueType
from intent_tf.errors import InputError
from intent_tf.nearest import nearest
from intent_tf.options.source import Kind

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_DATE = re.compile(r"(\d{4}([-/.])\d{1,2}\2\d{1,2}|\d{1,2}([-/.])\d{1,2}\3\d{4})(\D|$)")
#: What pandas calls the content of a column whose values are numbers, and those whose values are dates.
_NUMERIC = ("integer", "floating", "mixed-integer-float", "decimal")
_DATES = ("datetime64", "datetime", "date")
_NEITHER = ("bytes", "complex", "timedelta", "timedelta64")
#: The largest float32 below which every integer is exact: larger codes stay text.
_EXACT_FLOAT = 1 << 24
#: Rows that tell what all rows hold.
_SAMPLE = 1000


def infer_specification(
    frame: pd.DataFrame,
    label: str,
    *,
    kinds: Mapping[str, Kind] | None = None,
    drop: Sequence[str] = (),
    positive: str | None = None,
    file: object = None,
) -> FeatureSpecification:
    """Infer the feature specification from training rows.

    Numbers and booleans are ``number``; lists (also JSON lists in a text column) ``sequence``; text of
    more than about two words (or of CJK characters) that mostly differs from row to row ``text``; other
    text ``category``. Excluded, with the reason: dates, constants, nested structures, and identifiers (all
    values differ).

    Args:
        frame: Training rows.
        label: The label column; empty where there is none.
        kinds: Kinds of columns known better: they override what is inferred.
        drop: Columns that must not be features.
        positive: The label's value that counts as a purchase, if labels are words.
        file: Where the table came from, for messages.

    Raises:
        InputError: If a named column is not in the table, the label is given a kind, or a column given as
            text holds numbers.

    Example:
        >>> frame = pd.DataFrame({"price": [1.5, 2, 3, 4], "bought": [0, 1, 0, 1]})
        >>> print(infer_specification(frame, "bought").describe())
          column  kind    values
          price   number  float
          bought  label   purchase = 1
    """
    kinds = dict(kinds or {})
    for name in (*([label] if label else []), *kinds, *drop):
        if name not in frame.columns:
            names = [str(column) for column in frame.columns]
            raise InputError(
                f"no column {name!r}{nearest(name, names)}", expected=", ".join(names), file=file
            )
    if label in kinds:
        raise InputError("the label is also a feature", file=file, column=label, remedy="give it no kind")
    columns: list[Column] = []
    excluded = dict.fromkeys(drop, "dropped by request")
    for name in frame.columns:
        if name == label or name in excluded:
            continue
        if name in kinds:
            columns.append(_given(name, frame[name], kinds[name], file))
            continue
        column, reason = _infer(name, frame[name], file)
        if column is None:
            excluded[name] = reason
        else:
            columns.append(column)
    return FeatureSpecification(tuple(columns), label, positive, excluded)


def _given(name: str, values: pd.Series, kind: Kind, file: object) -> Column:
    present = _present(values)
    if kind == "text" and len(present) and pd.api.types.infer_dtype(present) in _NUMERIC:
        raise InputError(
            f"the column is said to be text and holds numbers, such as {present.iloc[0]!r}",
            expected="words",
            remedy=f"give it another kind: --kinds {name}=number or {name}=category",
            file=file,
            row=present.index[0],
            column=name,
        )
    return Column(name, kind, _value_type(name, kind, present, file))


def _infer(name: str, values: pd.Series, file: object) -> tuple[Column | None, str]:
    present = _present(values)
    if is_list(present):
        return Column(name, "sequence", _value_type(name, "sequence", present, file)), ""
    content = pd.api.types.infer_dtype(present)
    if content in _NEITHER or (
        content == "mixed" and present.map(lambda value: isinstance(value, dict)).any()
    ):
        return None, "neither numbers, nor text, nor lists"
    if content == "string":
        present = present[present != ""]  # in a CSV file, the missing text
    distinct = present.nunique()
    if distinct <= 1:
        return None, "constant"
    if content in _DATES or (content == "string" and _holds_dates(present)):
        return None, "a date (use it to split: --time)"
    if content == "boolean":
        return Column(name, "number", "float"), ""
    if content in _NUMERIC:
        if distinct == len(values) > 50 and _is_counter(present):
            return None, "an identifier (a running number)"
        return Column(name, "number", "float"), ""
    texts = present.astype(str)
    if _holds_json_lists(texts):
        return Column(name, "sequence", _value_type(name, "sequence", present, file)), ""
    words = texts.str.count(r"\S+").median()
    reads_as_text = words > 2 or (texts.str.contains(_CJK).mean() > 0.5 and texts.str.len().median() > 6)
    if reads_as_text and distinct > max(20, len(present) / 20):
        return Column(name, "text", "string"), ""
    if distinct == len(values) > 50:
        return None, "an identifier (every value differs)"
    return Column(name, "category", "string"), ""


def _present(values: pd.Series) -> pd.Series:
    present = values.dropna()
    if isinstance(present.dtype, pd.CategoricalDtype):
        return present.astype(present.dtype.categories.dtype)
    return present


def _value_type(name: str, kind: Kind, present: pd.Series, file: object) -> ValueType:
    if kind in ("number", "text"):
        return "float" if kind == "number" else "string"
    if kind == "sequence":
        lists = read_lists(present.iloc[:_SAMPLE], name, file=file)
        entries = pd.Series([entry for each in lists for entry in each], dtype=object).dropna()
        return "float" if pd.api.types.infer_dtype(entries) in (*_NUMERIC, "boolean") else "string"
    content = pd.api.types.infer_dtype(present)
    if content == "boolean":
        return "float"  # as text, its values would be spelt differently from file to file
    if content not in _NUMERIC:
        return "string"
    codes = present.astype(float)
    return "float" if bool(((codes.abs() < _EXACT_FLOAT) & (codes % 1 == 0)).all()) else "string"


def _is_counter(values: pd.Series) -> bool:
    steps = np.diff(np.sort(values.to_numpy(dtype=float)))
    return bool((values % 1 == 0).all() and np.median(steps) == 1)


def _holds_json_lists(texts: pd.Series) -> bool:
    if not (texts.str.startswith("[").all() and texts.str.endswith("]").all()):
        return False
    try:
        read_lists(texts.iloc[:_SAMPLE], "")
    except InputError:
        return False
    return True


def _holds_dates(texts: pd.Series) -> bool:
    sample = texts.iloc[:_SAMPLE].astype(str)
    if not sample.str.match(_DATE).all():
        return False
    # Which of two numbers is the day does not matter here, but one reading must fit all values.
    return any(
        pd.to_datetime(sample, format="mixed", dayfirst=first, errors="coerce", utc=True).notna().all()
        for first in (False, True)
    )
