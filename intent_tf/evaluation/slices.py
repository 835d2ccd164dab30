"""Parts of the test rows on which a model is evaluated by itself: by category, length, time, size."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from intent_tf.evaluation.column_bins import ColumnBins, ColumnKind
from intent_tf.evaluation.metrics import IntArray, Metrics, evaluate


def find_slices(
    frame: pd.DataFrame, kinds: Mapping[str, ColumnKind], bins: int = 4, least: int = 100
) -> dict[str, IntArray]:
    """Cut rows into slices by each of some columns.

    Categories give a slice for each frequent value, numbers and times one for each range between quantiles,
    texts and sequences one for each range of lengths; missing values give one of their own. See
    `ColumnBins`.

    Args:
        frame: Test rows with the raw columns.
        kinds: The columns to slice by, and their kinds.
        bins: Number of slices a column, at most, not counting missing and other values. Defaults to 4.
        least: Smaller slices, which say little, are excluded. Defaults to 100 rows.

    Returns:
        The rows of each slice, by a title such as `"Month = Nov"` or `"price: 10 to 20"`.

    Example:
        >>> frame = pd.DataFrame({"month": ["May", "Nov", "Nov"]})
        >>> slices = find_slices(frame, {"month": "category"}, least=1)
        >>> {title: rows.tolist() for title, rows in slices.items()}
        {'month = Nov': [1, 2], 'month = May': [0]}
    """
    slices = {}
    for column, kind in kinds.items():
        binned = ColumnBins(frame[column], kind, bins)
        bin_of_row = binned(frame[column])
        for index, name in enumerate(binned.names):
            rows = np.flatnonzero(bin_of_row == index)
            if len(rows) >= max(least, 1):
                slices[f"{column}{' =' if kind == 'category' else ':'} {name}"] = rows
    return slices


def evaluate_slices(
    slices: Mapping[str, IntArray],
    label: ArrayLike,
    probabilities: Mapping[str, ArrayLike],
    threshold: float = 0.5,
) -> dict[str, dict[str, Metrics]]:
    """Evaluate models on slices.

    Args:
        slices: Rows of each slice by title, as `find_slices` gives them.
        label: 0 or 1, shape `(rows,)`.
        probabilities: Probabilities of each model by name, shape `(rows,)` each.
        threshold: Decision threshold. Defaults to 0.5.

    Returns:
        The metrics by title and by model.

    Raises:
        InputError: If labels or probabilities are not as `intent_tf.evaluation.metrics.evaluate` takes them.

    Example:
        >>> slices = {"first": np.array([0, 1]), "rest": np.array([2, 3])}
        >>> metrics = evaluate_slices(slices, [0, 1, 1, 0], {"intent_tf": [0.1, 0.9, 0.2, 0.8]})
        >>> {title: models["intent_tf"].auroc for title, models in metrics.items()}
        {'first': 1.0, 'rest': 0.0}
    """
    label = np.asarray(label)
    arrays = {name: np.asarray(probability) for name, probability in probabilities.items()}
    return {
        title: {name: evaluate(label[rows], array[rows], threshold) for name, array in arrays.items()}
        for title, rows in slices.items()
    }
