"""Cleans an example table before it is split, and counts every change.

Only what needs no learning is done here. What is learnt from rows (the quantiles at which outliers are
cut, the values that stand for missing ones) is learnt on training rows by the model's `Preprocessor`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from intent_tf.errors import InputError


def clean(
    frame: pd.DataFrame, label: str, *, ignore: Sequence[str] = (), file: object = None
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Remove rows without a label and exact duplicates; count missing and infinite values.

    Args:
        frame: The example table.
        label: The label column.
        ignore: Columns that do not tell rows apart (such as a running number).
        file: Where the table came from, for messages.

    Returns:
        The rows kept, with their index, and the counts: ``rows_read``, ``rows_without_label``,
        ``duplicate_rows``, ``rows_kept`` and, of the rows kept, ``missing_values`` and
        ``infinite_values`` (both stay: the graph treats them as missing).

    Raises:
        InputError: If the table has no rows, or none has a label.

    Example:
        >>> frame = pd.DataFrame({"price": [1.0, 1.0, np.inf], "bought": [1, 1, 0]})
        >>> clean(frame, "bought")[1]["duplicate_rows"]
        1
    """
    if frame.empty:
        raise InputError("the table has no rows", file=file, expected="at least one row of data")
    labelled = frame[frame[label].notna()]
    if labelled.empty:
        raise InputError("no row has a label", file=file, column=label)
    fingerprints = row_fingerprints(labelled.drop(columns=list(ignore), errors="ignore"))
    cleaned = labelled[~fingerprints.duplicated()]
    numeric = cleaned.select_dtypes("number")
    return cleaned, {
        "rows_read": len(frame),
        "rows_without_label": len(frame) - len(labelled),
        "duplicate_rows": len(labelled) - len(cleaned),
        "rows_kept": len(cleaned),
        "missing_values": int(cleaned.isna().sum().sum()),
        "infinite_values": int(np.isinf(numeric.to_numpy(dtype=float, na_value=np.nan)).sum()),
    }


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
