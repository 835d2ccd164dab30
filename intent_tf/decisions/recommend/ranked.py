"""Ranked items, a row a prediction time and item: the form in which sources answer, and their fusion."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

#: PredictionTimes whose scores of all items are in memory at once.
_CHUNK = 256


Source = Callable[[pd.DataFrame, int], pd.DataFrame]
"""Proposes items at prediction times (from `recommendation_times`), so many at each at most: ``row`` (the
prediction time's index), ``item_id`` and ``rank`` (from 1, the best)."""


def ranked(rows: np.ndarray, item_ids: np.ndarray) -> pd.DataFrame:
    """Return ``row, item_id, rank``, with each prediction time's items numbered in their order, from 1."""
    table = pd.DataFrame({"row": rows, "item_id": item_ids})
    return table.assign(rank=table.groupby("row", sort=False).cumcount() + 1)


def rank_by_score(
    score: Callable[[slice], np.ndarray], prediction_times: pd.DataFrame, items: pd.Index, count: int
) -> pd.DataFrame:
    """Rank items by positive scores; see `Source`.

    Args:
        score: Returns the scores ``(prediction_times, items)`` of a slice of the prediction times.
        prediction_times: The prediction times.
        items: The items that are scored.
        count: Items a prediction time at most.
    """
    parts, index, count = [], prediction_times.index.to_numpy(), min(count, len(items))
    for start in range(0, len(prediction_times), _CHUNK):
        scores = score(slice(start, start + _CHUNK))
        best = np.argsort(-scores, axis=1, kind="stable")[:, :count]
        positive = np.take_along_axis(scores, best, axis=1) > 0
        rows = np.broadcast_to(index[start : start + _CHUNK, None], best.shape)
        parts.append(ranked(rows[positive], items.to_numpy(object)[best[positive]]))
    return pd.concat(parts, ignore_index=True)


def fuse(proposals: Mapping[str, pd.DataFrame], constant: float = 60.0) -> pd.DataFrame:
    """Fuse rankings: the score of an item is the sum of ``1 / (constant + rank)`` over them.

    Args:
        proposals: By source, ``row, item_id, rank``.
        constant: How little the first ranks stand out.

    Returns:
        ``row, item_id, rank`` of the fused ranking, and a column of ranks for each source, NaN where it does
        not propose the item.

    Reference:
        Cormack, Clarke & Büttcher (2009), Reciprocal Rank Fusion outperforms Condorcet and individual Rank
        Learning Methods.

    Example:
        >>> first = pd.DataFrame({"row": 0, "item_id": ["a", "b"], "rank": [1, 2]})
        >>> second = pd.DataFrame({"row": 0, "item_id": ["b", "c"], "rank": [1, 2]})
        >>> fuse({"first": first, "second": second})[["item_id", "rank"]].values.tolist()
        [['b', 1], ['a', 2], ['c', 3]]
    """
    named = [
        table.rename(columns={"rank": name}).set_index(["row", "item_id"])
        for name, table in proposals.items()
    ]
    table = pd.concat(named, axis=1).reset_index()
    score = (1 / (constant + table[list(proposals)])).fillna(0.0).sum(axis=1)
    table = table.assign(score=score).sort_values(["row", "score"], ascending=[True, False], kind="stable")
    table["rank"] = table.groupby("row").cumcount() + 1
    return table.drop(columns="score").reset_index(drop=True)
