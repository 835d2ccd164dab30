"""Reads the column of sample weights."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from intent_tf.data.refuse_where import refuse_where


def read_weights(values: pd.Series, file: object = None) -> NDArray[np.float32]:
    """Read sample weights, float32 `(rows,)`.

    Args:
        values: The column.
        file: Where the table came from, for messages.

    Raises:
        InputError: If one is missing, no number, infinite or not above 0.

    Example:
        >>> read_weights(pd.Series(["1", "2.5"]))
        array([1. , 2.5], dtype=float32)
    """
    weights = pd.to_numeric(values, errors="coerce").to_numpy(np.float32, na_value=np.nan)
    wrong = ~(np.isfinite(weights) & (weights > 0))
    refuse_where(wrong, values, "found {value!r}", expected="a positive weight", file=file)
    return weights
