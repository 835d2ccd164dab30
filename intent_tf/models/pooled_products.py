"""Convolution and global max-pooling, computed once per distinct token instead of once per position."""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf


def pooled_products(rows: tf.Tensor, kernel: tf.Tensor, windows: tf.Tensor) -> tf.Tensor:
    """Find the largest response of each filter over all windows of a text.

    ``pooled[b, f] = max_t sum_j (rows @ kernel[j])[windows[b, t, j], f]``

    A convolution multiplies every position of every text by every tap of the kernel. The same token gives
    the same product wherever it stands, so one product a *row* is enough; a window then only adds up the
    products of its tokens. The maximum sends each filter's gradient to a single window, so the way back
    touches ``batch × taps × filters`` entries instead of all positions.

    Where several windows are exactly equal, the first takes the gradient; ``tf.reduce_max`` would share it
    among them. The sum is the same if the windows hold the same tokens.

    Args:
        rows: ``(distinct, dimension)``, the vectors of the batch's distinct tokens.
        kernel: ``(taps, dimension, filters)``.
        windows: int32 ``(batch, windows, taps)``, indices into ``rows``; at least one window.

    Returns:
        ``(batch, filters)``, in the type of ``rows``. Differentiable any number of times in ``rows`` and
        ``kernel``.
    """
    taps, dimension, filters = kernel.shape

    @tf.custom_gradient
    def pooled(
        rows: tf.Tensor, kernel: tf.Tensor
    ) -> tuple[tf.Tensor, Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]]:
        matrix = tf.reshape(tf.transpose(kernel, [1, 0, 2]), [dimension, taps * filters])
        products = tf.reshape(rows @ matrix, [-1, filters])
        # Row `token * taps + tap` of `products` holds what the token adds under that tap.
        entries = windows * taps + tf.range(taps)
        responses = tf.add_n([tf.gather(products, entries[:, :, tap]) for tap in range(taps)])
        largest = tf.reduce_max(responses, axis=1)

        def gradient(upstream: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            best = tf.argmax(responses, axis=1, output_type=tf.int32)
            chosen = tf.gather(entries, best, batch_dims=1)
            flat = chosen * filters + tf.range(filters)[:, tf.newaxis]
            spread = tf.repeat(tf.reshape(upstream, [-1]), taps)
            by_entry = tf.math.unsorted_segment_sum(spread, tf.reshape(flat, [-1]), tf.size(products))
            by_row = tf.reshape(by_entry, [-1, taps * filters])
            by_matrix = tf.reshape(tf.matmul(rows, by_row, transpose_a=True), [dimension, taps, filters])
            return tf.matmul(by_row, matrix, transpose_b=True), tf.transpose(by_matrix, [1, 0, 2])

        return largest, gradient

    return pooled(rows, kernel)
