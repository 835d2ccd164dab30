"""How well ranked items meet what was wanted, beside plainer rankings, and what showing them causes."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from intent_tf.decisions.recommend.recommender import Recommender, without_hidden
from intent_tf.errors import InputError
from intent_tf.simulator.trial import Interventions, beliefs_at

OURS = "probability"
#: What a shop has without any of this.
BASELINES = ("popular", "last_viewed", "neighbours")
#: Events of a session after which recommendations are shown, the first time for all.
AFTER = 3

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


def purchases_caused(
    prediction_times: pd.DataFrame,
    probability: np.ndarray,
    log: pd.DataFrame,
    share: float = 0.5,
) -> pd.DataFrame:
    """Tell what the shop's recommendation adds, if only a share of the sessions is shown it.

    The effect on a shopper is known exactly, see `Interventions`; it is that of being shown recommendations,
    whatever the items are.

    Args:
        prediction_times: Columns ``session_id`` and ``events``, one prediction time a session.
        probability: Probability at each, by which sessions are chosen, ``(prediction_times,)``.
        log: The simulated log.
        share: Share of the sessions that are shown recommendations, in (0, 1].

    Returns:
        One row a way to choose the sessions: ``everybody``, the ``strongest`` and the ``weakest`` share,
        the same share at ``random`` (its expectation), and the ``best`` share by the true effect, with
        ``caused``: purchases added a thousand sessions; negative where recommendations distract.

    Raises:
        InputError: If the share is out of its range, or the log is none of this shop.
    """
    if not 0 < share <= 1:
        raise InputError(f"the share of sessions is {share}", expected="more than 0, at most 1")
    actions = Interventions()
    chances = actions.purchase_probabilities(beliefs_at(prediction_times, log))
    effect = chances[:, actions.names.index("recommendation")] - chances[:, 0]
    shown = round(share * len(effect))
    order = np.argsort(-np.asarray(probability), kind="stable")
    sums = {
        "everybody": effect.sum(),
        "random": share * effect.sum(),
        "strongest": effect[order[:shown]].sum(),
        "weakest": effect[order[len(order) - shown :]].sum(),
        "best": np.sort(effect)[len(effect) - shown :].sum(),
    }
    caused = 1000 * pd.Series(sums, name="caused") / len(effect)
    return caused.rename_axis("shown to").to_frame()
