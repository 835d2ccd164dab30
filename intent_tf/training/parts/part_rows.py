"""The rows that parts are fitted on: the features that the model's own graph computed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from intent_tf.columns.rows import Rows
from intent_tf.data.predictions import FloatArray, IntArray, Labels

#: Folds of the training rows, of which each is predicted by what was fitted on the others; and the rows from
#: which on one of the folds says enough.
FOLDS, ONE_FOLD = 5, 100_000


@dataclass(frozen=True)
class PartRows:
    """Features of some rows as arrays.

    Args:
        numbers: Scores, NaN where a number is missing, float32 ``(rows, numbers)``.
        categories: Ids, int32 ``(rows, categories)``; 0 is unknown.
        labels: Labels and weights.
        groups: What rows that belong together share, ``(rows,)``; None where each stands alone.
    """

    numbers: FloatArray
    categories: NDArray[np.int32]
    labels: Labels
    groups: IntArray | None = None

    @classmethod
    def of(cls, rows: Rows, group: str | None = None) -> "PartRows":
        """Take the features of rows, and the column that groups them."""
        none = np.zeros((len(rows), 0), np.float32)
        numbers = np.asarray(rows.features.get("numbers", none))
        missing = np.asarray(rows.features.get("missing", none))
        categories = np.asarray(rows.features.get("categories", none), np.int32)
        groups = None if group is None else rows.frame[group].astype(str).factorize()[0]
        labels = Labels(rows.label, rows.weight)
        return cls(np.where(missing > 0, np.nan, numbers), categories, labels, groups)

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.numbers.shape[1] + self.categories.shape[1]

    @property
    def input_dims(self) -> tuple[int, ...]:
        """Number of ids of each category column."""
        return tuple(int(ids.max()) + 1 for ids in self.categories.T)

    def folds(self, seed: int) -> list[tuple[IntArray, IntArray]]:
        """Part the rows into folds of about the same rate, groups as a whole: rows to fit on, rows left.

        Of many rows only the first fold is returned.
        """
        kind = StratifiedKFold if self.groups is None else StratifiedGroupKFold
        folds = kind(FOLDS, shuffle=True, random_state=seed)
        found = list(folds.split(self.numbers, self.labels.label > 0.5, self.groups))
        return found[:1] if len(self.labels) > ONE_FOLD else found


def log_loss(labels: Labels, logits: FloatArray) -> float:
    """Take the weighted mean log loss, in nats, of logits ``(rows,)``, without rows that have none (NaN)."""
    known = np.isfinite(logits)
    each = np.logaddexp(0, logits[known]) - labels.label[known] * logits[known]
    return float(np.average(each, weights=labels.weight[known]))
