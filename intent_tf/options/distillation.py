"""Learning from a larger model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from intent_tf.errors import InputError
from intent_tf.options.input_file import INPUT_FILE


@dataclass(frozen=True)
class DistillationConfig:
    """Learning from a larger model.

    Args:
        teacher: Learn this model's probabilities beside the labels: a folder that train wrote, such as that
            of a fine-tuned BERT.
        alpha: Weight of the teacher's probabilities in the loss, in (0, 1]; labels have the rest.
        unlabelled: Table of further rows, without labels, for the teacher to score and the model to learn.
    """

    #: The options that --help shows; --help-all shows all.
    COMMON: ClassVar[tuple[str, ...]] = ()

    teacher: str | None = None
    alpha: float = 1.0
    unlabelled: str | None = field(default=None, metadata=INPUT_FILE)

    def __post_init__(self) -> None:
        if not 0 < self.alpha <= 1:
            raise InputError(f"alpha is {self.alpha}", expected="a share in (0, 1]")
        if self.unlabelled and self.teacher is None:
            raise InputError(
                "--unlabelled is given, and nobody to score its rows", remedy="name a model with --teacher"
            )
