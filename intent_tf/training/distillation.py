"""Lets a model learn from a larger one: the probabilities of a teacher beside the labels."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from intent_tf.columns.prepared import PreparedData
from intent_tf.columns.rows import Rows
from intent_tf.data.specification import FeatureSpecification
from intent_tf.errors import InputError
from intent_tf.models.intent_model import IntentModel
from intent_tf.training.distillation_loss import DistillationLoss
from intent_tf.training.recombination import recombine
from intent_tf.training.training import TrainingConfig


@dataclass(frozen=True)
class DistillationConfig:
    """Learning from a larger model.

    Args:
        teacher: Learn this model's probabilities beside the labels: a folder that train wrote, such as that
            of a fine-tuned BERT.
        temperature: Divides the logits of both models; above 1, shades between sure probabilities count more.
        alpha: Weight of the teacher's probabilities in the loss, in (0, 1]; labels have the rest.
        unlabelled: Table of further rows, without labels, for the teacher to score and the model to learn.
        recombined: Rows to make of each training row, out of its sentences and another's, for the same; by
            default 1 where there are columns of text.
    """

    teacher: str | None = None
    temperature: float = 1.0
    alpha: float = 1.0
    unlabelled: str | None = None
    recombined: int | None = None

    def __post_init__(self) -> None:
        if not self.temperature > 0:
            raise InputError(f"temperature is {self.temperature}", expected="a positive number")
        if not 0 < self.alpha <= 1:
            raise InputError(f"alpha is {self.alpha}", expected="a share in (0, 1]")
        if self.recombined is not None and self.recombined < 0:
            raise InputError(f"recombined is {self.recombined}", expected="0 or more")
        for name in ("unlabelled", "recombined"):
            if getattr(self, name) and self.teacher is None:
                raise InputError(
                    f"--{name} is given, and nobody to score its rows",
                    remedy="name a model with --teacher",
                )

    def loss(self, training: TrainingConfig) -> DistillationLoss | None:
        """Return the loss of a model with a teacher; None without one.

        Raises:
            InputError: If another loss is asked for.
        """
        if self.teacher is None:
            return None
        if not training.has_plain_loss:
            raise InputError(
                "a teacher is given",
                expected="the plain loss binary_crossentropy with it",
                remedy="leave out --preset, --loss, --positive-weight and label_flip",
            )
        return DistillationLoss(self.temperature, self.alpha)

    def further_rows(self, specification: FeatureSpecification) -> int:
        """Return how many rows to make of each training row.

        Args:
            specification: The columns of the training rows.
        """
        if self.recombined is not None:
            return self.recombined
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
