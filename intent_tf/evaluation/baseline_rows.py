"""Rows of a run in the form that the baselines take: what the model's own graph computed."""

import numpy as np

from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.columns.raw_columns import raw_columns
from intent_tf.columns.rows import Rows
from intent_tf.evaluation.baseline_table import BaselineTable


def baseline_table(rows: Rows, preprocessor: Preprocessor) -> BaselineTable:
    """Numbers (with derived columns and session statistics), category ids and texts of some rows.

    The baselines get every number that the model gets, so a difference in quality is one of models.
    """
    raw = raw_columns(rows.frame, preprocessor.specification)
    numbers = preprocessor.raw_numbers(raw) if preprocessor.scores else np.zeros((len(rows), 0))
    documents = preprocessor.documents(raw)
    texts = None if documents is None else [text.decode(errors="replace") for text in documents.numpy()]
    categories = np.asarray(rows.features.get("categories", np.zeros((len(rows), 0), np.int32)))
    names = (*preprocessor.number_names, *preprocessor.category_names)
    return BaselineTable(numbers, categories, texts, names)
