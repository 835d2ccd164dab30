"""What a network says of training rows that it has not seen, where validation rows are too few to decide."""

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import tensorflow as tf

from intent_tf.columns.prepared import PreparedData
from intent_tf.columns.rows import Rows
from intent_tf.data.predictions import FloatArray
from intent_tf.options.training import TrainingConfig
from intent_tf.training.parts.part_rows import PartRows
from intent_tf.training.training import create_model, train_model

#: Fewer training rows than these, or fewer rows of a class, leave too few validation rows to rely on.
FEW_ROWS, FEW_OF_A_CLASS = 5_000, 500


def cross_fitted(data: PreparedData, config: TrainingConfig, seed: int = 0) -> FloatArray | None:
    """Predict training rows by networks of folds that have not seen them, where rows are few.

    How much the parts of a model count, its calibrator and its threshold then rest on all rows instead of on
    some dozens of purchases among the validation rows. The networks themselves are not kept.

    Args:
        data: The rows.
        config: The model and how it is trained.
        seed: Seed of folds and networks.

    Returns:
        Probabilities ``(rows,)`` of the training rows, NaN for rows of no fold; None where there are enough
        rows, where they cannot be folded, and for a network alone.
    """
    if not config.fitted_parts or not isinstance(data.train, Rows):
        return None
    rows = PartRows.of(data.train, data.split.group)
    classes = min(rows.labels.effective_sizes)
    few = len(rows.labels) < FEW_ROWS or classes < FEW_OF_A_CLASS
    if not few or classes < 20 or not (folds := rows.folds(seed)):
        return None
    model = create_model(data, config)
    model.optimizer.build(model.trainable_variables)
    variables = [*model.weights, *model.optimizer.variables]
    start = [tf.identity(variable.value) for variable in variables]
    probability = np.full(len(rows.labels), np.nan)
    for fit, left in folds:
        # One model for all folds, since to compile each would take longer than to train it.
        for variable, value in zip(variables, start, strict=True):
            variable.assign(value)
        part = replace(data, train=data.train.take(fit), validation=data.train.take(left))
        with tempfile.TemporaryDirectory() as folder:
            train_model(model, part, config, Path(folder), seed=seed, verbose=0)
        probability[left] = model.predict(part.validation)
    return probability
