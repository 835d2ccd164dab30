"""Reads a label column as zeros and ones, and refuses features that are the label under another name."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from intent_tf.data.cleaning import row_fingerprints
from intent_tf.data.example_definition import ACTION_LEVELS
from intent_tf.errors import InputError
from intent_tf.nearest import nearest

_POSITIVE_WORDS = ("true", "yes", "y", "t", "purchase", "positive", "pos", "bought", "buy")
_TRUTH = {"0": 0.0, "1": 1.0, "0.0": 0.0, "1.0": 1.0, "false": 0.0, "true": 1.0}


def find_positive(values: pd.Series, label: str, *, file: object = None) -> str | None:
    """Find the label value that counts as a purchase, as text; None where labels are 0 and 1 already.

    Args:
        values: The label column of the training rows.
        label: Name of the label column, for messages.
        file: Where the labels came from, for messages.

    Raises:
        InputError: If there are not exactly two values, or it is not plain which one is the purchase.

    Example:
        >>> find_positive(pd.Series(["no", "yes", "no"]), "bought")
        'yes'
    """
    words = _words(values, label, file)
    if is_graded(values):
        return None
    distinct = list(words.unique())
    if len(distinct) != 2:
        shown = ", ".join(map(repr, distinct[:5])) + (", …" if len(distinct) > 5 else "")
        raise InputError(
            f"the label has {len(distinct)} value{'s' * (len(distinct) != 1)} ({shown})",
            expected="two values, such as 0 and 1",
            file=file,
            column=label,
            remedy="name the one that counts with --positive VALUE",
        )
    lowered = [word.strip().lower() for word in distinct]
    if {_TRUTH.get(word) for word in lowered} == {0.0, 1.0}:
        return None
    buying = ("1",) if set(lowered) == {"-1", "1"} else _POSITIVE_WORDS
    positive = [word for word, lower in zip(distinct, lowered, strict=True) if lower in buying]
    if len(positive) != 1:
        raise InputError(
            f"it is not plain which of {distinct[0]!r} and {distinct[1]!r} is the purchase",
            file=file,
            column=label,
            remedy="name it with --positive VALUE",
        )
    return positive[0]


def read_labels(values: pd.Series, label: str, positive: str | None, *, file: object = None) -> np.ndarray:
    """Read the label as float32 zeros and ones, shape ``(rows,)``.

    Args:
        values: The label column.
        label: Name of the label column, for messages.
        positive: The value that counts as 1, as text, all others counting as 0; None for columns of 0 and 1
            (or booleans), and for grades, of which 1 counts.
        file: Where the labels came from, for messages.

    Raises:
        InputError: If a value is missing, no row has the positive value, or (without one) a value is
            neither 0 nor 1.

    Example:
        >>> read_labels(pd.Series(["purchase", "none", "cart"]), "outcome", "purchase")
        array([1., 0., 0.], dtype=float32)
    """
    words = _words(values, label, file)
    if positive is not None:
        if positive not in set(words):
            accepted = sorted(set(words))[:10]
            raise InputError(
                f"no row has the value {positive!r}{nearest(positive, accepted)}",
                expected=" or ".join(map(repr, accepted)),
                file=file,
                column=label,
            )
        return (words == positive).to_numpy(np.float32)
    if is_graded(values):
        return (read_grades(values) == 1).astype(np.float32)
    numbers = words.str.strip().str.lower().map(_TRUTH)
    wrong = np.flatnonzero(numbers.isna())
    if len(wrong):
        raise InputError(
            f"found {words.iloc[wrong[0]]!r} ({len(wrong)} such rows)",
            expected="0 or 1",
            file=file,
            row=values.index[wrong[0]],
            column=label,
        )
    return numbers.to_numpy(np.float32)


def is_graded(values: pd.Series) -> bool:
    """Tell whether a label column holds the probabilities of strongest actions, beyond 0 and 1.

    Args:
        values: Such as `ExampleDefinition` writes for the label ``"action_level"``: none 0, click 1/3, cart
            2/3, purchase 1.

    Example:
        >>> [is_graded(pd.Series(values)) for values in ([0, 1 / 3, 1], [0, 1], ["no", "yes"])]
        [True, False, False]
    """
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    steps = numbers * (len(ACTION_LEVELS) - 1)
    is_grade = np.isclose(steps, np.round(steps), atol=1e-4) & (numbers >= 0) & (numbers <= 1)
    return bool(is_grade.all() and ((numbers > 0.1) & (numbers < 0.9)).any())


def read_grades(values: pd.Series) -> np.ndarray:
    """Read graded labels, which `is_graded` knows, as float32 ``(rows,)``."""
    return pd.to_numeric(values).to_numpy(np.float32)


def refuse_label_copies(
    frame: pd.DataFrame, labels: np.ndarray, names: Iterable[str], *, file: object = None
) -> None:
    """Refuse features that say the label outright, in these words or others.

    A feature does if its two values go with the two labels in every row, or if it is missing in exactly the
    rows of one label.

    Args:
        frame: The table.
        labels: Zeros and ones of its rows, with both occurring.
        names: Columns that may become features.
        file: Where the table came from, for messages.

    Raises:
        InputError: Names the first such column.
    """
    for name in names:
        values = pd.factorize(row_fingerprints(frame[[name]]))[0]
        present = frame[name].notna().to_numpy()
        if pd.api.types.is_string_dtype(frame[name]):
            present = present & (frame[name] != "").to_numpy(bool, na_value=False)
        if any(np.array_equal(each, labels) for each in (values, 1 - values, present, ~present)):
            raise InputError(
                "the column is a copy of the label: it tells the label of every row",
                file=file,
                column=name,
                remedy=f"leave it out with --drop {name}",
            )


def _words(values: pd.Series, label: str, file: object) -> pd.Series:
    missing = np.flatnonzero(values.isna())
    if len(missing):
        raise InputError(
            "the label is missing",
            file=file,
            row=values.index[missing[0]],
            column=label,
            remedy="remove such rows or fill in their label",
        )
    if pd.api.types.is_float_dtype(values) and bool((values % 1 == 0).all()):
        values = values.astype("int64")  # pandas makes whole numbers floats where some are missing
    return values.astype(str)
