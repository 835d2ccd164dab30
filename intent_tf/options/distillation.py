"""Learning from a larger model."""

from dataclasses import dataclass, field

from intent_tf.errors import InputError
from intent_tf.options.checked import Checked
from intent_tf.options.input_file import MODEL, TABLE


@dataclass(frozen=True)
class DistillationConfig(Checked):
    """Learning from a larger model.

    Args:
        teacher: Learn this model's probabilities instead of the labels: a folder that train wrote, such as
            that of a fine-tuned BERT.
        unlabelled: Table of further rows, without labels, for the teacher to score and the model to learn.
    """

    teacher: str | None = field(default=None, metadata=MODEL)
    unlabelled: str | None = field(default=None, metadata=TABLE)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.unlabelled and self.teacher is None:
            raise InputError(
                "--unlabelled is given, and nobody to score its rows", remedy="name a model with --teacher"
            )
