"""The plain way: a convolution at every position, then the maximum over the text."""

from collections.abc import Callable

import tensorflow as tf


def plain_maxima(
    vectors: tf.Tensor,
    kernel: tf.Tensor,
    padding: str,
    lengths: tf.Tensor | None = None,
    activate: Callable[[tf.Tensor], tf.Tensor] | None = None,
) -> tf.Tensor:
    """Find the largest response of each filter over all windows of a text.

    ``output[b, f] = max_t sum_j vectors[b, t + j] @ kernel[j, :, f]``

    Args:
        vectors: float tensor of shape ``(batch, tokens, output_dim)``, zeros outside the texts; at least as
            many tokens as the kernel covers.
        kernel: float tensor of shape ``(kernel_size, output_dim, filters)``.
        padding: `"valid"` (whole windows only) or `"same"` (one window for each token).
        lengths: int32 tensor of shape ``(batch,)``, the tokens of each text; windows beyond are not looked
            at, except that every text has one. Defaults to None: all texts fill their rows.
        activate: Function of the responses whose maximum is taken. Defaults to None: the responses' own.

    Returns:
        float tensor of shape ``(batch, filters)``.

    Example:
        >>> vectors, kernel = tf.constant([[[1.0], [5.0], [0.0]]]), tf.constant([[[2.0]], [[-1.0]]])
        >>> plain_maxima(vectors, kernel, "valid").numpy()
        array([[10.]], dtype=float32)
        >>> plain_maxima(vectors, kernel, "valid", lengths=tf.constant([2])).numpy()
        array([[-3.]], dtype=float32)
    """
    responses = tf.nn.conv1d(vectors, kernel, 1, padding.upper())
    if activate is not None:
        responses = activate(responses)
    if lengths is not None:
        windows = lengths if padding == "same" else lengths - kernel.shape[0] + 1
        real = tf.range(tf.shape(responses)[1]) < tf.maximum(windows, 1)[:, tf.newaxis]
        responses += tf.cast(tf.where(real, 0.0, float("-inf")), responses.dtype)[:, :, tf.newaxis]
    return tf.reduce_max(responses, axis=1)
