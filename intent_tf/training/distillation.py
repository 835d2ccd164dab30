"""Lets a model learn from a larger one: the probabilities of a teacher beside the labels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from intent_tf.columns.prepared import PreparedData
from intent_tf.columns.rows import Rows
from intent_tf.data.specification import FeatureSpecification
from intent_tf.errors import InputError
from intent_tf.models.intent_model import IntentModel
from intent_tf.options.distillation import DistillationConfig
from intent_tf.options.training import TrainingConfig
from intent_tf.training.distillation_loss import DistillationLoss
from intent_tf.training.recombination import recombine


def distillation_loss(config: DistillationConfig, training: TrainingConfig) -> DistillationLoss | None:
    """Return the loss of a model with a teacher; None without one.

    Args:
        config: Names the teacher.
        training: How the model is trained.

    Raises:
        InputError: If another loss is asked for.
    """
    if config.teacher is None:
        return None
    if not training.has_plain_loss:
        raise InputError(
            "a teacher is given",
            expected="the plain loss binary_crossentropy with it",
            remedy="leave out --preset, --loss, --positive-weight and label_flip",
        )
    return DistillationLoss(share=config.alpha)


def rows_to_recombine(specification: FeatureSpecification) -> int:
    """Return how many rows to make of each training row: one where there are sentences to exchange.

    Args:
        specification: The columns of the training rows.
    """
    return 1 if specification.of_kind("text") else 0


def with_teacher(
    data: PreparedData,
    teacher: IntentModel,
    *,
    unlabelled: pd.DataFrame | None = None,
    recombined: int = 0,
    seed: int = 0,
) -> PreparedData:
    """Put the teacher's probabilities beside the training rows' labels, and add rows that it alone labels.

    The teacher scores each row once, before training. In every step of every epoch, as
    `keras.distillation.Distiller` has it, a fine-tuned BERT would take most of the time. That class also
    wants both models to take the same tensors, and its losses are made for several logits a row, not for one.

    The teacher's probabilities are taken as they are before its calibrator, which may make many shades one;
    the student gets a calibrator of its own.

    Args:
        data: The student's rows.
        teacher: A trained model; it may take other features of the same raw columns.
        unlabelled: Further rows with the columns of both models.
        recombined: Number of rows to make of each training row; see `recombine`.
        seed: Seed of the recombination.

    Returns:
        The same with ``train.label`` ``(rows, 2)``: label and teacher's probability. A row without a label
        has the probability as both.

    Raises:
        InputError: If the teacher needs a column that the rows lack.
    """
    teacher = teacher.with_calibration(None, teacher.threshold)
    train, preprocessor = data.train, data.preprocessor
    taught = np.stack([train.label, teacher.predict(train.frame)], axis=1)
    parts = [Rows(train.frame, train.features, taught, train.weight)]
    further = [] if unlabelled is None else [unlabelled]
    if recombined:
        further.append(recombine(train.frame, data.specification.of_kind("text"), recombined, seed))
    for frame in further:
        probabilities = teacher.predict(frame)
        parts.append(Rows.of(frame, preprocessor, np.stack([probabilities] * 2, axis=1)))
    return replace(data, train=parts[0].joined(*parts[1:]))
