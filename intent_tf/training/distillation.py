"""Lets a model learn from a larger one: the probabilities of a teacher in place of the labels."""

from dataclasses import replace

import pandas as pd

from intent_tf.columns.kinds.registry import prose
from intent_tf.columns.prepared import PreparedData
from intent_tf.columns.rows import Rows
from intent_tf.data.specification import FeatureSpecification
from intent_tf.errors import InputError
from intent_tf.models.intent_model import IntentModel
from intent_tf.options.distillation import DistillationConfig
from intent_tf.options.training import TrainingConfig
from intent_tf.training.recombination import recombine


def check_loss(config: DistillationConfig, training: TrainingConfig) -> None:
    """Refuse another loss than the plain one beside a teacher.

    Raises:
        InputError: If there is a teacher, and another loss is asked for.
    """
    if config.teacher is not None and not training.has_plain_loss:
        raise InputError(
            "a teacher is given",
            expected="the plain loss binary_crossentropy with it",
            remedy="leave out --preset, --loss and label_flip",
        )


def rows_to_recombine(specification: FeatureSpecification) -> int:
    """Return how many rows to make of each training row: one where there are sentences to exchange.

    Args:
        specification: The columns of the training rows.
    """
    return 1 if prose(specification) else 0


def with_teacher(
    data: PreparedData,
    teacher: IntentModel,
    *,
    unlabelled: pd.DataFrame | None = None,
    recombined: int = 0,
    seed: int = 0,
) -> PreparedData:
    """Put the teacher's probabilities in the place of the training rows' labels, and add further rows.

    Labels beside them added nothing (`benchmarks/NOTES.md`).

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
        The same with the teacher's probabilities as ``train.label``.

    Raises:
        InputError: If the teacher needs a column that the rows lack, or labels are graded.

    Reference:
        Hinton, Vinyals & Dean (2015), Distilling the Knowledge in a Neural Network; at a temperature of 1.
    """
    teacher = teacher.with_calibration(None, teacher.threshold)
    train, preprocessor = data.train, data.preprocessor
    if train.grade is not None:
        raise InputError("a teacher is given, and labels are graded", remedy="learn from labels of purchases")
    parts = [Rows(train.frame, train.features, teacher.predict(train.frame), train.weight)]
    further = [] if unlabelled is None else [unlabelled]
    if recombined:
        further.append(recombine(train.frame, prose(data.specification), recombined, seed))
    for frame in further:
        parts.append(Rows.of(frame, preprocessor, teacher.predict(frame)))
    return replace(data, train=parts[0].joined(*parts[1:]))
