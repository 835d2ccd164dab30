"""Cleans an example table before it is split, and counts every change.

Only what needs no learning is done here. What is learnt from rows (the quantiles at which outliers are
cut, the values that stand for missing ones) is learnt on training rows by the model's `Preprocessor`.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from intent_tf.data.facts import Facts
from intent_tf.data.label_words import is_blank
from intent_tf.errors import InputError

#: Share of all rows up to which equal ones may be records made twice whatever their labels are.
MOST_DUPLICATES = 0.05
#: Times that a record is written, on average, at most.
MOST_COPIES = 5
#: Pairs of equal rows that chance explains, over those seen, from which on no record was made twice.
BY_CHANCE = 0.05


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

    def tell(self, facts: Facts) -> None:
        """Tell how many rows were read, which were excluded, and which stayed although they equal another."""
        if "rows" not in dict(facts.lines):
            facts.tell("rows", self.rows_read)
        for what, count in {
            "excluded: without a label": self.rows_without_label,
            "excluded: equal to another": self.duplicate_rows,
            "kept though equal to another, by coincidence": self.equal_rows,
        }.items():
            if count:
                facts.tell(f"rows {what}", count)


def clean(frame: pd.DataFrame, label: str, *, file: object = None) -> tuple[pd.DataFrame, CleaningCounts]:
    """Remove rows without a label and exact duplicates; count missing and infinite values.

    Equal rows stay unless they were `made_twice`.

    Args:
        frame: The example table.
        label: The label column.
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
    labelled = with_labels(frame, label, file=file)
    equal = row_fingerprints(labelled).duplicated()
    # Hashing takes time, and where no two rows are equal there is nothing to decide.
    twice = equal.any() and made_twice(labelled.drop(columns=label), labelled[label])
    cleaned = labelled[~equal] if twice else labelled
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


def with_labels(frame: pd.DataFrame, label: str, *, file: object = None) -> pd.DataFrame:
    """Return the rows whose label is not blank; see `intent_tf.data.label_words.is_blank`.

    Raises:
        InputError: If no row has a label.
    """
    blank = is_blank(frame[label]).to_numpy()
    if blank.all():
        raise InputError("no row has a label", file=file, column=label)
    return frame[~blank] if blank.any() else frame


def made_twice(features: pd.DataFrame, label: ArrayLike) -> bool:
    """Tell whether rows are alike since they were recorded twice, not since their columns have few values.

    Were coincidences removed, a common row would weigh as much as a rare one, and were they kept together in
    the split, each part would hold other rows than the others. So equal rows are records made twice only if
    nothing else explains them: they are written a few times each, not hundreds of times; columns that are
    independent of each other would give far fewer equal pairs; and where they are many, most purchases (or
    whatever label is rarer) among them have no row beside them that is alike but for the label.

    Args:
        features: The columns in which rows are compared.
        label: Label of each row.

    Example:
        >>> shop = pd.DataFrame({"device": ["phone", "desktop"] * 20, "page": [*range(20)] * 2})
        >>> made_twice(shop, pd.Series([0, 1] * 20)), made_twice(shop[["device"]], pd.Series([0, 1] * 20))
        (True, False)
    """
    rows = row_fingerprints(features)
    counts = rows.value_counts()
    seen, pairs = _pairs(counts), len(rows) * (len(rows) - 1) / 2
    labels = pd.Series(np.asarray(label), rows.index)
    if not 0 < seen < pairs or len(rows) > MOST_COPIES * len(counts) or _labels_differ(rows, labels):
        return False
    expected = pairs
    for name in features:
        # How often two rows agree in the column is told by those that differ in another: copies would vouch
        # for themselves.
        alike = _pairs(row_fingerprints(features[[name]]).value_counts())
        expected *= (alike - seen) / (pairs - seen)
        if expected < BY_CHANCE * seen:
            return True
    return False


def _pairs(counts: pd.Series) -> float:
    return float((counts * (counts - 1) / 2).sum())


def _labels_differ(rows: pd.Series, label: pd.Series) -> bool:
    """Tell whether equal rows are many, and most of the rarer label among them equal one of the other."""
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
