"""Splits an example table into training, validation and test rows that share no user and no duplicate.

A `Split` can only be made from a whole table, so rows can be weighted, repeated or altered only after
it: resampling before the split, which leaks copies of test rows into training, has no place to happen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

from intent_tf.errors import InputError

PARTS = ("train", "validation", "test")


@dataclass(frozen=True)
class SplitPlan:
    """How to split; at most one of ``time`` and ``column`` is given.

    Args:
        test_fraction: Share of all rows for testing, in (0, 1).
        validation_fraction: Share of the other rows for validation, in (0, 1).
        group: Column whose equal values stay together, such as ``user_id``. Without it, rows that are
            alike in every feature stay together.
        time: Column to split by: the latest rows are tested. Groups that would cross the border are
            taken out of the earlier part, and counted.
        column: Column that already says ``train``, ``validation`` or ``test``.
    """

    test_fraction: float = 0.2
    validation_fraction: float = 0.1
    group: str | None = None
    time: str | None = None
    column: str | None = None


@dataclass(frozen=True)
class Split:
    """Training, validation and test rows, and how they came about.

    Args:
        train: Rows to learn from.
        validation: Rows to choose by (when to stop, threshold, calibration).
        test: Rows to measure on, used for nothing else.
        description: JSON-safe facts: the method, the rows and the rate of purchases of each part.
    """

    train: pd.DataFrame
    validation: pd.DataFrame
    test: pd.DataFrame
    description: dict[str, Any]


def split(
    frame: pd.DataFrame,
    label: np.ndarray,
    plan: SplitPlan,
    *,
    features: list[str],
    seed: int = 0,
    test: pd.DataFrame | None = None,
    test_label: np.ndarray | None = None,
) -> Split:
    """Split a cleaned example table.

    Args:
        frame: The table.
        label: Its labels, zeros and ones.
        plan: How to split.
        features: The columns in which duplicates are alike.
        seed: Of the random choice of rows.
        test: A table of test rows given separately; ``frame`` is then split in two.
        test_label: The labels of ``test``.

    Raises:
        InputError: If a named column is missing, or a part would be empty or hold one class only.
    """
    for name in (plan.group, plan.time, plan.column):
        if name is not None and name not in frame.columns:
            raise InputError(f"no column {name!r} to split by", expected=", ".join(map(str, frame.columns)))
    groups = _groups(frame, plan, features)
    counts: dict[str, int] = {}
    if plan.column is not None:
        part = frame[plan.column].astype(str).to_numpy()
        method = f"column {plan.column}"
    elif plan.time is not None:
        part, counts = _by_time(frame[plan.time], groups, plan, fixed_test=test is not None)
        method = f"by time ({plan.time})"
    else:
        part = _stratified(groups, label, plan, seed, fixed_test=test is not None)
        method = f"random, stratified, grouped by {plan.group or 'duplicate rows'}"
    parts = {name: frame[part == name].reset_index(drop=True) for name in PARTS}
    labels = {name: label[part == name] for name in PARTS}
    if test is not None:
        assert test_label is not None
        parts["test"], labels["test"] = test, test_label
        method += "; test rows given"
    for name in PARTS:
        if len(np.unique(labels[name])) < 2:
            raise InputError(
                f"the {name} part has {len(labels[name])} rows, all of one class or none",
                expected="both classes in every part",
                remedy="give more rows or another split",
            )
    rates = {
        name: {"rows": len(labels[name]), "positives": int(labels[name].sum())} for name in PARTS
    }
    return Split(**parts, description={"method": method, "seed": seed, **rates, **counts})


def _groups(frame: pd.DataFrame, plan: SplitPlan, features: list[str]) -> np.ndarray:
    if plan.group is not None:
        return pd.factorize(frame[plan.group])[0]
    alike = frame[features].astype(str)  # lists are not hashable
    return pd.factorize(pd.util.hash_pandas_object(alike, index=False))[0]


def _stratified(
    groups: np.ndarray, label: np.ndarray, plan: SplitPlan, seed: int, *, fixed_test: bool
) -> np.ndarray:
    group_label = np.zeros(groups.max() + 1)
    np.maximum.at(group_label, groups, label)
    part = np.full(len(group_label), "train", dtype=object)
    rest = np.arange(len(group_label))
    try:
        if not fixed_test:
            rest, chosen = train_test_split(
                rest, test_size=plan.test_fraction, random_state=seed, stratify=group_label
            )
            part[chosen] = "test"
        _, chosen = train_test_split(
            rest, test_size=plan.validation_fraction, random_state=seed, stratify=group_label[rest]
        )
    except ValueError as error:
        raise InputError(
            f"the table is too small to split ({len(label)} rows, {int(label.sum())} purchases; {error})",
            expected="some dozens of rows with both labels",
        ) from error
    part[chosen] = "validation"
    return part[groups]


def _by_time(
    time: pd.Series, groups: np.ndarray, plan: SplitPlan, *, fixed_test: bool
) -> tuple[np.ndarray, dict[str, int]]:
    if time.isna().any():
        raise InputError(
            "the time is missing", column=plan.time, row=int(np.flatnonzero(time.isna())[0]) + 1
        )
    rank = time.rank(method="min", pct=True).to_numpy()  # equal times fall on the same side
    border = 1.0 if fixed_test else 1 - plan.test_fraction
    earlier = border * (1 - plan.validation_fraction)
    part = np.where(rank > border, "test", np.where(rank > earlier, "validation", "train")).astype(object)
    crossing = np.zeros(len(part), dtype=bool)
    for later, before in (("test", ("train", "validation")), ("validation", ("train",))):
        crossing |= np.isin(groups, groups[part == later]) & np.isin(part, before)
    part[crossing] = "set aside"
    return part, {"set_aside_because_group_returns_later": int(crossing.sum())}
