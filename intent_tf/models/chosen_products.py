"""The products of chosen rows with a kernel, and their sparse gradients of any order."""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

Pair = tuple[tf.Tensor, tf.Tensor]


def chosen_products(rows: tf.Tensor, kernel: tf.Tensor, chosen: tf.Tensor) -> tf.Tensor:
    """Add up, for each filter and text, the products of the rows that were chosen for it.

    ``output[b, f] = sum_j rows[chosen[j, f, b]] @ kernel[j, :, f]``

    Args:
        rows: float ``(rows, dimension)``.
        kernel: float ``(taps, dimension, filters)``.
        chosen: int32 ``(taps, filters, batch)``.

    Returns:
        float ``(batch, filters)``.

    Example:
        >>> rows, kernel = tf.constant([[1.0], [10.0]]), tf.constant([[[2.0]], [[3.0]]])
        >>> chosen_products(rows, kernel, tf.constant([[[0]], [[1]]])).numpy()
        array([[32.]], dtype=float32)
    """

    @tf.custom_gradient
    def products(rows: tf.Tensor, kernel: tf.Tensor) -> tuple[tf.Tensor, Callable[[tf.Tensor], Pair]]:
        vectors = tf.gather(rows, chosen)
        output = tf.einsum("jfbd,jdf->bf", vectors, kernel)
        return output, lambda upstream: chosen_gradients(upstream, rows, kernel, chosen)

    return products(rows, kernel)


def chosen_gradients(upstream: tf.Tensor, rows: tf.Tensor, kernel: tf.Tensor, chosen: tf.Tensor) -> Pair:
    """Gradients of :func:`chosen_products` in ``rows`` and ``kernel``.

    With the sparse matrix ``A[(j, f), chosen[j, f, b]] = upstream[b, f]`` they are ``Aᵀ @ kernel`` and
    ``A @ rows``. ``A`` has ``taps * filters * batch`` entries however many rows there are: a few in a
    hundred of the matrix that a dense gradient would multiply with.

    Args:
        upstream: float32 or float64 ``(batch, filters)``.
        rows: As in :func:`chosen_products`.
        kernel: As in :func:`chosen_products`.
        chosen: As in :func:`chosen_products`.

    Returns:
        The gradients, of the shapes of ``rows`` and ``kernel``.
    """
    taps, dimension, filters = kernel.shape

    @tf.custom_gradient
    def gradients(
        upstream: tf.Tensor, rows: tf.Tensor, kernel: tf.Tensor
    ) -> tuple[Pair, Callable[[tf.Tensor, tf.Tensor], tuple[tf.Tensor, tf.Tensor, tf.Tensor]]]:
        # Ordered by row of A, as the compressed format wants them; equal entries need not be merged.
        line = tf.repeat(tf.range(taps * filters, dtype=tf.int64), tf.shape(upstream)[0])
        column = tf.cast(tf.reshape(chosen, [-1]), tf.int64)
        matrix = tf.raw_ops.SparseTensorToCSRSparseMatrix(
            indices=tf.stack([line, column], axis=1),
            values=tf.tile(tf.reshape(tf.transpose(upstream), [-1]), [taps]),
            dense_shape=tf.cast([taps * filters, tf.shape(rows)[0]], tf.int64),
        )
        flat = tf.reshape(tf.transpose(kernel, [0, 2, 1]), [taps * filters, dimension])
        by_rows = tf.raw_ops.SparseMatrixMatMul(a=matrix, b=flat, transpose_a=True)
        by_kernel = tf.raw_ops.SparseMatrixMatMul(a=matrix, b=rows)
        by_kernel = tf.transpose(tf.reshape(by_kernel, [taps, filters, dimension]), [0, 2, 1])
        by_rows.set_shape(rows.shape)

        def second(to_rows: tf.Tensor, to_kernel: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
            by_upstream = chosen_products(to_rows, kernel, chosen) + chosen_products(rows, to_kernel, chosen)
            return by_upstream, *chosen_gradients(upstream, to_rows, to_kernel, chosen)

        return (by_rows, by_kernel), second

    return gradients(upstream, rows, kernel)
