"""What categories add to the label's logit, where trees cannot ask for one by one."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from intent_tf.columns.held_out_logits import held_out_logits
from intent_tf.data.predictions import FloatArray, IntArray
from intent_tf.models.parts.category_crosses import CategoryCrosses
from intent_tf.models.parts.tree_part import tree_columns
from intent_tf.training.parts.found_crosses import additive_logits, held_out_step
from intent_tf.training.parts.part_rows import PartRows
from intent_tf.training.parts.shrunken_effects import shrunken_effects


@dataclass(frozen=True)
class CategoryEffects:
    """Cross-fitted effects of the categories of some columns, and of crosses of columns.

    The effect of a category is a step from what is said of its rows without it to what they say; see
    `shrunken_effects`.

    Args:
        rows: Training rows.
        crosses: The columns that have effects, one by one or together.
        logits: What is said of each row that has not been seen: for a column's effects by trees on the other
            columns, for a cross's by a sum of functions of one column each and of the crosses before it,
            ``(rows, len(crosses))``.

    References:
        - Pargent et al. (2022), Regularized Target Encoding Outperforms Traditional Methods in Supervised
          Machine Learning with High Cardinality Features.
    """

    rows: PartRows
    crosses: CategoryCrosses
    logits: FloatArray

    @classmethod
    def of(cls, rows: PartRows, crosses: CategoryCrosses, seed: int) -> "CategoryEffects":
        """Take the columns of many categories, and crosses."""
        together = crosses.crosses
        many = rows.effect_columns
        columns = tree_columns(rows.features, rows.input_dims, many)
        # Without other columns nothing is known of a row but the rate.
        known = bool(many and columns)
        others = np.concatenate(columns, axis=1) if known else np.zeros((len(rows.labels), 0))
        folds = rows.folds(seed) if known or together else []
        without = held_out_logits(others, rows.labels, folds if known else [], seed)
        logits = [without] * len(many)
        additive = additive_logits(rows, folds, seed) if together else without
        for ids, size in zip(rows.crossed(crosses).T, crosses.sizes, strict=True):
            logits.append(additive)
            additive = additive + held_out_step(ids, size, rows.labels, additive, folds)
        every = np.column_stack(logits) if logits else np.zeros((len(without), 0))
        columns = [*((column,) for column in many), *together]
        return cls(rows, CategoryCrosses(rows.input_dims, columns, crosses.cuts), every)

    @cached_property
    def ids(self) -> NDArray[np.int32]:
        """The category, or the combination, of each row, int ``(rows, len(crosses))``."""
        return self.rows.crossed(self.crosses)

    def table(self, column: int, learnt: IntArray) -> FloatArray:
        """Compute the effect of each id of a column, ``(ids,)``, by some of the rows."""
        ids, labels = self.ids[learnt, column], self.rows.labels.take(learnt)
        return shrunken_effects(ids, self.crosses.sizes[column], labels, self.logits[learnt, column])

    def values(self, learnt: IntArray, seed: int) -> FloatArray:
        """Compute the effects of all rows' categories by some rows, ``(rows, len(crosses))``.

        Those of the learnt rows themselves come from folds without the row: else a row would learn by its own
        label, and trees would take for an effect what is chance.
        """
        effects = np.empty(self.ids.shape)
        if not effects.size:
            return effects
        effects[learnt] = 0.0  # where no folds can be made
        inner = [(learnt[fit], learnt[own]) for fit, own in self.rows.take(learnt).folds(seed)]
        others = np.setdiff1d(np.arange(len(self.ids)), learnt)
        for column, ids in enumerate(self.ids.T):
            for fit, own in [(learnt, others), *inner]:
                effects[own, column] = self.table(column, fit)[ids[own]]
        return effects
