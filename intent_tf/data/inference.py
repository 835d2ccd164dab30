"""Infers from a table which columns a model can take and of what kind each is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from intent_tf.data.specification import Column, FeatureSpecification, Kind, ValueType
from intent_tf.errors import InputError
from intent_tf.nearest import nearest

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
#: The largest float32 below which every integer is exact: larger codes stay text.
_EXACT_FLOAT = 1 << 24


def infer_specification(
    frame: pd.DataFrame,
    label: str,
    *,
    kinds: Mapping[str, Kind] | None = None,
    drop: Sequence[str] = (),
    positive: str | None = None,
) -> FeatureSpecification:
    """Infer the feature specification from training rows.

    Numbers and booleans are ``number``; lists (also JSON lists in a text column) ``sequence``; text of
    more than about two words (or of CJK characters) that mostly differs from row to row ``text``; other
    text ``category``. Left out, with the reason: dates, constants, and identifiers (all values differ).

    Args:
        frame: Training rows.
        label: The label column.
        kinds: Kinds of columns known better: they override what is inferred.
        drop: Columns that must not be features.
        positive: The label's value that counts as a purchase, if labels are words.

    Raises:
        InputError: If a named column is not in the table, or a column given as a number holds text.

    Example:
        >>> frame = pd.DataFrame({"price": [1.5, 2, 3, 4], "bought": [0, 1, 0, 1]})
        >>> print(infer_specification(frame, "bought").describe())
          column  kind    values
          price   number  float
          bought  label   purchase = 1
    """
    kinds = dict(kinds or {})
    for name in (label, *kinds, *drop):
        if name not in frame.columns:
            columns = [str(column) for column in frame.columns]
            raise InputError(f"no column {name!r}{nearest(name, columns)}", expected=", ".join(columns))
    if label in kinds:
        raise InputError("the label is also a feature", column=label, remedy="take it out of --kinds")
    columns: list[Column] = []
    left_out = {name: "dropped by request" for name in drop}
    for name in map(str, frame.columns):
        if name == label or name in left_out:
            continue
        column, reason = _infer(name, frame[name], kinds.get(name))
        if column is None:
            left_out[name] = reason
        else:
            columns.append(column)
    return FeatureSpecification(tuple(columns), label, positive, left_out)


def is_list(values: pd.Series) -> bool:
    """Whether a column holds lists (or arrays), seen from its first present value."""
    present = values.dropna()
    return bool(len(present)) and isinstance(present.iloc[0], list | tuple | np.ndarray)


def _infer(name: str, values: pd.Series, kind: Kind | None) -> tuple[Column | None, str]:
    present = values.dropna()
    if kind is not None:
        return Column(name, kind, _value_type(kind, present)), ""
    if is_list(present):
        return Column(name, "sequence", _value_type("sequence", present)), ""
    if present.empty or (distinct := present.nunique()) == 1:
        return None, "constant"
    if pd.api.types.is_datetime64_any_dtype(present) or _holds_dates(present):
        return None, "a date (use it to split: --time)"
    if pd.api.types.is_bool_dtype(present) or _holds_booleans(present):
        return Column(name, "number", "float"), ""
    if pd.api.types.is_numeric_dtype(present):
        if distinct == len(values) > 50 and _is_counter(present):
            return None, "an identifier (a running number)"
        return Column(name, "number", "float"), ""
    texts = present.astype(str)
    if _holds_json_lists(texts):
        return Column(name, "sequence", _value_type("sequence", present)), ""
    words = texts.str.split().str.len().median()
    reads_as_text = words > 2 or (texts.str.contains(_CJK).mean() > 0.5 and texts.str.len().median() > 6)
    if reads_as_text and distinct > max(20, len(present) / 20):
        return Column(name, "text", "string"), ""
    if distinct == len(values) > 50:
        return None, "an identifier (every value differs)"
    return Column(name, "category", "string"), ""


def _value_type(kind: Kind, present: pd.Series) -> ValueType:
    if kind in ("number", "text"):
        return "float" if kind == "number" else "string"
    if kind == "category":
        numeric = pd.api.types.is_numeric_dtype(present) and not pd.api.types.is_bool_dtype(present)
        codes = numeric and bool((present.abs() < _EXACT_FLOAT).all() and (present % 1 == 0).all())
        return "float" if codes else "string"
    entries = present.iloc[:1000].explode()
    return "float" if pd.api.types.is_numeric_dtype(entries.infer_objects()) else "string"


def _is_counter(values: pd.Series) -> bool:
    steps = np.diff(np.sort(values.to_numpy(dtype=float)))
    return bool((values % 1 == 0).all() and np.median(steps) == 1)


def _holds_booleans(values: pd.Series) -> bool:
    return values.dtype == object and all(isinstance(value, bool) for value in values)


def _holds_json_lists(texts: pd.Series) -> bool:
    return bool(texts.str.startswith("[").all() and texts.str.endswith("]").all())


def _holds_dates(values: pd.Series) -> bool:
    if not pd.api.types.is_string_dtype(values):
        return False
    sample: Any = values.iloc[:200].astype(str)
    return bool(
        sample.str.match(r"\d{4}-\d{2}-\d{2}").all() and pd.to_datetime(sample, errors="coerce").notna().all()
    )
