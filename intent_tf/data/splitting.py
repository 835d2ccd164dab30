"""Splits an example table into training, validation and test rows that share no user and no duplicate.

A `Split` can only be made from a whole table, so rows can be weighted, repeated or altered only after
it: resampling before the split, which leaks copies of test rows into training, has no place to happen.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

from intent_tf.data.cleaning import made_twice, row_fingerprints
from intent_tf.data.refuse_where import refuse_where
from intent_tf.errors import InputError

PARTS = ("train", "validation", "test")


@dataclass(frozen=True)
class SplitPlan:
    """How to split; at most one of ``time`` and ``column`` is given.

    Args:
        test_fraction: Share of all rows for testing, in (0, 1).
        validation_fraction: Share of the other rows for validation, in (0, 1).
        group: Column whose equal values stay together, such as ``user_id``. Without it, records that were
            made twice stay together (see `intent_tf.data.cleaning.made_twice`).
        time: Column to split by, of numbers or ISO 8601 dates: the latest rows are tested. Rows of a group
            that returns in a later part are rejected, and counted.
        column: Column that already says ``train``, ``validation`` or ``test``.
        column_is_random: Whether the parts in ``column`` were drawn at random, rows of a group together.
    """

    test_fraction: float = 0.2
    validation_fraction: float = 0.1
    group: str | None = None
    time: str | None = None
    column: str | None = None
    column_is_random: bool = False

    @property
    def is_random(self) -> bool:
        """Whether the parts are drawn at random, so that rows of one are like those of the others."""
        return self.time is None and (self.column is None or self.column_is_random)


@dataclass(frozen=True)
class PartCounts:
    """How many rows a part has.

    Args:
        rows: Number of rows of the part.
        positives: Number of purchases among them.
    """

    rows: int
    positives: int

    @classmethod
    def of(cls, label: np.ndarray) -> "PartCounts":
        """Count labels, zeros and ones."""
        return cls(len(label), int(label.sum()))


@dataclass(frozen=True)
class SplitDescription:
    """How a table was split.

    Args:
        method: The way of splitting, in words.
        group: Column whose equal values stayed together, if one was named.
        seed: Seed of the random choice of rows.
        train: Counts of the training rows.
        validation: Counts of the validation rows.
        test: Counts of the test rows.
        is_random: Whether training and validation rows were drawn at random.
        keeps_duplicates_together: Whether records that were made twice are in the same part.
        set_aside_because_group_returns_later: Number of rows in no part, since their group is in a later
            part; None where the split is not by time.
        set_aside_because_group_is_in_test_rows: Number of rows in no part, since the given test rows have
            their group; None where no test rows are given.
    """

    method: str
    group: str | None
    seed: int
    train: PartCounts
    validation: PartCounts
    test: PartCounts
    is_random: bool = True
    keeps_duplicates_together: bool = False
    set_aside_because_group_returns_later: int | None = None
    set_aside_because_group_is_in_test_rows: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Name the facts as ``metrics.json`` does, without counts that do not apply."""
        return {name: value for name, value in asdict(self).items() if name == "group" or value is not None}


@dataclass(frozen=True)
class Split:
    """Training, validation and test rows, and how they came about.

    Args:
        train: Rows that the model learns from.
        validation: Rows to choose by (when to stop, threshold, calibration).
        test: Rows to evaluate on, used for nothing else.
        description: The method, and the rows and purchases of each part.
    """

    train: pd.DataFrame
    validation: pd.DataFrame
    test: pd.DataFrame
    description: SplitDescription


def split(
    frame: pd.DataFrame,
    label: np.ndarray,
    plan: SplitPlan,
    *,
    features: list[str],
    seed: int = 0,
    test: pd.DataFrame | None = None,
    test_label: np.ndarray | None = None,
    times: pd.Series | None = None,
    file: object = None,
) -> Split:
    """Split a cleaned example table.

    Args:
        frame: The cleaned example table.
        label: Label of each row, 0 or 1.
        plan: The way of splitting and the shares of the parts.
        features: The columns in which duplicates are alike.
        seed: Seed of the random choice of rows.
        test: A table of test rows given separately; ``frame`` is then split in two, and its rows of a group
            that is among the test rows are rejected, and counted.
        test_label: Label of each row of ``test``, 0 or 1.
        times: The column to split by as numbers, where its cells are no numbers or ISO 8601 dates.
        file: Where the table came from, for messages.

    Raises:
        InputError: If a named column is missing or has a value that cannot be split by, or a part would be
            empty or hold one class only.
    """
    for name in (plan.group, plan.time, plan.column):
        if name is not None and name not in frame.columns:
            raise InputError(
                f"no column {name!r} to split by", file=file, expected=", ".join(map(str, frame.columns))
            )
    given = frame.iloc[:0] if test is None else test
    labels_of_all = label if test_label is None else np.concatenate([label, test_label])
    groups, test_groups, grouped = _groups(frame, given, plan, features, labels_of_all, file)
    returning = tested = None
    if plan.column is not None:
        part = _given_parts(frame[plan.column], file)
        method = f"column {plan.column}"
    elif plan.time is not None:
        times = _times(frame[plan.time] if times is None else times, file)
        part, returning = _by_time(times, groups, plan, fixed_test=test is not None)
        method = f"by time ({plan.time})"
    else:
        part = _stratified(groups, label, plan, seed, fixed_test=test is not None)
        method = "random, stratified" + (grouped and f", grouped by {grouped}")
    if test is not None:
        in_test_rows = np.isin(groups, test_groups)
        part[in_test_rows] = "rejected"
        tested = int(in_test_rows.sum())
        method += "; test rows given"
    parts = {name: frame[part == name] for name in PARTS}
    labels = {name: label[part == name] for name in PARTS}
    if test is not None:
        assert test_label is not None
        parts["test"], labels["test"] = test, test_label
    for name in PARTS:
        if len(np.unique(labels[name])) < 2:
            raise InputError(
                f"the {name} part has {len(labels[name])} rows, all of one class or none",
                file=file,
                expected="both classes in every part",
                remedy="give more rows or another split",
            )
    description = SplitDescription(
        method,
        plan.group,
        seed,
        **{name: PartCounts.of(labels[name]) for name in PARTS},
        is_random=plan.is_random,
        keeps_duplicates_together=plan.group is None and bool(grouped),
        set_aside_because_group_returns_later=returning,
        set_aside_because_group_is_in_test_rows=tested,
    )
    return Split(**parts, description=description)


def _groups(
    frame: pd.DataFrame,
    test: pd.DataFrame,
    plan: SplitPlan,
    features: list[str],
    label: np.ndarray,
    file: object,
) -> tuple[np.ndarray, np.ndarray, str]:
    """Return the number of each row's group, of each test row's, and what the groups are."""
    grouped = plan.group or "duplicate rows"
    names = [name for name in ([plan.group] if plan.group else features) if name in test.columns]
    rows = pd.concat([frame[names], test[names]])
    if plan.group is not None:
        if not names:
            raise InputError(f"the test table has no column {plan.group!r} to split by")
        _refuse_missing(frame[plan.group], file)
    elif not made_twice(rows, label):
        return np.arange(len(frame)), np.arange(len(frame), len(rows)), ""
    numbers = pd.factorize(row_fingerprints(rows))[0]
    return numbers[: len(frame)], numbers[len(frame) :], grouped


def _given_parts(parts: pd.Series, file: object) -> np.ndarray:
    refuse_where(~parts.isin(PARTS), parts, expected=" or ".join(map(repr, PARTS)), file=file)
    return parts.to_numpy(dtype=object, copy=True)


def _stratified(
    groups: np.ndarray, label: np.ndarray, plan: SplitPlan, seed: int, *, fixed_test: bool
) -> np.ndarray:
    group_label = np.zeros(groups.max() + 1)
    np.maximum.at(group_label, groups, label)
    part = np.full(len(group_label), "train", dtype=object)
    rest = np.arange(len(group_label))
    try:
        if not fixed_test:
            rest, chosen = _draw(rest, plan.test_fraction, group_label, seed)
            part[chosen] = "test"
        _, chosen = _draw(rest, plan.validation_fraction, group_label, seed)
    except ValueError as error:
        raise InputError(
            f"the table is too small to split ({len(label)} rows, {int(label.sum())} purchases; {error})",
            expected="some dozens of rows with both labels",
        ) from error
    part[chosen] = "validation"
    return part[groups]


def _draw(groups: np.ndarray, share: float, group_label: np.ndarray, seed: int) -> list[np.ndarray]:
    """Divide groups in two, with the same rate of purchasing ones where they are not too few for that."""
    strata = group_label[groups]
    _, counts = np.unique(strata, return_counts=True)
    enough = counts.min() > 1 and min(share, 1 - share) * len(groups) >= len(counts)
    stratify = strata if enough else None
    return train_test_split(groups, test_size=share, random_state=seed, stratify=stratify)


def _times(times: pd.Series, file: object) -> pd.Series:
    _refuse_missing(times, file)
    if pd.api.types.is_numeric_dtype(times) or pd.api.types.is_datetime64_any_dtype(times):
        return times
    numbers = pd.to_numeric(times, errors="coerce")  # the cells of a CSV file are text
    if numbers.notna().all():
        return numbers
    parsed = pd.to_datetime(times, format="ISO8601", errors="coerce", utc=True)
    expected = "a number or an ISO 8601 date, such as 2026-11-24 or 2026-11-24T09:30:00Z"
    refuse_where(parsed.isna(), times, expected=expected, file=file)
    return parsed


def _refuse_missing(values: pd.Series, file: object) -> None:
    found = "the value to split by is missing ({count} such rows)"
    missing = values.isna() | (values.astype(str) == "")
    refuse_where(missing, values, found, expected="a value in every row", file=file)


def _by_time(
    time: pd.Series, groups: np.ndarray, plan: SplitPlan, *, fixed_test: bool
) -> tuple[np.ndarray, int]:
    rank = time.rank(method="min", pct=True).to_numpy()  # equal times fall on the same side
    border = 1.0 if fixed_test else 1 - plan.test_fraction
    earlier = border * (1 - plan.validation_fraction)
    part = np.where(rank > border, "test", np.where(rank > earlier, "validation", "train")).astype(object)
    crossing = np.zeros(len(part), dtype=bool)
    for later, before in (("test", ("train", "validation")), ("validation", ("train",))):
        crossing |= np.isin(groups, groups[part == later]) & np.isin(part, before)
    part[crossing] = "rejected"
    return part, int(crossing.sum())
