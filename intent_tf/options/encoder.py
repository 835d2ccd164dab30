"""The encoder of texts and sessions, and how it is fine-tuned."""

from dataclasses import dataclass, field
from typing import Literal

from intent_tf.options.checked import Checked, Count, Positive
from intent_tf.options.input_file import ENCODER

Pooling = Literal["mean", "cls", "cnn"]
"""How the vectors of a row's subwords become one."""


@dataclass(frozen=True)
class EncoderConfig(Checked):
    """The encoder of texts and sessions.

    Args:
        encoder: What reads texts and sessions in place of the article's convolution: a folder that `pretrain`
            or `to_hub` wrote, a BERT in Hugging Face's form, a TF-Hub style SavedModel, or the name of a
            KerasHub preset.
        trust: Run the graph of a SavedModel that somebody else made, as encoder or in a teacher.
        pooling: How the subwords' vectors become one: their mean, [CLS] (cls), or Conv1D and maximum (cnn).
        tuning: "all" trains the predictor first and then all weights; "frozen" leaves the encoder as it is,
            so that one pass over the data does.
        encoder_tokens: Subwords of a row, at most.
        encoder_epochs: Passes over the training rows when all weights are trained.
        encoder_batch_size: Rows a step then.
        encoder_learning_rate: Step size of the encoder's last block.
    """

    encoder: str | None = field(default=None, metadata=ENCODER)
    trust: bool = False
    pooling: Pooling = "mean"
    tuning: Literal["all", "frozen"] = "all"
    encoder_tokens: Count = 128
    encoder_epochs: Count = 2
    encoder_batch_size: Count = 32
    encoder_learning_rate: Positive = 5e-5
