"""How well ranked items meet what was wanted: recall, NDCG, reciprocal rank and coverage."""

from __future__ import annotations

import numpy as np
import pandas as pd

METRICS = ("recall", "ndcg", "mrr")


def hits(ranked: pd.DataFrame, prediction_times: pd.DataFrame) -> pd.DataFrame:
    """Find at which rank each wanted item stands.

    Args:
        ranked: ``row, item_id, rank``.
        prediction_times: From `recommendation_times`; those that want nothing are excluded.

    Returns:
        One row a wanted item: ``row, item_id, rank`` (NaN where it is not ranked).
    """
    wanted = prediction_times["wanted"].explode().dropna().rename("item_id").rename_axis("row").reset_index()
    return wanted.merge(ranked[["row", "item_id", "rank"]], how="left", on=["row", "item_id"])


def ranking_metrics(ranks: pd.DataFrame, count: int = 10) -> pd.DataFrame:
    """Evaluate each prediction time's first recommendations.

    Args:
        ranks: Rank of each wanted item, from `hits`.
        count: Recommendations that are shown, k.

    Returns:
        One row a prediction time, with the index ``row``: ``recall`` (share of the wanted items shown),
        ``ndcg`` (each wanted item counts 1 / log2(1 + rank), over the sum of the best order) and ``mrr`` (1
        over the rank of the first wanted item, 0 if none is shown); all in [0, 1].

    Example:
        >>> ranks = pd.DataFrame({"row": 0, "item_id": ["a", "b"], "rank": [2.0, None]})
        >>> ranking_metrics(ranks, 3).round(3).to_dict("records")
        [{'recall': 0.5, 'ndcg': 0.387, 'mrr': 0.5}]

    Reference:
        Järvelin & Kekäläinen (2002), Cumulated Gain-Based Evaluation of IR Techniques.
    """
    shown = ranks["rank"] <= count
    grouped = pd.DataFrame(
        {
            "row": ranks["row"],
            "recall": shown.astype(np.float64),
            "gain": (1 / np.log2(1 + ranks["rank"])).where(shown, 0.0),
            "mrr": (1 / ranks["rank"]).where(shown, 0.0),
        }
    ).groupby("row")
    wanted = grouped.size().clip(upper=count)
    best = np.cumsum(1 / np.log2(1 + np.arange(1, count + 1)))[wanted.to_numpy() - 1]
    recall, ndcg = grouped["recall"].mean(), grouped["gain"].sum() / best
    return pd.DataFrame({"recall": recall, "ndcg": ndcg, "mrr": grouped["mrr"].max()})


def coverage(ranked: pd.DataFrame, items: pd.Index, count: int = 10) -> float:
    """Return the share of the items that are shown to anybody, in [0, 1]."""
    shown = ranked.loc[ranked["rank"] <= count, "item_id"]
    return float(items.isin(shown.unique()).mean())


def difference_interval(
    ours: pd.Series, theirs: pd.Series, users: pd.Series, repeats: int = 1000, seed: int = 0
) -> tuple[float, float, float]:
    """Compare a figure of two rankings on the same prediction times, by a bootstrap of users.

    Args:
        ours: The figure by prediction time.
        theirs: The figure of the other ranking, by prediction time.
        users: The user of each prediction time: one user's prediction times are alike, so users are drawn,
            not prediction times.
        repeats: Number of bootstrap samples.
        seed: Seed of the samples.

    Returns:
        The mean difference, and the bounds of its 95 % interval.

    Example:
        >>> ours, users = pd.Series([1.0, 1.0, 0.0]), pd.Series(["ann", "ann", "bob"])
        >>> difference_interval(ours, ours - 0.25, users)
        (0.25, 0.25, 0.25)
    """
    difference = ours - theirs.reindex(ours.index)
    grouped = difference.groupby(users.reindex(ours.index))
    sums, sizes = grouped.sum().to_numpy(), grouped.size().to_numpy()
    drawn = np.random.default_rng(seed).integers(len(sums), size=(repeats, len(sums)))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(difference.mean()), float(low), float(high)
