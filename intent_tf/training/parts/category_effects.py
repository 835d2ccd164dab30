"""What each category adds to the label's logit, where there are too many for trees to ask for one by one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from intent_tf.columns.held_out_logits import held_out_logits
from intent_tf.data.predictions import FloatArray, IntArray
from intent_tf.models.parts.tree_part import tree_columns
from intent_tf.training.parts.part_rows import PartRows


@dataclass(frozen=True)
class CategoryEffects:
    """Cross-fitted effects of the categories of some columns.

    The effect of a category is a Newton step from what the other columns say to what its rows say, shrunk
    the more the fewer they are and the less effects differ (nearly the posterior mean of a mixed model)::

        effect = Σ weight · (label − p) / (Σ weight · p · (1 − p) + 1 / variance of the effects)

    Args:
        rows: Training rows.
        ids: Those of the columns that have effects, int ``(rows, columns)``.
        logits: What trees on the other columns say of each row that they have not seen, ``(rows,)``.

    References:
        - Pargent et al. (2022), Regularized Target Encoding Outperforms Traditional Methods in Supervised
          Machine Learning with High Cardinality Features.
    """

    rows: PartRows
    ids: NDArray[np.int32]
    logits: FloatArray

    @classmethod
    def of(cls, rows: PartRows, seed: int) -> "CategoryEffects":
        """Predict each row without the columns that have effects: those of many categories."""
        many = rows.effect_columns
        columns = tree_columns(rows.features, rows.input_dims, many)
        # Without other columns nothing is known of a row but the rate.
        known = bool(many and columns)
        others = np.concatenate(columns, axis=1) if known else np.zeros((len(rows.labels), 0))
        folds = rows.folds(seed, most=len(rows.labels)) if known else []
        return cls(rows, rows.categories[:, many], held_out_logits(others, rows.labels, folds, seed))

    def table(self, column: int, learnt: IntArray) -> FloatArray:
        """Compute the effect of each id of a column, ``(ids,)``, by some of the rows."""
        ids, size = self.ids[learnt, column], int(self.ids[:, column].max()) + 1
        weight, p = self.rows.labels.effective_weight[learnt], expit(self.logits[learnt])
        residual, curvature, noise = (
            np.bincount(ids, each, minlength=size)
            for each in (
                weight * (self.rows.labels.label[learnt] - p),
                weight * p * (1 - p),
                weight**2 * p * (1 - p),
            )
        )
        variance = (residual**2 - noise).sum() / max((curvature**2).sum(), 1e-9)
        return residual / (curvature + 1 / max(variance, 1e-6))

    def columns(self, learnt: IntArray, seed: int) -> FloatArray:
        """Compute the effects of all rows' categories by some rows, ``(rows, columns)``.

        Those of the learnt rows themselves come from folds without the row: else a row would learn by its own
        label, and trees would take for an effect what is chance.
        """
        effects = np.empty(self.ids.shape)
        if not effects.size:
            return effects
        effects[learnt] = 0.0  # where no folds can be made
        inner = [(learnt[fit], learnt[own]) for fit, own in self.rows.take(learnt).folds(seed, len(learnt))]
        others = np.setdiff1d(np.arange(len(self.ids)), learnt)
        for column, ids in enumerate(self.ids.T):
            for fit, own in [(learnt, others), *inner]:
                effects[own, column] = self.table(column, fit)[ids[own]]
        return effects
