"""The rule that chooses between one product a distinct token and one a position."""

from __future__ import annotations

import tensorflow as tf

# Fewer positions are so soon convolved that looking for equal tokens takes as long.
FEW = 512
SAMPLE = 2048
# With 1.3 equals a position, prediction was 12 % slower than the stock layers; with 5, 34 % faster.
EQUALS = 2.0
# In training the maximum saves the gradient at all positions but one a filter, which is worth it by itself
# in texts of at least this many tokens.
LONG = 32


def sharing_pays(ids: tf.Tensor, training: bool = False) -> tf.Tensor:
    """Tell whether a batch is faster computed once per distinct token than once per position.

    It is where a position can expect the batch to hold two others with the same token. How likely two
    positions are equal is estimated from up to 2,048 of them: ``p = 2 * repeated / sample²``; then a
    position expects ``positions * p`` equals. Words always do; random ids of a large vocabulary do not.

    Args:
        ids: int ``(batch, tokens)``.
        training: Whether a gradient follows; then it is so in long texts, too.

    Returns:
        bool scalar.

    Example:
        >>> bool(sharing_pays(tf.reshape(tf.range(5000) % 900, [250, 20])))
        True
        >>> bool(sharing_pays(tf.reshape(tf.range(5000), [250, 20])))
        False
    """
    flat = tf.reshape(ids, [-1])
    sample = flat[:: tf.maximum(tf.size(flat) // SAMPLE, 1)][:SAMPLE]
    seen = tf.cast(tf.size(sample), tf.float32)
    repeated = seen - tf.cast(tf.size(tf.unique(sample).y), tf.float32)
    positions = tf.cast(tf.size(flat), tf.float32)
    pays = 2.0 * positions * repeated > EQUALS * tf.square(seen)
    if training:
        pays |= tf.shape(ids)[1] >= LONG
    return pays & (positions >= FEW)
