"""The way back: products of the winning windows with a kernel, and their sparse gradients of any order."""

from collections.abc import Callable

import tensorflow as tf

Pair = tuple[tf.Tensor, tf.Tensor]

# Below this many rows for each text, the products with a matrix full of zeros are faster than those that skip
# them; measured where 32 to 128 filters and dimensions change sides, between 7 and 12.
DENSE = 8


def winning_products(rows: tf.Tensor, kernel: tf.Tensor, winners: tf.Tensor) -> tf.Tensor:
    """Add up, for each filter and text, the products of the rows in the window that won.

    ``output[b, f] = sum_j rows[winners[j, f, b]] @ kernel[j, :, f]``

    Args:
        rows: float tensor of shape ``(rows, output_dim)``, the vectors of distinct tokens.
        kernel: float tensor of shape ``(kernel_size, output_dim, filters)``.
        winners: int32 tensor of shape ``(kernel_size, filters, batch)``, the rows of the winning windows.

    Returns:
        float tensor of shape ``(batch, filters)``.

    Example:
        >>> rows, kernel = tf.constant([[1.0], [10.0]]), tf.constant([[[2.0]], [[3.0]]])
        >>> winning_products(rows, kernel, tf.constant([[[0]], [[1]]])).numpy()
        array([[32.]], dtype=float32)
    """

    @tf.custom_gradient
    def products(rows: tf.Tensor, kernel: tf.Tensor) -> tuple[tf.Tensor, Callable[[tf.Tensor], Pair]]:
        vectors = tf.gather(rows, winners)
        output = tf.einsum("jfbd,jdf->bf", vectors, kernel)
        return output, lambda upstream: winning_gradients(upstream, rows, kernel, winners)

    return products(rows, kernel)


def winning_gradients(upstream: tf.Tensor, rows: tf.Tensor, kernel: tf.Tensor, winners: tf.Tensor) -> Pair:
    """Compute the gradients of `winning_products` in ``rows`` and ``kernel``.

    With the matrix ``A[(j, f), winners[j, f, b]] += upstream[b, f]`` they are ``Aᵀ @ kernel`` and
    ``A @ rows``. ``A`` has ``kernel_size * filters * batch`` entries that are not zero however many rows
    there are, commonly a few in a hundred, and then the products skip the others.

    Args:
        upstream: float32 or float64 tensor of shape ``(batch, filters)``.
        rows: float tensor of shape ``(rows, output_dim)``.
        kernel: float tensor of shape ``(kernel_size, output_dim, filters)``.
        winners: int32 tensor of shape ``(kernel_size, filters, batch)``.

    Returns:
        The gradients, of the shapes of ``rows`` and ``kernel``.

    Example:
        >>> rows, kernel = tf.constant([[1.0], [10.0]]), tf.constant([[[2.0]], [[3.0]]])
        >>> by_rows, by_kernel = winning_gradients(tf.ones([1, 1]), rows, kernel, tf.constant([[[0]], [[1]]]))
        >>> by_rows.numpy().ravel(), by_kernel.numpy().ravel()
        (array([2., 3.], dtype=float32), array([ 1., 10.], dtype=float32))
    """
    kernel_size, output_dim, filters = kernel.shape

    @tf.custom_gradient
    def gradients(
        upstream: tf.Tensor, rows: tf.Tensor, kernel: tf.Tensor
    ) -> tuple[Pair, Callable[[tf.Tensor, tf.Tensor], tuple[tf.Tensor, tf.Tensor, tf.Tensor]]]:
        flat = tf.reshape(tf.transpose(kernel, [0, 2, 1]), [kernel_size * filters, output_dim])
        columns = tf.reshape(winners, [kernel_size * filters, -1])
        values = tf.tile(tf.transpose(upstream), [kernel_size, 1])
        # Without a tape that watches, or it would prepare the gradient that is given by hand here.
        values, flat, vectors = (tf.stop_gradient(tensor) for tensor in (values, flat, rows))
        by_rows, by_kernel = tf.cond(
            tf.shape(rows)[0] < DENSE * tf.shape(upstream)[0],
            lambda: _dense_products(columns, values, flat, vectors),
            lambda: _sparse_products(columns, values, flat, vectors),
        )
        by_kernel = tf.transpose(tf.reshape(by_kernel, [kernel_size, filters, output_dim]), [0, 2, 1])

        def second(to_rows: tf.Tensor, to_kernel: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
            by_upstream = winning_products(to_rows, kernel, winners) + winning_products(
                rows, to_kernel, winners
            )
            return by_upstream, *winning_gradients(upstream, to_rows, to_kernel, winners)

        return (by_rows, by_kernel), second

    return gradients(upstream, rows, kernel)


def _dense_products(columns: tf.Tensor, values: tf.Tensor, kernel: tf.Tensor, rows: tf.Tensor) -> Pair:
    lines, width = tf.shape(columns)[0], tf.shape(rows)[0]
    indices = columns + width * tf.range(lines)[:, tf.newaxis]
    matrix = tf.reshape(tf.math.unsorted_segment_sum(values, indices, lines * width), [lines, width])
    return tf.matmul(matrix, kernel, transpose_a=True), tf.matmul(matrix, rows)


def _sparse_products(columns: tf.Tensor, values: tf.Tensor, kernel: tf.Tensor, rows: tf.Tensor) -> Pair:
    lines, batch = tf.unstack(tf.shape(columns, tf.int64))
    # Ordered by line, as the compressed format wants them; entries of the same index need not be merged.
    line = tf.repeat(tf.range(lines), batch)
    matrix = tf.raw_ops.SparseTensorToCSRSparseMatrix(
        indices=tf.stack([line, tf.cast(tf.reshape(columns, [-1]), tf.int64)], axis=1),
        values=tf.reshape(values, [-1]),
        dense_shape=[lines, tf.shape(rows, tf.int64)[0]],
    )
    by_rows = tf.raw_ops.SparseMatrixMatMul(a=matrix, b=kernel, transpose_a=True)
    by_kernel = tf.raw_ops.SparseMatrixMatMul(a=matrix, b=rows)
    return tf.ensure_shape(by_rows, rows.shape), tf.ensure_shape(by_kernel, kernel.shape)
