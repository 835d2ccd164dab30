"""Which encoder a model reads with, and how it is fine-tuned."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from intent_tf.errors import InputError
from intent_tf.models.bert.bert_encoder import BertEncoder, Pooling


@dataclass(frozen=True)
class EncoderConfig:
    """The encoder of texts and sessions.

    Args:
        model: "cnn" reads with the article's convolution; "bert" with an encoder, which has to be given.
        encoder: Folder that `pretrain` or `to_hub` wrote, a BERT in Hugging Face's form, a TF-Hub style
            SavedModel, or the name of a KerasHub preset.
        trust: Run the graph of a SavedModel that somebody else made, as encoder or in a teacher.
        pooling: How the subwords' vectors become one: their mean, [CLS] (cls), or Conv1D and maximum (cnn).
        tuning: "all" trains the predictor first and then all weights; "frozen" leaves the encoder as it is,
            so that one pass over the data does.
        encoder_tokens: Word subwords of a row, at most.
        encoder_epochs: Passes over the training rows when all weights are trained.
        encoder_batch_size: Rows a step then.
        encoder_learning_rate: Step size of the encoder's last block.
        layer_decay: Step size of a block over that of the next one, in (0, 1].
        warm_up: Share of the steps in which the step size rises; then it falls to zero.
        encoder_weight_decay: Decoupled decay, not of biases, norms and embeddings.
        clip_norm: Largest norm of a step's gradient.
        accumulation: Batches whose gradients make one step.
        mixed_precision: Compute the encoder in bfloat16, with weights in float32.
    """

    model: Literal["cnn", "bert"] = "cnn"
    encoder: str | None = None
    trust: bool = False
    pooling: Pooling = "mean"
    tuning: Literal["all", "frozen"] = "all"
    encoder_tokens: int = 128
    encoder_epochs: int = 2
    encoder_batch_size: int = 32
    encoder_learning_rate: float = 5e-5
    layer_decay: float = 0.9
    warm_up: float = 0.1
    encoder_weight_decay: float = 0.01
    clip_norm: float = 1.0
    accumulation: int = 1
    mixed_precision: bool = False

    def __post_init__(self) -> None:
        for name in ("encoder_epochs", "encoder_batch_size", "accumulation"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}", expected="at least 1")
        for name in ("encoder_learning_rate", "clip_norm"):
            if not getattr(self, name) > 0:
                raise InputError(f"{name} is {getattr(self, name)}", expected="a positive number")
        if not 0 < self.layer_decay <= 1:
            raise InputError(f"layer_decay is {self.layer_decay}", expected="a number in (0, 1]")
        if not 0 <= self.warm_up < 1:
            raise InputError(f"warm_up is {self.warm_up}", expected="a share in [0, 1)")
        if self.model == "bert" and self.encoder is None:
            raise InputError(
                "no encoder is given",
                remedy="name its folder with --encoder, such as one that pretrain wrote",
            )
        if self.model == "cnn" and self.encoder is not None:
            raise InputError("an encoder is given, and --model is cnn", remedy="add --model bert")

    def open(self) -> BertEncoder | None:
        """Load the encoder; None where the model needs none.

        Raises:
            InputError: If it is not there, no encoder, or not trusted.
        """
        if self.encoder is None:
            return None
        folder = Path(self.encoder)
        if (folder / "saved_model.pb").is_file() and not (folder / "config.json").is_file():
            return BertEncoder.from_hub(
                folder, trust=self.trust, max_tokens=self.encoder_tokens, pooling=self.pooling
            )
        policy = {"dtype": "mixed_bfloat16"} if self.mixed_precision else {}
        return BertEncoder.from_preset(
            self.encoder, max_tokens=self.encoder_tokens, pooling=self.pooling, **policy
        )
