"""Reads a label column as zeros and ones."""

from __future__ import annotations

import numpy as np
import pandas as pd

from intent_tf.errors import InputError
from intent_tf.nearest import nearest

_POSITIVE_WORDS = ("true", "yes", "y", "t", "1", "1.0", "purchase", "positive", "pos", "bought", "buy")


def find_positive(values: pd.Series, label: str, *, file: object = None) -> str | None:
    """The label value that counts as a purchase, as text; None where labels are 0 and 1 already.

    Args:
        values: The label column of the training rows.
        label: Its name, for messages.
        file: Where it came from, for messages.

    Raises:
        InputError: If there are not exactly two values, or it is not plain which one is the purchase.

    Example:
        >>> find_positive(pd.Series(["no", "yes", "no"]), "bought")
        'yes'
    """
    if values.isna().any():
        raise InputError(
            "the label is missing",
            file=file,
            row=int(np.flatnonzero(values.isna())[0]) + 1,
            column=label,
            remedy="remove such rows or fill in their label",
        )
    distinct = values.unique()
    if len(distinct) != 2:
        shown = ", ".join(map(repr, map(str, distinct[:5]))) + (", …" if len(distinct) > 5 else "")
        raise InputError(
            f"the label has {len(distinct)} value{'s' * (len(distinct) != 1)} ({shown})",
            expected="two values, such as 0 and 1",
            file=file,
            column=label,
        )
    if pd.api.types.is_bool_dtype(values) or set(distinct) == {0, 1}:
        return None
    words = [str(value) for value in distinct]
    positive = [word for word in words if word.strip().lower() in _POSITIVE_WORDS]
    if len(positive) != 1:
        raise InputError(
            f"it is not plain which of {words[0]!r} and {words[1]!r} is the purchase",
            file=file,
            column=label,
            remedy="name it with --positive VALUE",
        )
    return positive[0]


def read_labels(values: pd.Series, label: str, positive: str | None, *, file: object = None) -> np.ndarray:
    """The label as float32 zeros and ones, shape ``(rows,)``.

    Args:
        values: The label column.
        label: Its name, for messages.
        positive: The value that counts as 1, as text; None for columns of 0 and 1 (or booleans).
        file: Where it came from, for messages.

    Raises:
        InputError: If a value is missing, or is none of the two that are known.
    """
    if positive is not None:
        texts = values.astype(str)
        if positive not in set(texts):
            known = sorted(set(texts))[:10]
            raise InputError(
                f"no row has the value {positive!r}{nearest(positive, known)}",
                expected=" or ".join(map(repr, known)),
                file=file,
                column=label,
            )
        return (texts == positive).to_numpy(np.float32)
    numbers = values.astype(str).str.strip().str.lower().map(
        {"0": 0.0, "1": 1.0, "0.0": 0.0, "1.0": 1.0, "false": 0.0, "true": 1.0}
    )
    wrong = np.flatnonzero(numbers.isna())
    if len(wrong):
        raise InputError(
            f"found {values.iloc[wrong[0]]!r} ({len(wrong)} such rows)",
            expected="0 or 1",
            file=file,
            row=int(wrong[0]) + 1,
            column=label,
        )
    return numbers.to_numpy(np.float32)
