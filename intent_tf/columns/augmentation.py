"""Changes training rows at random, so that a model leans on no single token and no single label."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import tensorflow as tf

from intent_tf.errors import InputError


@dataclass(frozen=True)
class Augmentation:
    """How token ids and labels of training rows are changed, each at a rate in [0, 1).

    Only training batches go through it, never validation or test rows. What happens to a batch depends on
    the seed and the batch's number alone, so a run that is resumed changes its rows as it would have.

    Args:
        token_dropout: Share of tokens excluded.
        swap: Share of tokens exchanged with the one behind them.
        label_flip: Share of labels flipped. It needs `intent_tf.models.ForwardCorrectedCrossentropy` as loss,
            or probabilities are drawn towards 1/2.

    Raises:
        InputError: If a rate is not in [0, 1), or that of labels not below 1/2.

    Example:
        >>> ids = tf.constant([[5, 6, 7, 8], [9, 4, 0, 0]])
        >>> [changed], label = Augmentation(swap=0.9)([ids], tf.constant([1.0, 0.0]), seed=(0, 0))
        >>> sorted(changed[0].numpy().tolist()), label.numpy().tolist()
        ([5, 6, 7, 8], [1.0, 0.0])

    References:
        Wei and Zou, *EDA: Easy Data Augmentation Techniques*, 2019. Patrini et al., *Making Deep Neural
        Networks Robust to Label Noise*, 2017.
    """

    token_dropout: float = 0.0
    swap: float = 0.0
    label_flip: float = 0.0

    def __post_init__(self) -> None:
        for field in fields(self):
            rate, limit = getattr(self, field.name), 0.5 if field.name == "label_flip" else 1.0
            if not 0 <= rate < limit:
                raise InputError(f"the rate of {field.name} is {rate}", expected=f"a share in [0, {limit:g})")

    def __call__(
        self, tokens: Sequence[tf.Tensor], label: tf.Tensor, seed: tuple[int | tf.Tensor, int | tf.Tensor]
    ) -> tuple[list[tf.Tensor], tf.Tensor]:
        """Change one batch.

        Args:
            tokens: Token ids, each int32 ``(batch, tokens)``, padded at the end with 0.
            label: float32 ``(batch,)``, 0 or 1.
            seed: The run's seed and the batch's number.

        Returns:
            The changed ids, each ``(batch, tokens)``, and labels.
        """
        changed = []
        for index, ids in enumerate(tokens):
            draws = _Draws(seed, index)
            if self.token_dropout:
                ids = _drop(ids, self.token_dropout, draws)
            if self.swap:
                ids = _swap(ids, self.swap, draws)
            changed.append(ids)
        if self.label_flip:
            flipped = _Draws(seed, len(changed))(tf.shape(label)) < self.label_flip
            label = tf.where(flipped, 1.0 - label, label)
        return changed, label


class _Draws:
    """Uniform numbers in [0, 1), other ones at each call, the same for the same seed."""

    def __init__(self, seed: tuple[int | tf.Tensor, int | tf.Tensor], index: int) -> None:
        self.seed = tf.stack([tf.cast(part, tf.int32) for part in seed])
        self.fold = 16 * index

    def __call__(self, shape: tf.Tensor) -> tf.Tensor:
        self.fold += 1
        return tf.random.stateless_uniform(shape, tf.random.fold_in(self.seed, self.fold))


def _drop(ids: tf.Tensor, rate: float, draws: _Draws) -> tf.Tensor:
    kept = (ids > 0) & (draws(tf.shape(ids)) >= rate)
    return tf.ragged.boolean_mask(ids, kept).to_tensor(shape=tf.shape(ids))


def _swap(ids: tf.Tensor, rate: float, draws: _Draws) -> tf.Tensor:
    """Move the chosen tokens one place back, past a neighbour that is not chosen itself."""
    indices = tf.broadcast_to(tf.cast(tf.range(tf.shape(ids)[1]), tf.float32), tf.shape(ids))
    moved = indices + tf.where(draws(tf.shape(ids)) < rate, 1.5, 0.0)
    order = tf.argsort(tf.where(ids > 0, moved, indices + 1e6), axis=1, stable=True)
    return tf.gather(ids, order, batch_dims=1)
