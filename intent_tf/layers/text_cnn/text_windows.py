"""The tokens that each window of a convolution covers, over texts of different lengths."""

import tensorflow as tf


def text_lengths(tokens: tf.Tensor, padding: int) -> tf.Tensor:
    """Count the tokens up to and including the last that is not padding.

    Args:
        tokens: int32 tensor of shape ``(batch, tokens)``.
        padding: int, the id that marks padding.

    Returns:
        int32 tensor of shape ``(batch,)``.

    Example:
        >>> text_lengths(tf.constant([[7, 0, 5, 0], [0, 0, 0, 0]]), padding=0).numpy()
        array([3, 0], dtype=int32)
    """
    ends = tf.range(1, tf.shape(tokens)[1] + 1)
    return tf.reduce_max(tf.where(tokens != padding, ends, 0), axis=1)


def text_windows(
    tokens: tf.Tensor, lengths: tf.Tensor, kernel_size: int, same: bool, padding: int
) -> tf.Tensor:
    """List the entries of ``tokens`` that each window of a convolution covers, as if every text stood alone.

    A window that would reach into the padding is replaced by the text's last one, which no maximum over
    windows notices; so nothing has to be masked afterwards. A text shorter than the window (``valid``), or
    empty, has one window, filled up with ``padding``.

    Args:
        tokens: int32 tensor of shape ``(batch, tokens)``; entries at or after a text's length must be
            ``padding``.
        lengths: int32 tensor of shape ``(batch,)``.
        kernel_size: int, the number of tokens that a window covers, at least 1.
        same: bool, whether there is one window for each token (``padding="same"``) or only whole windows
            (``"valid"``).
        padding: int, what fills a window outside the text.

    Returns:
        int32 tensor of shape ``(kernel_size, batch, windows)``, with at least one window.

    Example:
        >>> text_windows(tf.constant([[4, 5, 6], [7, 0, 0]]), tf.constant([3, 1]), 2, False, 0).numpy()
        array([[[4, 5], [7, 7]],
               [[5, 6], [0, 0]]], dtype=int32)
    """
    left = (kernel_size - 1) // 2 if same else 0
    lost = 0 if same else kernel_size - 1
    count = tf.maximum(tf.shape(tokens)[1] - lost, 1)
    padded = tf.pad(tokens, [[0, 0], [left, kernel_size]], constant_values=padding)
    last = tf.maximum(lengths - lost, 1)[:, tf.newaxis] - 1
    ends = tf.gather(padded, last + tf.range(kernel_size), batch_dims=1)
    beyond = tf.range(count) > last
    # Slices, not a gather: one look-up for each window would take half as long again.
    return tf.stack(
        [
            tf.where(beyond, ends[:, offset, tf.newaxis], padded[:, offset : offset + count])
            for offset in range(kernel_size)
        ]
    )
