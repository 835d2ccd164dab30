"""The linear part of a model: a logistic regression of its features."""

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from intent_tf.data.predictions import FloatArray
from intent_tf.models.parts.category_crosses import CategoryCrosses
from intent_tf.models.parts.linear_part import LinearPart
from intent_tf.training.parts.part_rows import PartRows, log_loss

#: Inverses of the L2 penalty, of which the folds choose.
_INVERSE_PENALTIES = (0.01, 0.1, 1.0)


def fit_linear(rows: PartRows, crosses: CategoryCrosses, seed: int = 0) -> tuple[LinearPart, FloatArray]:
    """Fit a logistic regression of normal scores, missing flags, one-hot categories and combinations of them.

    Args:
        rows: Training rows, with numbers or categories.
        crosses: The columns whose combinations count.
        seed: Seed of the folds, which choose the penalty.

    Returns:
        The part, fitted on all rows, and the logits ``(rows,)`` of folds that had not seen the row; NaN
        for rows of no fold.
    """
    columns, folds = _columns(rows, crosses), rows.judging_folds(seed)
    label, weight = rows.labels.label, rows.labels.weight
    found = {}
    for inverse in _INVERSE_PENALTIES:
        logits = np.full(len(label), np.nan)
        for fit, held_out in folds:
            model = _model(inverse).fit(columns[fit], label[fit], weight[fit])
            logits[held_out] = model.decision_function(columns[held_out])
        found[inverse] = (log_loss(rows.labels, logits), logits)
    inverse = min(found, key=lambda inverse: found[inverse][0])
    model = _model(inverse).fit(columns, label, weight)
    numbers = rows.features["numbers"].shape[1] if "numbers" in rows.features else 0
    part = LinearPart(numbers, rows.input_dims, crosses if crosses.crosses else None, name="linear")
    part.build()
    part.assign(float(model.intercept_[0]), model.coef_[0])
    return part, found[inverse][1]


def _model(inverse: float) -> LogisticRegression:
    return LogisticRegression(C=inverse, max_iter=1000)


def _columns(rows: PartRows, crosses: CategoryCrosses) -> sparse.csr_matrix:
    numbers = [rows.features[name] for name in ("numbers", "missing") if name in rows.features]
    one_hot = [
        sparse.csr_matrix(
            (ids > 0, (np.arange(len(ids)), ids)), shape=(len(ids), size), dtype=np.float32
        )  # an unknown category says nothing
        for ids, size in zip(rows.categories.T, rows.input_dims, strict=True)
    ]
    one_hot += [
        sparse.csr_matrix((np.ones(len(ids)), (np.arange(len(ids)), ids)), shape=(len(ids), size))
        for ids, size in zip(rows.crossed(crosses).T, crosses.sizes, strict=True)
    ]
    return sparse.hstack([*map(sparse.csr_matrix, numbers), *one_hot]).tocsr()
