"""Hides subwords of documents, for a network to guess: anew each time a document is seen."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.text.wordpiece import MASK, SPECIAL, WordPieceIds


class Masking:
    """Chooses subwords and hides them: of ten, eight become ``[MASK]``, one any subword, one stays as it is.

    It is drawn anew for each batch from a seed, so that a document is hidden differently in each epoch
    (dynamic masking), and the same where an epoch is repeated.

    Args:
        subwords: The tokeniser.
        rate: Share of the subwords to guess, in (0, 1). Default 0.15.
        whole_word: Choose words with all of their subwords, which makes guessing harder. Default True.

    Raises:
        InputError: If the rate is out of its range.

    References:
        - Devlin, Chang, Lee & Toutanova (2019), BERT.
        - Liu et al. (2019), RoBERTa (dynamic masking).

    Example:
        >>> masking = Masking(WordPieceIds(vocabulary=[*SPECIAL, "hat", "##s"]), rate=0.99)
        >>> hidden, targets = masking(tf.constant([[2, 5, 6, 3, 0]]), seed=(0, 4))
        >>> targets.numpy().tolist()
        [[0, 5, 6, 0, 0]]
    """

    def __init__(self, subwords: WordPieceIds, rate: float = 0.15, whole_word: bool = True) -> None:
        if not 0 < rate < 1:
            raise InputError(f"mask_rate is {rate}", expected="a share in (0, 1)")
        self.rate = rate
        self.whole_word = whole_word
        self._mask = subwords.id_of(MASK)
        special = {subwords.id_of(subword) for subword in SPECIAL}
        self._guessed = np.array([index not in special for index in range(subwords.vocabulary_size)])
        self._others = tf.constant(np.flatnonzero(self._guessed), tf.int32)
        self._continues = np.array(subwords.continues)

    def __call__(self, ids: tf.Tensor, seed: Sequence[Any]) -> tuple[tf.Tensor, tf.Tensor]:
        """Hide subwords of a batch.

        Args:
            ids: int32 ``(batch, subwords)``, padded with 0.
            seed: Two integers.

        Returns:
            The ids with subwords hidden, and the targets: the subwords where they are to be guessed, 0
            elsewhere.
        """
        draws = tf.random.stateless_uniform((3, *_shape(ids)), seed)
        chance = draws[0]
        if self.whole_word:
            # All subwords of a word share the chance of its first.
            word = tf.cumsum(tf.cast(~tf.gather(self._continues, ids), tf.int32), axis=1, exclusive=False)
            chance = tf.gather(draws[0], tf.minimum(word, tf.shape(ids)[1] - 1), batch_dims=1)
        chosen = (chance < self.rate) & tf.gather(self._guessed, ids)
        other = tf.gather(self._others, tf.cast(draws[2] * tf.cast(len(self._others), tf.float32), tf.int32))
        replaced = tf.where(draws[1] < 0.8, self._mask, tf.where(draws[1] < 0.9, other, ids))
        return tf.where(chosen, replaced, ids), tf.where(chosen, ids, 0)


def next_subwords(ids: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Make each subword's target the next one: what a causal network guesses."""
    return ids, tf.pad(ids[:, 1:], [[0, 0], [0, 1]])


def _shape(ids: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    shape = tf.shape(ids)
    return shape[0], shape[1]
