"""The encoder of texts and sessions, and how it is fine-tuned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from intent_tf.errors import InputError

Pooling = Literal["mean", "cls", "cnn"]
"""How the vectors of a row's subwords become one."""


@dataclass(frozen=True)
class EncoderConfig:
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

    #: The options that --help shows; --help-all shows all.
    COMMON: ClassVar[tuple[str, ...]] = ("encoder",)

    encoder: str | None = None
    trust: bool = False
    pooling: Pooling = "mean"
    tuning: Literal["all", "frozen"] = "all"
    encoder_tokens: int = 128
    encoder_epochs: int = 2
    encoder_batch_size: int = 32
    encoder_learning_rate: float = 5e-5

    def __post_init__(self) -> None:
        for name in ("encoder_epochs", "encoder_batch_size"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}", expected="at least 1")
        if not self.encoder_learning_rate > 0:
            raise InputError(
                f"encoder_learning_rate is {self.encoder_learning_rate}", expected="a positive number"
            )
