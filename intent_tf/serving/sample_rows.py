"""Rows that look like a shop's, made from what a model has learnt and from nobody's data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.columns.subword_preprocessor import SubwordPreprocessor

_SCORES = (0.0, 1.0)  # the median of a number, and its 84th percentile
_EVENTS = 4
_WORDS = 5


def sample_rows(preprocessor: Preprocessor) -> pd.DataFrame:
    """Three rows of raw columns: two typical ones and one in which everything is missing.

    Numbers are quantiles of the training rows, categories, words and event types the commonest ones; what a
    model does not keep (items' names) is made up.

    Args:
        preprocessor: Adapted.

    Returns:
        A table with the model's raw columns.
    """
    makers = {"number": _number, "category": _category, "text": _text, "sequence": _sequence}
    columns: dict[str, list[Any]] = {}
    for column in preprocessor.specification.columns:
        maker = makers[column.kind]
        columns[column.name] = [maker(preprocessor, column.name, row) for row in range(len(_SCORES))]
        nothing: Any = np.nan if column.values == "float" else ""
        columns[column.name].append([] if column.is_list else nothing)
    return pd.DataFrame(columns)


def _number(preprocessor: Preprocessor, name: str, row: int) -> float:
    position = preprocessor.number_names.index(name)
    scores, values = (
        np.asarray(weight)[position]
        for weight in (preprocessor.scores.knot_scores, preprocessor.scores.knot_values)
    )
    return round(float(np.interp(_SCORES[row], scores, values)), 2)


def _category(preprocessor: Preprocessor, name: str, row: int) -> Any:
    position = preprocessor.specification.of_kind("category").index(name)
    vocabulary = preprocessor.category_ids.lookups[position].get_vocabulary()[1:]
    value = vocabulary[row % len(vocabulary)]
    if preprocessor.specification[name].values == "string":
        return value if value != "\x00" else ""
    return float(value) if value.lstrip("-").isdigit() else np.nan


def _text(preprocessor: Preprocessor, name: str, row: int) -> Any:
    if isinstance(preprocessor, SubwordPreprocessor):
        vocabulary = [subword for subword in preprocessor.subwords.vocabulary if subword[0] not in "[#"]
    else:
        vocabulary = preprocessor.token_ids.vocabulary
    words = vocabulary[row * _WORDS : (row + 1) * _WORDS]
    return " ".join(words)


def _sequence(preprocessor: Preprocessor, name: str, row: int) -> list[Any]:
    events = range(_EVENTS * (row + 1))
    if name == "event_type" and preprocessor.statistics.types:
        types = preprocessor.statistics.types
        return [types[event % min(len(types), 4)] for event in events]
    if name == "elapsed":
        return [float(20 * event) for event in events]
    if preprocessor.specification[name].values == "float":
        return [_number(preprocessor, f"mean {name}", row) for _ in events]
    if name in preprocessor.session_tokens.worded:
        vocabulary = preprocessor.session_tokens.lookup.get_vocabulary()[1 + preprocessor.oov_buckets :]
        words = [word for word in vocabulary if word[0] != "["]
        return [" ".join(words[event : event + 3]) for event in events]
    return [f"{name} {event % 3}" for event in events]
