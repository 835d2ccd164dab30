"""How much better rows must be predicted for one more column, lest chance be learnt."""

from intent_tf.data.predictions import FloatArray, mean_and_error

#: What a column must take off the mean log loss, in nats and in standard errors.
LEAST_GAIN, LEAST_ERRORS = 5e-4, 3.0


def pays(gains: FloatArray, weight: FloatArray) -> bool:
    """Tell whether what a column takes off the log loss of rows, in nats, is more than chance.

    Args:
        gains: Of each row, which the column's use was not learnt from, ``(rows,)``.
        weight: Weight of each row, ``(rows,)``.

    Example:
        >>> import numpy as np
        >>> rows = np.tile([0.01, 0.03], 500)
        >>> pays(rows, np.ones(1000)), pays(rows / 100, np.ones(1000))
        (True, False)
    """
    gain, error = mean_and_error(gains, weight)
    return gain > max(LEAST_GAIN, LEAST_ERRORS * error)
