"""Rows that look like a shop's, made from what a model has learnt and from nobody's data."""

from typing import Any

import numpy as np
import pandas as pd

from intent_tf.columns.kinds.registry import kind_of
from intent_tf.columns.preprocessor import Preprocessor

_SCORES = (0.0, 1.0)  # the median of a number, and its 84th percentile


def sample_rows(preprocessor: Preprocessor) -> pd.DataFrame:
    """Three rows of raw columns: two typical ones and one in which everything is missing.

    Numbers are quantiles of the training rows, categories, words and event types the commonest ones; what a
    model does not keep (items' names) is made up.

    Args:
        preprocessor: Adapted.

    Returns:
        A table with the model's raw columns.
    """
    names = preprocessor.number_names

    def typical(name: str, row: int) -> float:
        knots = (preprocessor.scores.knot_scores, preprocessor.scores.knot_values)
        scores, values = (np.asarray(weight)[names.index(name)] for weight in knots)
        return round(float(np.interp(_SCORES[row], scores, values)), 2)

    columns: dict[str, list[Any]] = {}
    for column in preprocessor.specification.columns:
        kind, encoder = kind_of(column.kind), preprocessor.encoders[column.kind]
        values = [kind.sample(column, encoder, row, typical) for row in range(len(_SCORES))]
        columns[column.name] = [*values, kind.nothing(column)]
    return pd.DataFrame(columns)
