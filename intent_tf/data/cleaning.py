"""Cleans an example table before it is split, and counts every change.

Only what needs no learning is done here. What is learnt from rows (the quantiles at which outliers are
cut, the values that stand for missing ones) is learnt on training rows by the model's `Preprocessor`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from intent_tf.errors import InputError

#: Share of all rows up to which those that equal another are taken for records made twice.
MOST_DUPLICATES = 0.05


@dataclass(frozen=True)
class CleaningCounts:
    """What cleaning changed and found.

    Args:
        rows_read: Number of rows before cleaning.
        rows_without_label: Number of rows removed since they have no label.
        duplicate_rows: Number of rows removed since they equal an earlier one.
        rows_kept: Number of rows after cleaning.
        equal_rows: Number of rows kept although they equal an earlier one.
        missing_values: Number of missing values in the rows kept; they stay.
        infinite_values: Number of infinite values in the rows kept; they stay, and the graph treats them as
            missing.
    """

    rows_read: int
    rows_without_label: int
    duplicate_rows: int
    rows_kept: int
    equal_rows: int
    missing_values: int
    infinite_values: int


def clean(
    frame: pd.DataFrame, label: str, *, ignore: Sequence[str] = (), file: object = None
) -> tuple[pd.DataFrame, CleaningCounts]:
    """Remove rows without a label and exact duplicates; count missing and infinite values.

    Equal rows stay where they are `coincidences`.

    Args:
        frame: The example table.
        label: The label column.
        ignore: Columns that do not tell rows apart (such as a running number).
        file: Where the table came from, for messages.

    Returns:
        The rows kept, with their index, and the counts.

    Raises:
        InputError: If the table has no rows, or none has a label.

    Example:
        >>> frame = pd.DataFrame({"price": [*range(30), 0], "bought": [1, *[0] * 29, 1]})
        >>> clean(frame, "bought")[1].duplicate_rows
        1
    """
    if frame.empty:
        raise InputError("the table has no rows", file=file, expected="at least one row of data")
    labelled = frame[frame[label].notna()]
    if labelled.empty:
        raise InputError("no row has a label", file=file, column=label)
    telling = labelled.drop(columns=list(ignore), errors="ignore")
    equal = row_fingerprints(telling).duplicated()
    # Hashing takes time, and where no two rows are equal there is nothing to decide.
    stay = equal.any() and coincidences(row_fingerprints(telling.drop(columns=label)), labelled[label])
    cleaned = labelled if stay else labelled[~equal]
    numeric = cleaned.select_dtypes("number")
    return cleaned, CleaningCounts(
        rows_read=len(frame),
        rows_without_label=len(frame) - len(labelled),
        duplicate_rows=len(labelled) - len(cleaned),
        rows_kept=len(cleaned),
        equal_rows=int(equal.sum()) - len(labelled) + len(cleaned),
        missing_values=int(cleaned.isna().sum().sum()),
        infinite_values=int(np.isinf(numeric.to_numpy(dtype=float, na_value=np.nan)).sum()),
    )


def coincidences(rows: pd.Series, label: pd.Series) -> bool:
    """Tell whether rows are alike since their columns have few values, not since they were recorded twice.

    They are if they are many, and most purchases (or whatever label is rarer) among them have a row beside
    them that is alike but for the label. Were they removed, a common row would weigh as much as a rare one,
    and probabilities would be no probabilities.

    Args:
        rows: One value a row that is equal where the rows are; see `row_fingerprints`.
        label: Label of each row.

    Example:
        >>> rows, bought = pd.Series(["phone", "desktop"] * 20), pd.Series([0, 1, 1, 1] * 10)
        >>> coincidences(rows, bought), coincidences(rows, pd.Series([0, 1] * 20))
        (True, False)
    """
    if rows.duplicated().mean() <= MOST_DUPLICATES:
        return False
    rarer = rows.duplicated(keep=False) & (label == label.value_counts().idxmin())
    mixed = label.groupby(rows.to_numpy()).transform("nunique") > 1
    return not rarer.any() or bool(mixed[rarer].mean() > 0.5)


def row_fingerprints(frame: pd.DataFrame) -> pd.Series:
    """Give equal rows, missing values and lists included, equal numbers.

    Args:
        frame: Some columns of a table.

    Returns:
        64-bit hashes of the rows; two of a million different rows share one with a probability of 3e-8.
    """
    if not len(frame.columns):
        return pd.Series(0, frame.index)
    hashable = frame.apply(lambda values: values.map(_hashable) if values.dtype == object else values)
    return pd.util.hash_pandas_object(hashable, index=False)


def _hashable(value: object) -> object:
    entries = value.tolist() if isinstance(value, np.ndarray) else value
    # A list as text, because NaN equals NaN there.
    return str(entries) if isinstance(entries, list | tuple | dict) else value
