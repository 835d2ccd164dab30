"""The maxima of :func:`window_maxima` as one compiled loop, for large batches in training."""

import tensorflow as tf

# Texts that one call of the compiled loop takes; two calls go on side by side.
TEXTS = 128
# Windows in a turn of the loop; which of them was the largest is found out afterwards, for the winners only.
STEPS = 4
# XLA compiles for about a second; in batches of fewer windows that is not won back.
WORTH = 16_384


def compiling_pays(windows: tf.Tensor) -> tf.Tensor:
    """Tell whether a batch is large enough for :func:`compiled_maxima`; never on a GPU, made for other loops.

    Args:
        windows: int32 tensor of shape ``(kernel_size, batch, windows)``.

    Returns:
        bool scalar.

    Example:
        >>> bool(compiling_pays(tf.zeros([3, 256, 98], tf.int32)))
        True
    """
    if tf.config.list_physical_devices("GPU"):
        return tf.constant(False)
    _, batch, length = tf.unstack(tf.shape(windows))
    return (batch >= TEXTS) & (batch * length >= WORTH)


def compiled_maxima(table: tf.Tensor, windows: tf.Tensor) -> list[tf.Tensor]:
    """Find the largest response of each filter and the first window that reaches it.

    The same as ``window_maxima(table, windows, best=True)``, about twice as fast once compiled:
    XLA adds up the entries of a window and compares the sum without writing it to memory. It compiles for
    each size of its arguments anew, so these are filled up to one of few sizes.

    Args:
        table: float tensor of shape ``(rows, kernel_size * filters)``.
        windows: int32 tensor of shape ``(kernel_size, batch, windows)``, indices of rows; at least 128 texts.

    Returns:
        The maxima, of shape ``(batch, filters)``, and the windows that reach them, int32 of that shape.

    Example:
        >>> table, windows = tf.constant([[1.0], [3.0]]), tf.constant([[[0, 1, 1]] * 128])
        >>> [x.numpy()[0].tolist() for x in compiled_maxima(table, windows)]
        [[3.0], [1]]
    """
    kernel_size = windows.shape[0]
    filters = table.shape[1] // kernel_size
    _, batch, length = tf.unstack(tf.shape(windows))
    table = tf.pad(table, [[0, _rounded(tf.shape(table)[0], 2) - tf.shape(table)[0]], [0, 0]])
    windows = tf.pad(windows, [[0, 0], [0, 0], [0, _rounded(length, 1) - length]])
    chunks = (batch + TEXTS - 1) // TEXTS
    results = [
        tf.TensorArray(dtype, chunks, element_shape=(None, filters), infer_shape=False)
        for dtype in (table.dtype, tf.int32)
    ]

    def scan_next(chunk: tf.Tensor, *results: tf.TensorArray) -> tuple[tf.Tensor, ...]:
        # The last chunk reaches back into the one before it, and gives only what is new.
        start = tf.minimum(chunk * TEXTS, batch - TEXTS)
        part = tf.ensure_shape(windows[:, start : start + TEXTS], [kernel_size, TEXTS, None])
        maxima = [x[chunk * TEXTS - start :] for x in _scan(table, part, length)]
        return chunk + 1, *(result.write(chunk, x) for result, x in zip(results, maxima, strict=True))

    _, *results = tf.while_loop(
        lambda chunk, *_: chunk < chunks, scan_next, [tf.constant(0), *results], parallel_iterations=2
    )
    return [result.concat() for result in results]


def _rounded(size: tf.Tensor, parts: int) -> tf.Tensor:
    """Round up to a power of two, or to one of equal parts between two powers."""
    power = tf.math.log(tf.cast(size, tf.float32)) / tf.math.log(2.0)
    step = tf.cast(tf.pow(2.0, tf.math.ceil(power)), tf.int32) // (2 * parts)
    return tf.maximum(-(-size // tf.maximum(step, 1)), 1) * tf.maximum(step, 1)


@tf.function(jit_compile=True, autograph=False)
def _scan(table: tf.Tensor, windows: tf.Tensor, length: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    kernel_size, filters = windows.shape[0], table.shape[1] // windows.shape[0]
    table = tf.reshape(table, [-1, filters])
    entries = windows * kernel_size + tf.range(kernel_size)[:, tf.newaxis, tf.newaxis]
    by_time = tf.transpose(entries, [2, 0, 1])
    shape = [TEXTS, filters]

    def turn_maxima(turn: tf.Tensor) -> tf.Tensor:
        responses = []
        for step in range(STEPS):
            # Not by_time[…], for which XLA would compile each length anew.
            entry = tf.gather(by_time, tf.minimum(turn * STEPS + step, length - 1))
            responses.append(sum(tf.gather(table, entry[offset]) for offset in range(kernel_size)))
        largest = responses[0]
        for response in responses[1:]:
            largest = tf.maximum(largest, response)
        return largest

    # A turn notes where the maximum rose in the turn before: were it to do so in its own, XLA would compute
    # the responses once for the maximum and once more for its index.
    def note(turn: tf.Tensor, largest: tf.Tensor, before: tf.Tensor, best: tf.Tensor) -> tf.Tensor:
        return tf.where(largest > before, tf.cast(turn - 1, tf.float32), best)

    def take_turn(
        turn: tf.Tensor, largest: tf.Tensor, before: tf.Tensor, best: tf.Tensor
    ) -> tuple[tf.Tensor, ...]:
        higher = tf.maximum(largest, turn_maxima(turn))
        return turn + 1, higher, largest, note(turn, largest, before, best)

    turns = (length + STEPS - 1) // STEPS
    start = [tf.constant(1), turn_maxima(tf.constant(0)), tf.fill(shape, table.dtype.min), tf.zeros(shape)]
    turn, largest, before, best = tf.while_loop(lambda turn, *_: turn < turns, take_turn, start)
    first = STEPS * tf.cast(note(turn, largest, before, best), tf.int32)

    flat, by_text = tf.reshape(table, [-1]), tf.reshape(entries, [kernel_size, -1])
    text = tf.range(TEXTS)[:, tf.newaxis] * tf.shape(windows)[2]
    index = first
    for step in reversed(range(STEPS)):
        time = tf.minimum(first + step, length - 1)
        entry = tf.gather(by_text, text + time, axis=1)
        response = sum(
            tf.gather(flat, entry[offset] * filters + tf.range(filters)) for offset in range(kernel_size)
        )
        index = tf.where(response == largest, time, index)
    return largest, index
