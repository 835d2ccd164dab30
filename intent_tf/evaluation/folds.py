"""Cuts a table into the folds of a cross-validation, each with validation rows out of its training rows."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from intent_tf.data.folds import Folds, stratified_folds
from intent_tf.errors import InputError


def fold_parts(
    label: NDArray[np.floating],
    folds: int = 5,
    *,
    groups: NDArray[np.generic] | None = None,
    validation_fraction: float = 0.1,
    seed: int = 0,
) -> Iterator[NDArray[np.object_]]:
    """Say for each fold which part each row is in.

    Test rows are those of ``StratifiedKFold(folds, shuffle=True, random_state=seed)`` or, with groups, of
    ``StratifiedGroupKFold``; validation rows are drawn from the others in the same way.

    Args:
        label: 0 or 1, shape `(rows,)`.
        folds: Number of folds, at least 2. Defaults to 5.
        groups: Rows of the same value, such as one shopper's, stay in one part, shape `(rows,)`. Defaults to
            each row for itself.
        validation_fraction: Share of the rows that are not tested, in (0, 0.5]. Defaults to 0.1.
        seed: Seed of the shuffle. Defaults to 0.

    Yields:
        ``"train"``, ``"validation"`` or ``"test"``, shape `(rows,)`.

    Raises:
        InputError: If there are less than 2 folds, or more than rows (or groups) of a class.

    Example:
        >>> parts = list(fold_parts(np.array([0.0, 1.0] * 50), folds=5))
        >>> [int(sum(part == "test")) for part in parts], int(sum(parts[0] == "validation"))
        ([20, 20, 20, 20, 20], 8)
    """
    if folds < 2:
        raise InputError(f"there are {folds} folds", expected="at least 2")
    for fold, (rest, test) in enumerate(_cut(label, groups, folds, seed)):
        own = None if groups is None else groups[rest]
        tenths = max(round(1 / validation_fraction), 2)
        _, validation = _cut(label[rest], own, tenths, seed + fold)[0]
        part = np.full(len(label), "train", dtype=object)
        part[test] = "test"
        part[rest[validation]] = "validation"
        yield part


def _cut(label: NDArray[np.floating], groups: NDArray[np.generic] | None, folds: int, seed: int) -> Folds:
    rarest = min(
        len(np.unique(groups[label == value])) if groups is not None else int((label == value).sum())
        for value in (0, 1)
    )
    if rarest < folds:
        raise InputError(
            f"{rarest} rows or groups of the rarer label cannot be cut into {folds} folds",
            expected="some dozens of rows of each label",
            remedy="give more rows or fewer folds",
        )
    return stratified_folds(label, folds, seed, groups)
