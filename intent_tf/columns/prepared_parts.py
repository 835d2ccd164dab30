"""The parts of a split, read and preprocessed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from intent_tf.columns.feature_batches import graph_of
from intent_tf.columns.kinds.registry import kind_of
from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.columns.rows import Rows
from intent_tf.data.labels import read_grades, read_labels
from intent_tf.data.sample_weights import read_weights
from intent_tf.data.specification import FeatureSpecification
from intent_tf.data.splitting import PARTS, Split

#: The label's values that count as a purchase, and those that count as none.
LabelRule = tuple[Any, Any]


def rows_of_parts(
    parts: Split,
    preprocessor: Preprocessor,
    label: str,
    rule: LabelRule,
    weight: str | None,
    files: Mapping[str, object],
    *,
    graded: bool,
) -> dict[str, Rows]:
    """Preprocess each part, with its labels and weights, by an adapted preprocessor.

    Args:
        parts: Their cells are read; see `read_cells`.
        preprocessor: Adapted.
        label: Name of the label column.
        rule: How it is read.
        weight: Column of sample weights, in the parts that have it.
        files: Where each part came from, for messages.
        graded: Whether labels are graded.
    """
    rows, graph = {}, graph_of(preprocessor)
    for name in PARTS:
        part, source = getattr(parts, name), files[name]
        told = labels_and_weights(part, label, rule, weight, source)
        part_rows = Rows.of(part, preprocessor, *told, file=source, graph=graph)
        rows[name] = replace(part_rows, grade=read_grades(part[label])) if graded else part_rows
    return rows


def labels_and_weights(
    part: pd.DataFrame, label: str, rule: LabelRule, weight: str | None, file: object
) -> tuple[np.ndarray, np.ndarray]:
    """Read the label and the weight of each row; rows weigh 1 where no column tells it."""
    weighed = weight is not None and weight in part.columns
    weights = read_weights(part[weight], file) if weighed else np.ones(len(part), np.float32)
    return read_labels(part[label], label, *rule, file=file), weights


def read_cells(frame: pd.DataFrame, specification: FeatureSpecification, file: object) -> pd.DataFrame:
    """Bring cells into the form that baselines and reports take; a frame that has it is returned itself."""
    changed: dict[str, pd.Series] = {}
    for column in specification.columns:
        if column.name in frame.columns:
            values = frame[column.name]
            read = kind_of(column.kind).read(values, column, file=file)
            changed |= {} if read is values else {column.name: read}
    return frame.assign(**changed) if changed else frame
