"""The rule that chooses between one product for each distinct token and one for each position."""

import tensorflow as tf

# Fewer positions are so soon convolved that looking for equal tokens takes as long.
FEW = 512
SAMPLE = 2048
# With 1.3 equals of each position, prediction was 12 % slower than Keras' layers; with 5, 34 % faster.
EQUALS = 2.0
# In training the maximum saves the gradient at all positions but one of each filter, which is worth it by
# itself in texts of at least this many tokens.
LONG = 32


def sharing_pays(ids: tf.Tensor, training: bool = False) -> tf.Tensor:
    """Tell whether a batch is faster computed once per distinct token than once per position.

    It is where a position can expect the batch to hold two others with the same token. How likely two
    positions are equal is estimated from up to 2,048 of them: ``p = 2 * repeated / sample²``; then a
    position expects ``positions * p`` equals. Words always do; random ids of a large vocabulary do not.

    Args:
        ids: integer tensor of shape ``(batch, tokens)``.
        training: bool, whether a gradient follows; then it is so in long texts, too. Defaults to False.

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
    size = tf.cast(tf.size(sample), tf.float32)
    repeated = size - tf.cast(tf.size(tf.unique(sample).y), tf.float32)
    positions = tf.cast(tf.size(flat), tf.float32)
    pays = 2.0 * positions * repeated > EQUALS * tf.square(size)
    if training:
        pays |= tf.shape(ids)[1] >= LONG
    return pays & (positions >= FEW)


def sharing_is_possible(ids: tf.Tensor) -> bool:
    """Tell whether the graph that is being built can look for equal tokens, and may find any.

    XLA has no sets and no sparse matrices; `tf.vectorized_map`, with which the gradient of each example is
    computed, can turn them into none of many examples either. A batch of one text has too few tokens.

    Args:
        ids: integer tensor of shape ``(batch, tokens)``.

    Returns:
        Whether `sharing_pays` may be asked.

    Example:
        >>> sharing_is_possible(tf.zeros([2, 9], tf.int32)), sharing_is_possible(tf.zeros([1, 9], tf.int32))
        (True, False)
    """
    in_xla = tf.__internal__.get_enclosing_xla_context() is not None
    # TensorFlow tells `tf.vectorized_map` by the name of its scope only.
    return not (in_xla or ids.shape[0] == 1 or "loop_body" in tf.get_current_name_scope().split("/"))
