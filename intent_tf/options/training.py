"""The model and how it is trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from intent_tf.errors import InputError
from intent_tf.nearest import nearest

Preset = Literal["default", "article"]
Loss = Literal["binary_crossentropy", "mse", "focal"]

#: The changes of training rows that can be asked for.
AUGMENTATIONS = ("token_dropout", "swap", "span_mask", "crop_concatenate", "label_flip")


def default_loss(preset: Preset) -> Loss:
    """Return the loss of a preset."""
    return "mse" if preset == "article" else "binary_crossentropy"


@dataclass(frozen=True)
class TrainingConfig:
    """The model and how it is trained.

    Args:
        preset: "article" is the article's code as printed (sigmoid bottleneck, MSE; it provably does not
            learn on text); "default" is the same extractor without the bottleneck, and more beside it.
        loss: Loss; binary cross-entropy for "default", mse for "article", unless given.
        positive_weight: Weight of a purchase in cross-entropy, where another row weighs 1; probabilities stay
            probabilities.
        epochs: Passes over the training rows at most.
        patience: Epochs without a better validation log loss before training stops; by default 5, and 15 for
            tables of numbers and categories only, whose loss may rise for some epochs before it falls on.
        batch_size: Rows a step; by default 256, and less (at least 32) where an epoch of the table would have
            fewer than 32 steps.
        learning_rate: Step size of Adam.
        token_learning_rate_multiplier: Step size of the extractors of tokens over that of the rest: they have
            most of the weights, and memorise rows soonest.
        ema_momentum: Momentum of the weights' moving average, in [0, 1); 0 turns it off.
        dropout: Share of hidden outputs dropped in training, in [0, 1).
        ensemble_size: Networks in the ensemble that the predictor is.
        kernel_sizes: Tokens under a filter of the extractor; several give several convolutions.
        filters: Filters for each kernel size.
        output_dim: Width of a token's vector.
        token_buckets: Rows of a table that tokens share by a hash, which takes less memory; every token has
            a row of its own, unless given.
        checkpoint_batches: Batches from one checkpoint to the next within an epoch, which `--resume` goes on
            from; by default there is one after each epoch only.
        augment: Changes of training rows by rate, such as token_dropout=0.1,swap=0.05 (token_dropout, swap,
            span_mask, crop_concatenate, label_flip; the loss undoes the bias of flipped labels).
    """

    #: The options that --help shows; --help-all shows all.
    COMMON: ClassVar[tuple[str, ...]] = ("preset", "epochs", "batch_size", "learning_rate")

    preset: Preset = "default"
    loss: Loss | None = None
    positive_weight: float = 1.0
    epochs: int = 40
    patience: int | None = None
    batch_size: int | None = None
    learning_rate: float = 3e-3
    token_learning_rate_multiplier: float = 0.2
    ema_momentum: float = 0.99
    dropout: float = 0.1
    ensemble_size: int = 16
    kernel_sizes: tuple[int, ...] = (3,)
    filters: int = 128
    output_dim: int = 128
    token_buckets: int | None = None
    checkpoint_batches: int | None = None
    augment: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        counts = (
            "epochs",
            "patience",
            "batch_size",
            "ensemble_size",
            "filters",
            "output_dim",
            "token_buckets",
        )
        for name in (*counts, "checkpoint_batches"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"{name} is {value}", expected="at least 1")
        for name in ("ema_momentum", "dropout"):
            if not 0 <= getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}", expected="a share in [0, 1)")
        for name in ("learning_rate", "token_learning_rate_multiplier", "positive_weight"):
            if not getattr(self, name) > 0:
                raise InputError(f"{name} is {getattr(self, name)}", expected="a positive number")
        if self.positive_weight != 1 and (self.loss or default_loss(self.preset)) != "binary_crossentropy":
            raise InputError("positive_weight is given", expected="the loss binary_crossentropy with it")
        if self.token_buckets and self.preset == "article":
            raise InputError("the article has a full table", remedy="leave out --token-buckets")
        for name in self.augment:
            if name not in AUGMENTATIONS:
                raise InputError(
                    f"no augmentation {name!r}{nearest(name, AUGMENTATIONS)}",
                    expected=", ".join(AUGMENTATIONS),
                )
        if self.label_flip and self._weighs_rows:
            raise InputError("label_flip is given", expected="the plain loss binary_crossentropy with it")

    @property
    def has_plain_loss(self) -> bool:
        """Whether the loss is binary cross-entropy of labels that are what they are."""
        return not self._weighs_rows and not self.label_flip

    @property
    def _weighs_rows(self) -> bool:
        return (self.loss or default_loss(self.preset), self.positive_weight) != ("binary_crossentropy", 1)

    @property
    def label_flip(self) -> float:
        """Share of labels that are flipped, which the loss undoes."""
        return self.augment.get("label_flip", 0.0)

    def batch_size_for(self, rows: int) -> int:
        """Choose the batch size for a number of training rows, unless it is given.

        Example:
            >>> [TrainingConfig().batch_size_for(rows) for rows in (500, 3_200, 1_000_000)]
            [32, 100, 256]
        """
        return self.batch_size or min(256, max(32, rows // 32))
