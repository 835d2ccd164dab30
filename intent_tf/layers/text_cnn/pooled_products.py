"""Convolution and global max-pooling, computed once per distinct token instead of once per position."""

from collections.abc import Callable

import tensorflow as tf

from intent_tf.layers.text_cnn.compiled_maxima import compiled_maxima, compiling_pays
from intent_tf.layers.text_cnn.window_maxima import window_maxima
from intent_tf.layers.text_cnn.winning_products import winning_gradients


def pooled_products(
    rows: tf.Tensor, kernel: tf.Tensor, windows: tf.Tensor, dtype: str = "float32", training: bool = False
) -> tf.Tensor:
    """Find the largest response of each filter over all windows of a text.

    ``output[b, f] = max_t sum_j (rows @ kernel[j])[windows[j, b, t], f]``

    A convolution multiplies every position of every text by the kernel at every offset. The same token gives
    the same product wherever it stands, so one product for each *row* is enough; a window then only adds up
    the products of its tokens. The maximum sends each filter's gradient to a single window, so the way back
    touches ``kernel_size * filters * batch`` products and not those of all positions.

    Where several windows are exactly equal, the first takes the gradient; ``tf.reduce_max`` would share it
    among them. The sum is the same if the windows hold the same tokens.

    Args:
        rows: float tensor of shape ``(rows, output_dim)``, the vectors of the batch's distinct tokens.
        kernel: float tensor of shape ``(kernel_size, output_dim, filters)``.
        windows: int32 tensor of shape ``(kernel_size, batch, windows)``, indices into ``rows``; at least one
            window.
        dtype: Type in which the products are computed; they are added up, and the gradients computed, in the
            type of ``rows``. Defaults to float32.
        training: bool, whether a gradient will surely be asked for, so that the way there may prepare it.
            Defaults to False.

    Returns:
        float tensor of shape ``(batch, filters)``, differentiable any number of times in ``rows`` and
        ``kernel``.

    Example:
        >>> rows, kernel = tf.constant([[1.0], [10.0]]), tf.constant([[[2.0]], [[3.0]]])
        >>> pooled_products(rows, kernel, tf.constant([[[0, 1]], [[1, 0]]])).numpy()
        array([[32.]], dtype=float32)
    """
    kernel_size, output_dim, filters = kernel.shape

    def multiply(rows: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
        matrix = tf.reshape(tf.transpose(kernel, [1, 0, 2]), [output_dim, kernel_size * filters])
        return tf.cast(rows, dtype) @ tf.cast(matrix, dtype)

    @tf.custom_gradient
    def pool_to_train(
        rows: tf.Tensor, kernel: tf.Tensor
    ) -> tuple[tf.Tensor, Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]]:
        # Without a tape that watches, or it would prepare the gradient that is given by hand here.
        products = tf.stop_gradient(tf.cast(multiply(rows, kernel), rows.dtype))
        largest, best = tf.cond(
            compiling_pays(windows),
            lambda: compiled_maxima(products, windows),
            lambda: window_maxima(products, windows, best=True, dtype=rows.dtype),
        )
        _, batch, length = tf.unstack(tf.shape(windows))
        indices = tf.transpose(best) + tf.range(batch) * length
        winners = tf.gather(tf.reshape(windows, [kernel_size, -1]), indices, axis=1)
        return largest, lambda upstream: winning_gradients(upstream, rows, kernel, winners)

    if training:
        return pool_to_train(rows, kernel)
    (largest,) = window_maxima(multiply(rows, kernel), windows, dtype=rows.dtype)
    return largest
