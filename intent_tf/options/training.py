"""The model and how it is trained."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from intent_tf.errors import InputError
from intent_tf.nearest import nearest
from intent_tf.options.checked import Checked, Count, Positive, ShareFromZero

Preset = Literal["default", "article"]
Part = Literal["network", "trees", "linear"]
Loss = Literal["binary_crossentropy", "mse", "focal"]

#: The changes of training rows that can be asked for.
AUGMENTATIONS = ("token_dropout", "swap", "label_flip")


def default_loss(preset: Preset) -> Loss:
    """Return the loss of a preset."""
    return "mse" if preset == "article" else "binary_crossentropy"


@dataclass(frozen=True)
class TrainingConfig(Checked):
    """The model and how it is trained.

    Args:
        preset: "article" is the article's code as printed (sigmoid bottleneck, MSE; it provably does not
            learn on text); "default" is the same extractor without the bottleneck, and more beside it.
        loss: Loss; binary cross-entropy for "default", mse for "article", unless given.
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
        parts: What the model is made of: the network always; trees and a linear part where they help. The
            preset "article" is a network alone.
        augment: Changes of training rows by rate, such as token_dropout=0.1,swap=0.05 (token_dropout, swap,
            label_flip; the loss undoes the bias of flipped labels).
    """

    preset: Preset = "default"
    loss: Loss | None = None
    epochs: Count = 40
    patience: Count | None = None
    batch_size: Count | None = None
    learning_rate: Positive = 3e-3
    token_learning_rate_multiplier: Positive = 0.2
    ema_momentum: ShareFromZero = 0.99
    dropout: ShareFromZero = 0.1
    ensemble_size: Count = 16
    kernel_sizes: tuple[int, ...] = (3,)
    filters: Count = 128
    output_dim: Count = 128
    token_buckets: Count | None = None
    checkpoint_batches: Count | None = None
    parts: tuple[Part, ...] = ("network", "trees", "linear")
    augment: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.token_buckets and self.preset == "article":
            raise InputError("the article has a full table", remedy="leave out --token-buckets")
        for name in self.augment:
            if name not in AUGMENTATIONS:
                raise InputError(
                    f"no augmentation {name!r}{nearest(name, AUGMENTATIONS)}",
                    expected=", ".join(AUGMENTATIONS),
                )
        if "network" not in self.parts or set(self.parts) - set(get_args(Part)):
            raise InputError(
                f"parts are {', '.join(self.parts)}", expected="network, and maybe trees and linear"
            )
        if self.label_flip and not self._is_cross_entropy:
            raise InputError("label_flip is given", expected="the plain loss binary_crossentropy with it")

    @property
    def fitted_parts(self) -> tuple[Part, ...]:
        """The parts beside the network."""
        return () if self.preset == "article" else tuple(part for part in self.parts if part != "network")

    @property
    def has_plain_loss(self) -> bool:
        """Whether the loss is binary cross-entropy of labels that are what they are."""
        return self._is_cross_entropy and not self.label_flip

    @property
    def _is_cross_entropy(self) -> bool:
        return (self.loss or default_loss(self.preset)) == "binary_crossentropy"

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
