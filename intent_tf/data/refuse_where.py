"""Refuses a column some of whose values are wrong."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from intent_tf.errors import InputError


def refuse_where(
    wrong: ArrayLike, values: pd.Series, found: str = "found {value!r} ({count} such rows)", **further: Any
) -> None:
    """Refuse a column if some of its values are wrong; the message names the row of the first.

    Args:
        wrong: Which values are, bool ``(rows,)``.
        values: The column.
        found: What is wrong; ``{value}`` stands for the first such value, ``{count}`` for how many there are.
        **further: Other arguments of `InputError`; the column is named as the series is unless given.

    Raises:
        InputError: If any value is wrong.
    """
    rows = np.flatnonzero(wrong)
    if len(rows):
        message = found.format(value=values.iloc[rows[0]], count=len(rows))
        raise InputError(message, **{"row": values.index[rows[0]], "column": str(values.name), **further})
