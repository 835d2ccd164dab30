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
        The cleaned table with a fresh index, and the counts: ``rows_read``, ``rows_without_label``,
        ``duplicate_rows``, ``rows_kept`` and, of the rows kept, ``missing_values`` and
        ``infinite_values`` (both stay: the graph treats them as missing).

    Raises:
        InputError: If the label column does not exist, or no row is left.

    Example:
        >>> frame = pd.DataFrame({"price": [1.0, 1.0, np.inf], "bought": [1, 1, 0]})
        >>> clean(frame, "bought")[1]["duplicate_rows"]
        1
    """
    labelled = frame[frame[label].notna()]
    hashable = labelled.drop(columns=list(ignore), errors="ignore").map(_hashable)
    cleaned = labelled[~hashable.duplicated()].reset_index(drop=True)
    if cleaned.empty:
        raise InputError("no row has a label", file=file, column=label)
    numeric = cleaned.select_dtypes("number")
    return cleaned, {
        "rows_read": len(frame),
        "rows_without_label": len(frame) - len(labelled),
        "duplicate_rows": len(labelled) - len(cleaned),
        "rows_kept": len(cleaned),
        "missing_values": int(cleaned.isna().sum().sum()),
        "infinite_values": int(np.isinf(numeric.to_numpy(dtype=float, na_value=np.nan)).sum()),
    }


def _hashable(value: object) -> object:
    return tuple(value) if isinstance(value, list | np.ndarray) else value
