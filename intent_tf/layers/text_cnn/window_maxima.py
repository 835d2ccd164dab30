"""The largest sum of table entries over the windows of a text."""

import tensorflow as tf

# So many responses are in a core's own cache when their maximum is taken, and each operation on them is small
# enough to stay on one core: chunks, not their parts, go on side by side.
CHUNK = 50_000
CHUNKS_AT_ONCE = 16


def window_maxima(
    table: tf.Tensor, windows: tf.Tensor, best: bool = False, dtype: tf.DType = tf.float32
) -> list[tf.Tensor]:
    """Find the largest response of each filter over all windows of a text, chunk by chunk.

    ``output[b, f] = max_t sum_j table[windows[j, b, t], j, f]``

    Args:
        table: Tensor of shape ``(rows, kernel_size * filters)``: what each row adds to the filters at each
            kernel offset.
        windows: int32 tensor of shape ``(kernel_size, batch, windows)``, indices of rows; at least one
            window.
        best: bool, whether to tell the first window that reaches the maximum as well. Defaults to False.
        dtype: Type in which the entries are added. Defaults to float32.

    Returns:
        The maxima, of shape ``(batch, filters)``, and if asked for the windows that reach them, int32 of that
        shape.

    Example:
        >>> table = tf.constant([[1.0, 20.0], [2.0, 10.0]])
        >>> window_maxima(table, tf.constant([[[0, 1]], [[1, 0]]]))[0].numpy()
        array([[22.]], dtype=float32)
    """
    kernel_size = windows.shape[0]
    _, batch, length = tf.unstack(tf.shape(windows))
    filters = table.shape[1] // kernel_size
    table = tf.reshape(table, [-1, filters])
    entries = windows * kernel_size

    def pool(part: tf.Tensor) -> list[tf.Tensor]:
        responses = tf.add_n(
            [tf.cast(tf.gather(table[offset:], part[offset]), dtype) for offset in range(kernel_size)]
        )
        maxima = [tf.reduce_max(responses, axis=1)]
        return [*maxima, tf.argmax(responses, axis=1, output_type=tf.int32)] if best else maxima

    # XLA makes one loop of it all by itself, and has no arrays whose parts differ in size.
    if tf.__internal__.get_enclosing_xla_context() is not None:
        return pool(entries)
    chunks = tf.minimum(batch, 1 + batch * length // max(CHUNK // filters, 1))
    results = [
        tf.TensorArray(kind, chunks, element_shape=(None, filters), infer_shape=False)
        for kind in ([dtype, tf.int32] if best else [dtype])
    ]

    def pool_next(chunk: tf.Tensor, *results: tf.TensorArray) -> tuple[tf.Tensor, ...]:
        pooled = pool(entries[:, chunk * batch // chunks : (chunk + 1) * batch // chunks])
        return chunk + 1, *(result.write(chunk, x) for result, x in zip(results, pooled, strict=True))

    _, *results = tf.while_loop(
        lambda chunk, *_: chunk < chunks,
        pool_next,
        [tf.constant(0), *results],
        parallel_iterations=CHUNKS_AT_ONCE,
    )
    return [result.concat() for result in results]
