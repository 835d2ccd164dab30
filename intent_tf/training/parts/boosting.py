"""The trees of a model: how many of them pay is chosen by folds, whichever library grows them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from intent_tf.data.predictions import FloatArray, Labels
from intent_tf.layers.trees.tree_ensemble import TreeEnsemble
from intent_tf.models.parts.tree_part import TreePart, tree_columns
from intent_tf.training.parts.category_effects import CategoryEffects
from intent_tf.trees import FittedTrees

#: Trees at most, and trees without a better log loss after which a fold adds no more.
ROUNDS, PATIENCE = 2000, 50
LEARNING_RATE = 0.05
#: Final fits, whose mean is served, and their trees for each tree that a fold found best: they see more rows.
_FITS, _MORE_TREES = 2, 1.15


class TreeTable(NamedTuple):
    """What trees split: the last ``ids`` columns of ``columns``, float32 ``(rows, columns)``, are ids."""

    columns: FloatArray
    ids: int
    labels: Labels

    @property
    def is_constant(self) -> bool:
        """Whether all rows are alike, so that nothing can be asked."""
        first = self.columns[:1]
        return bool(((self.columns == first) | (np.isnan(self.columns) & np.isnan(first))).all())

    def take(self, rows: Any) -> "TreeTable":
        """Return some of the rows."""
        return TreeTable(self.columns[rows], self.ids, self.labels.take(rows))


class Stopped(NamedTuple):
    """Trees that stopped by rows left out: their log loss there, their number, and their logits there."""

    loss: float
    rounds: int
    logits: FloatArray


class Grower(ABC):
    """A library that grows trees.

    Class attributes:
        name: Of the part.
        most_categories: Ids of a column at most that it can ask for one by one.
        sizes: Of the trees, in the library's own measure, of which the first fold chooses.
    """

    name: str
    most_categories: int
    sizes: Sequence[int]

    @abstractmethod
    def grow(self, size: int, table: TreeTable, left: TreeTable, seed: int) -> Stopped:
        """Grow trees until they no longer get better on the rows left out."""

    @abstractmethod
    def regrow(self, size: int, rounds: int, table: TreeTable, seed: int) -> tuple[FittedTrees, Any]:
        """Grow a number of trees; return them as arrays, and the library's own model."""

    def writer(self, models: Sequence[Any]) -> Callable[[Path], object] | None:
        """Return what writes the mean of models as the library does; None if it has no format of its own."""
        return None


def fit_trees(grower: Grower, effects: CategoryEffects, seed: int = 0) -> tuple[TreePart, FloatArray]:
    """Grow trees on training rows.

    A category is asked for by its name (one-hot), not by statistics of its labels, which measured worse; but
    of a column with more than 1,000 categories, and of columns whose categories act together, by cross-fitted
    effects (see `CategoryEffects`). How many trees, and how large, is chosen by folds of the rows.

    Args:
        grower: The library.
        effects: Training rows, with numbers or categories, and the effects of their categories.
        seed: Seed of folds and trees.

    Returns:
        The part, fitted on all rows; and the logits ``(rows,)`` of trees of folds that had not seen the row,
        NaN for rows of no fold.
    """
    rows, many = effects.rows, effects.rows.effect_columns
    known = tuple(
        size if column in many else min(size, grower.most_categories)
        for column, size in enumerate(rows.input_dims)
    )
    every = np.arange(len(rows.labels))

    def table(learnt: Any) -> TreeTable:
        columns = tree_columns(rows.features, known, many, effects.values(learnt, seed))
        return TreeTable(np.concatenate(columns, axis=1), len(known) - len(many), rows.labels)

    logits, rounds = np.full(len(every), np.nan), []
    sizes, best = grower.sizes, grower.sizes[0]
    for fit, left in rows.judging_folds(seed):
        columns = table(fit)
        seen, asked = columns.take(fit), columns.take(left)
        if seen.is_constant:
            continue
        stopped = {size: grower.grow(size, seen, asked, seed) for size in sizes}
        best = min(stopped, key=lambda size: stopped[size].loss)
        sizes = (best,)
        logits[left] = stopped[best].logits
        rounds.append(stopped[best].rounds)
    count = max(1, round(_MORE_TREES * float(np.mean(rounds or [1]))))
    columns = table(every)
    again = [grower.regrow(best, count, columns, seed + number) for number in range(_FITS)]
    ensemble = TreeEnsemble(FittedTrees.mean([trees for trees, _ in again]), name="trees")
    part = TreePart(ensemble, known, effects.crosses if effects.crosses.crosses else None, name=grower.name)
    part.build()
    part.assign([effects.table(column, every) for column in range(len(effects.crosses.crosses))])
    part.write_own_format = grower.writer([model for _, model in again])
    return part, logits
