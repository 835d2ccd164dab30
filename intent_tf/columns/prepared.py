"""From a raw table to rows that a model learns from: cleaned, split, and preprocessed once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from intent_tf.columns.feature_batches import graph_of
from intent_tf.columns.inference import infer_specification
from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.columns.rows import Rows
from intent_tf.columns.subword_preprocessor import SubwordPreprocessor
from intent_tf.data.cleaning import CleaningCounts, clean
from intent_tf.data.labels import find_positive, is_graded, read_grades, read_labels, refuse_label_copies
from intent_tf.data.specification import FeatureSpecification
from intent_tf.data.splitting import PARTS, SplitDescription, SplitPlan, split
from intent_tf.errors import InputError
from intent_tf.nearest import nearest
from intent_tf.options.source import Kind

#: How messages name test rows that are given separately.
_TEST = "the test rows"


@dataclass(frozen=True)
class PreparedData:
    """What `preprocess_data` returns.

    Args:
        preprocessor: The preprocessor, adapted on the training rows.
        train: Rows that the model learns from.
        validation: Rows that stopping, calibration and threshold are chosen by.
        test: Rows that the model is evaluated on.
        cleaning: Counts of what cleaning changed.
        split: The method of the split, and the rows and purchases of each part.
    """

    preprocessor: Preprocessor
    train: Rows
    validation: Rows
    test: Rows
    cleaning: CleaningCounts
    split: SplitDescription

    @property
    def specification(self) -> FeatureSpecification:
        """The feature specification."""
        return self.preprocessor.specification


def preprocess_data(
    frame: pd.DataFrame,
    label: str,
    *,
    kinds: Mapping[str, Kind] | None = None,
    drop: Sequence[str] = (),
    excluded: Mapping[str, str] | None = None,
    positive: str | None = None,
    weight: str | None = None,
    plan: SplitPlan | None = None,
    test: pd.DataFrame | None = None,
    seed: int = 0,
    file: object = None,
    **preprocessor_options: Any,
) -> PreparedData:
    """Clean a table, split it, infer its columns' kinds, and adapt a `Preprocessor` on the training rows.

    Args:
        frame: The example table, with one example in each row.
        label: Name of the label column.
        kinds: Kinds of columns known better than inferred.
        drop: Columns that must not be features.
        excluded: Further columns that must not be features, each with the reason.
        positive: The label's value that counts as a purchase; found where it is plain.
        weight: Column of positive sample weights; no feature.
        plan: The way of splitting and the shares of the parts. Default: 20 % test, 10 % of the rest
            validation, stratified.
        test: Test rows given separately.
        seed: Seed of the split.
        file: Where the table came from, for messages.
        **preprocessor_options: Further arguments of `Preprocessor`.

    Returns:
        The rows of the three parts with their features, and the preprocessor.

    Raises:
        InputError: If the table, the label or a column is not usable; the message says what and where.

    Example:
        >>> frame = pd.DataFrame({"pages": range(100), "bought": [0, 1] * 50})
        >>> data = preprocess_data(frame, "bought", kinds={"pages": "number"})
        >>> len(data.train), len(data.validation), len(data.test)
        (72, 8, 20)
    """
    plan, excluded = plan or SplitPlan(), dict(excluded or {})
    _check_names(frame, (label, weight, plan.group, plan.time, plan.column), file)
    cleaned, counts = clean(frame, label, file=file)
    for name, reason in {
        weight: "sample weight",
        plan.group: "group of the split",
        plan.time: "time of the split",
        plan.column: "part of the split",
    }.items():
        if name is not None and name not in (kinds or {}):
            excluded.setdefault(name, reason)
    positive = positive or find_positive(cleaned[label], label, file=file)
    labels = read_labels(cleaned[label], label, positive, file=file)
    graded = positive is None and is_graded(cleaned[label])
    usable = [name for name in cleaned.columns if name not in (label, *excluded, *drop)]
    refuse_label_copies(cleaned, labels, usable, file=file)
    parts = split(
        cleaned,
        labels,
        plan,
        features=usable,
        seed=seed,
        file=file,
        test=test,
        test_label=None if test is None else _labels_of(test, label, positive),
    )
    inferred = infer_specification(
        parts.train.drop(columns=list(excluded), errors="ignore"),
        label,
        kinds=kinds,
        # What already has a better reason to be excluded is not in the table any more.
        drop=[name for name in drop if name not in excluded],
        positive=positive,
        file=file,
    )
    specification = replace(inferred, excluded={**excluded, **inferred.excluded})
    kind = SubwordPreprocessor if "subwords" in preprocessor_options else Preprocessor
    preprocessor = kind(specification, **preprocessor_options)
    preprocessor.adapt(parts.train, file=file)
    rows, graph = {}, graph_of(preprocessor)
    for name in PARTS:
        part, source = getattr(parts, name), file if name != "test" or test is None else _TEST
        part_labels = read_labels(part[label], label, positive, file=source)
        weights = _weights(part[weight], source) if weight is not None and weight in part.columns else None
        part_rows = Rows.of(part, preprocessor, part_labels, weights, file=source, graph=graph)
        rows[name] = replace(part_rows, grade=read_grades(part[label])) if graded else part_rows
    return PreparedData(preprocessor, **rows, cleaning=counts, split=parts.description)


def _check_names(frame: pd.DataFrame, needed: Sequence[str | None], file: object) -> None:
    names = [str(column) for column in frame.columns]
    for column in frame.columns:
        if not isinstance(column, str):
            raise InputError(
                f"the column name {column!r} is no text",
                file=file,
                expected="names that are text",
                remedy="rename the columns, such as by frame.columns = frame.columns.astype(str)",
            )
        if names.count(column) > 1:
            raise InputError("two columns have the same name", file=file, column=column)
    for name in needed:
        if name is not None and name not in names:
            message = f"no column {name!r}{nearest(name, names)}"
            raise InputError(message, file=file, expected=", ".join(names))


def _labels_of(test: pd.DataFrame, label: str, positive: str | None) -> np.ndarray:
    _check_names(test, (label,), _TEST)
    return read_labels(test[label], label, positive, file=_TEST)


def _weights(values: pd.Series, file: object) -> np.ndarray:
    weights = pd.to_numeric(values, errors="coerce").to_numpy(np.float32)
    wrong = np.flatnonzero(~(np.isfinite(weights) & (weights > 0)))
    if len(wrong):
        raise InputError(
            f"found {values.iloc[wrong[0]]!r}",
            expected="a positive weight",
            file=file,
            row=values.index[wrong[0]],
            column=str(values.name),
        )
    return weights
