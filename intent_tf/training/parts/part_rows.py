"""The rows that parts are fitted on: the features that the model's own graph computed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from intent_tf.columns.prepared import PreparedData
from intent_tf.data.cleaning import row_fingerprints
from intent_tf.data.folds import Folds, stratified_folds
from intent_tf.data.predictions import FloatArray, IntArray, Labels
from intent_tf.models.parts.category_crosses import CategoryCrosses

#: Folds of the rows, of which each is predicted by what was fitted on the others; of many rows fewer folds.
FOLDS, MANY_ROWS, FOLDS_OF_MANY = 5, 20_000, 3
#: Rows from which on those that the network has not seen say enough, and no folds are made.
ENOUGH_UNSEEN = 100_000
#: Rows of each class without which nothing is judged.
LEAST_OF_A_CLASS = 20
#: Ids of a category column that trees ask for one by one.
MOST_CATEGORIES = 1000
#: Features of a table: those of texts and sequences are for the network alone.
_FEATURES = ("numbers", "missing", "categories")


@dataclass(frozen=True)
class PartRows:
    """Features of some rows as arrays.

    Args:
        features: What the model's own graph made of the rows, of that which parts read: scores float32
            ``(rows, numbers)`` with what is missing marked beside them, and ids int32 ``(rows, categories)``.
        labels: Labels and weights.
        unseen: Whether the network has not learnt from a row, bool ``(rows,)``.
        groups: What rows that belong together share, ``(rows,)``; None where each stands alone.
        is_random: Whether the rows that the network has not seen were drawn at random.
        twins: What records that were made twice share, ``(rows,)``; None where there are none.
    """

    features: Mapping[str, NDArray[Any]]
    labels: Labels
    unseen: NDArray[np.bool_]
    groups: IntArray | None = None
    is_random: bool = True
    twins: IntArray | None = None

    @classmethod
    def of(cls, data: PreparedData) -> "PartRows":
        """Take train rows, and after them validation rows, which the network has not seen."""
        both, group = (data.train, data.validation), data.split.group
        features = {
            name: np.concatenate([rows.features[name] for rows in both])
            for name in _FEATURES
            if name in data.train.features
        }
        train, validation = (Labels(rows.label, rows.weight) for rows in both)
        unseen = np.repeat([False, True], [len(train), len(validation)])
        frames = [rows.frame[group].astype(str) for rows in both] if group else []
        groups = pd.concat(frames).factorize()[0] if frames else None
        twins = None
        if data.split.keeps_duplicates_together:
            names = [column.name for column in data.specification.columns]
            twins = row_fingerprints(pd.concat([rows.frame[names] for rows in both])).factorize()[0]
        return cls(features, train.joined(validation), unseen, groups, data.split.is_random, twins)

    @property
    def categories(self) -> NDArray[np.int32]:
        """The ids, ``(rows, categories)``, of no column where there are none."""
        return self.features.get("categories", np.zeros((len(self.labels), 0), np.int32))

    @property
    def input_dims(self) -> tuple[int, ...]:
        """Number of ids of each category column."""
        return tuple(int(ids.max()) + 1 for ids in self.categories.T)

    def crossed(self, crosses: CategoryCrosses) -> NDArray[np.int32]:
        """Compute the ids of crosses, ``(rows, crosses)``."""
        if not crosses.crosses:
            return np.zeros((len(self.labels), 0), np.int32)
        return np.asarray(crosses(self.features))

    @property
    def is_constant(self) -> bool:
        """Whether all rows are alike, or there is no feature."""
        return all(bool((each == each[:1]).all()) for each in self.features.values())

    @property
    def effect_columns(self) -> list[int]:
        """Category columns of so many ids that trees ask for their effects."""
        return [column for column, size in enumerate(self.input_dims) if size > MOST_CATEGORIES]

    def take(self, rows: IntArray) -> "PartRows":
        """Return some of the rows."""
        features = {name: part[rows] for name, part in self.features.items()}
        groups, twins = (each if each is None else each[rows] for each in (self.groups, self.twins))
        return PartRows(features, self.labels.take(rows), self.unseen[rows], groups, self.is_random, twins)

    def judging_folds(self, seed: int) -> Folds:
        """Choose the folds by which parts are judged: rows to fit on, and rows left.

        Only those rows are left that the network has not seen where they were not drawn at random, but are
        later, or set apart by somebody who knows which rows belong together; or where rows are so many that
        these are enough. Else each row is left once, by `folds`.
        """
        seen, unseen = np.flatnonzero(~self.unseen), np.flatnonzero(self.unseen)
        many = len(self.labels) > ENOUGH_UNSEEN
        if not self.is_random and len(unseen):
            many |= min(self.labels.take(unseen).effective_sizes) >= LEAST_OF_A_CLASS
        return [(seen, unseen)] if many else self.folds(seed)

    def folds(self, seed: int) -> Folds:
        """Part the rows into folds of about the same rate, groups and twins as a whole.

        Of one group there is no fold, nor one that lacks a class.
        """
        count = FOLDS if len(self.labels) < MANY_ROWS else FOLDS_OF_MANY
        count = count if self.groups is None else min(count, len(np.unique(self.groups)))
        if count < 2:
            return []
        label, found = self.labels.label, stratified_folds(self.labels.label, count, seed, self.groups)
        if self.twins is not None:
            found = _with_twins(found, self.twins)
        return [fold for fold in found if all(0 < label[rows].mean() < 1 for rows in fold)]


def _with_twins(folds: Folds, twins: IntArray) -> Folds:
    """Leave the twins of a row in its fold."""
    fold = np.empty(len(twins), int)
    for number, (_, left) in enumerate(folds):
        fold[left] = number
    _, first, same = np.unique(twins, return_index=True, return_inverse=True)
    fold = fold[first[same]]
    return [(np.flatnonzero(fold != each), np.flatnonzero(fold == each)) for each in range(len(folds))]


def log_loss(labels: Labels, logits: FloatArray) -> float:
    """Take the weighted mean log loss, in nats, of logits ``(rows,)``, without rows that have none (NaN)."""
    known = np.isfinite(logits)
    each = np.logaddexp(0, logits[known]) - labels.label[known] * logits[known]
    return float(np.average(each, weights=labels.weight[known]))
