"""The recommender beside its own sources, on the prediction times that came after what it learnt from."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from intent_tf.decisions.recommend.metrics import (
    METRICS,
    coverage,
    difference_interval,
    hits,
    ranking_metrics,
)
from intent_tf.decisions.recommend.recommender import Recommender, without_hidden
from intent_tf.errors import InputError

OURS = "probability"
#: What a shop has without any of this.
BASELINES = ("popular", "last_viewed", "neighbours")


def rankings(recommender: Recommender, prediction_times: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Rank items at prediction times in every way: each source, their fusion ``hybrid``, ``probability``.

    Args:
        recommender: Fitted on events before the prediction times.
        prediction_times: From `recommendation_times`.

    Returns:
        By way, ``row, item_id, rank``.

    Raises:
        InputError: If nothing is wanted after any of the prediction times.
    """
    wanting = prediction_times[prediction_times["wanted"].map(len) > 0]
    if wanting.empty:
        raise InputError(
            "no item is wanted after any of the prediction times",
            expected="carts or purchases after some of them",
            remedy="take a longer log, or --target view",
        )
    each = {
        name: without_hidden(source, wanting, recommender.candidates)
        for name, source in recommender.sources.items()
    }
    proposed = recommender.propose(wanting)
    return {**each, "hybrid": proposed, OURS: recommender.rank(wanting, proposed)}


def compare_rankings(
    ways: Mapping[str, pd.DataFrame], prediction_times: pd.DataFrame, items: pd.Index, count: int = 10
) -> pd.DataFrame:
    """Evaluate ways of ranking on the same prediction times.

    Args:
        ways: From `rankings`.
        prediction_times: From `recommendation_times`.
        items: All items, for the coverage.
        count: Recommendations that are shown.

    Returns:
        One row a way: ``recall``, ``ndcg``, ``mrr`` (means over the prediction times that want something),
        ``coverage``, and the recall of ``cold_users`` (without a history) and ``cold_items`` (wanted items
        that are not among ``items``); NaN where there are none.
    """
    rows = {}
    for name, ranked in ways.items():
        ranks = hits(ranked, prediction_times)
        by_prediction_time = ranking_metrics(ranks, count)
        cold = prediction_times.loc[by_prediction_time.index, "history"].map(len).eq(0)
        shown = ranks.loc[~ranks["item_id"].isin(items), "rank"].le(count)
        rows[name] = {
            **by_prediction_time.mean(),
            "coverage": coverage(ranked, items, count),
            "cold_users": by_prediction_time.loc[cold, "recall"].mean(),
            "cold_items": shown.mean(),
        }
    return pd.DataFrame(rows).T


def differences(
    ways: Mapping[str, pd.DataFrame], prediction_times: pd.DataFrame, count: int = 10
) -> pd.DataFrame:
    """Compare the ranking by probability with the best baseline and the fusion, by each figure.

    Returns:
        One row a figure and rival: ``metric``, ``rival`` (the best of `BASELINES` by that figure, and
        ``hybrid``), ``difference`` and the bounds ``low`` and ``high`` of its 95 % interval over users.
    """
    measured = {name: ranking_metrics(hits(ranked, prediction_times), count) for name, ranked in ways.items()}
    rows = []
    for metric in METRICS:
        best = max(BASELINES, key=lambda name: measured[name][metric].mean())
        for rival in (best, "hybrid"):
            interval = difference_interval(
                measured[OURS][metric], measured[rival][metric], prediction_times["user_id"]
            )
            rows.append((metric, rival, *interval))
    return pd.DataFrame(rows, columns=["metric", "rival", "difference", "low", "high"])
