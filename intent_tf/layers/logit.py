"""The inverse of the sigmoid, safe at both ends."""

import tensorflow as tf

_LOWEST, _HIGHEST = 1e-30, 1 - 2**-24  # the float32 next below 1: beyond them a logit is infinite


def logit(probability: tf.Tensor) -> tf.Tensor:
    """Return the logits of float32 probabilities, which are kept from 0 and 1.

    Example:
        >>> logit(tf.constant([0.5, 1.0])).numpy().round(1)
        array([ 0. , 16.6], dtype=float32)
    """
    log, log_of_rest = log_probabilities(probability)
    return log - log_of_rest


def log_probabilities(probability: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the logarithms of float32 probabilities and of what is left of 1, as far as `logit` goes."""
    inside = tf.clip_by_value(probability, _LOWEST, _HIGHEST)
    return tf.math.log(inside), tf.math.log1p(-inside)
