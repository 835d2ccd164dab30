"""Recommends items to sessions: candidates from all sources, fused, then ranked by probability."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from intent_tf.decisions.event_log import split_by_time
from intent_tf.decisions.intent import SMALL, fit_intent, fit_model
from intent_tf.decisions.recommend.items import item_table
from intent_tf.decisions.recommend.pairs import LABEL, UNREAD, pair_table
from intent_tf.decisions.recommend.ranked import Source, fuse
from intent_tf.decisions.recommend.recommendation_times import recommendation_times
from intent_tf.decisions.recommend.sources import fit_sources
from intent_tf.errors import InputError
from intent_tf.models.intent_model import IntentModel
from intent_tf.options.decide import Target
from intent_tf.options.training import TrainingConfig

#: Pairs of a prediction time and an item that the model is trained on, at most about so many.
_MOST_PAIRS = 30_000


@dataclass(frozen=True)
class Recommender:
    """Knows the items of a log, who met them, and how strongly sessions want items.

    Args:
        items: The items of the log, from `item_table`.
        sources: What proposes candidates, by name.
        session_model: Probability of a session, on examples; see `fit_intent`.
        model: Probability of a session for an item, on the rows of `pair_table`.
        candidates: Items that are ranked at each prediction time.
    """

    items: pd.DataFrame
    sources: Mapping[str, Source]
    session_model: IntentModel
    model: IntentModel
    candidates: int = 40

    @classmethod
    def fit(
        cls,
        log: pd.DataFrame,
        target: Target = "buy",
        *,
        catalogue: pd.DataFrame | None = None,
        candidates: int = 40,
        training: TrainingConfig = SMALL,
        seed: int = 0,
    ) -> "Recommender":
        """Learn from the past of a log.

        The sources and the model of sessions learn from the first 60 % of its events, and the model of pairs
        from the sessions after them: so it sees candidates and probabilities as good as they will be.
        The sources then learn from the whole log.

        Args:
            log: Events as `clean_log` gives them.
            target: What a recommendation is to lead to; see `recommendation_times`.
            catalogue: Items on sale beside those of the log, see `item_table`.
            candidates: Items that are ranked at each prediction time.
            training: The model and how it is trained.
            seed: Of everything random.

        Raises:
            InputError: If no session was bought in, or no candidate wanted after its prediction time, so that
                nothing can be learnt.
        """
        early, late = split_by_time(log, 0.6)
        items, sources = item_table(early, catalogue), fit_sources(early, catalogue)
        session_model = fit_intent(early, training=training, seed=seed)
        prediction_times = _with_probability(
            session_model, recommendation_times(log, target, since=late["timestamp"].min())
        )
        pairs = pair_table(prediction_times, propose(sources, prediction_times, candidates), items)
        pairs = _sample(pairs, np.random.default_rng(seed))
        model = fit_model(pairs, LABEL, drop=UNREAD, weight="weight", training=training, seed=seed)
        items, sources = item_table(log, catalogue), fit_sources(log, catalogue)
        return cls(items, sources, session_model, model, candidates)

    def propose(self, prediction_times: pd.DataFrame) -> pd.DataFrame:
        """Propose candidates by every source, and fuse them; see `propose`."""
        return propose(self.sources, prediction_times, self.candidates)

    def rank(self, prediction_times: pd.DataFrame, proposed: pd.DataFrame | None = None) -> pd.DataFrame:
        """Rank candidates by probability.

        Args:
            prediction_times: From `recommendation_times`.
            proposed: From `propose`; proposed now unless given.

        Returns:
            ``row`` (the prediction time's index), ``item_id``, ``title``, ``price``, ``intent_strength``
            (that this session wants this item, in [0, 1]) and ``rank`` (from 1).
        """
        proposed = self.propose(prediction_times) if proposed is None else proposed
        pairs = pair_table(_with_probability(self.session_model, prediction_times), proposed, self.items)
        described = pairs[["row", "item_id", "item_title", "item_price"]]
        ranked = described.rename(columns={"item_title": "title", "item_price": "price"})
        ranked = ranked.assign(intent_strength=self.model.predict(pairs))
        ranked = ranked.sort_values(["row", "intent_strength"], ascending=[True, False], kind="stable")
        return ranked.assign(rank=ranked.groupby("row").cumcount() + 1).reset_index(drop=True)

    def recommend(self, prediction_times: pd.DataFrame, count: int = 10) -> pd.DataFrame:
        """Recommend items, the best first.

        Args:
            prediction_times: From `recommendation_times`.
            count: Items a prediction time at most.

        Returns:
            ``user_id, session_id, prediction_time, rank, item_id, title, price, intent_strength``.
        """
        if count < 1:
            raise InputError(f"{count} items were asked for", expected="at least 1")
        best, keys = self.rank(prediction_times), ["user_id", "session_id", "prediction_time"]
        best = best[best["rank"] <= count].join(prediction_times[keys], on="row")
        columns = [*keys, "rank", "item_id", "title", "price", "intent_strength"]
        return best[columns].reset_index(drop=True)


def propose(sources: Mapping[str, Source], prediction_times: pd.DataFrame, count: int) -> pd.DataFrame:
    """Ask every source, leave out hidden items, and fuse: the best ``count`` of each prediction time.

    Returns:
        As `fuse` does.
    """
    proposals = {name: without_hidden(source, prediction_times, count) for name, source in sources.items()}
    fused = fuse(proposals)
    return fused[fused["rank"] <= count].reset_index(drop=True)


def without_hidden(source: Source, prediction_times: pd.DataFrame, count: int) -> pd.DataFrame:
    """Ask a source for items that are not hidden from the user.

    Returns:
        ``row, item_id, rank``, with ``count`` items a prediction time if it has as many.
    """
    hidden = prediction_times["hidden"].explode().dropna().rename("item_id").rename_axis("row").reset_index()
    most = int(prediction_times["hidden"].map(len).max())
    ranked = source(prediction_times, count + most)
    keep = ranked[["row", "item_id"]].merge(hidden.assign(hidden=True), how="left", on=["row", "item_id"])
    ranked = ranked[keep["hidden"].isna().to_numpy()]
    ranked = ranked.assign(rank=ranked.groupby("row").cumcount() + 1)
    return ranked[ranked["rank"] <= count].reset_index(drop=True)


def _with_probability(model: IntentModel, prediction_times: pd.DataFrame) -> pd.DataFrame:
    return prediction_times.assign(session_probability=model.predict(prediction_times))


def _sample(pairs: pd.DataFrame, generator: np.random.Generator) -> pd.DataFrame:
    """Keep every wanted item and a share of the others, which weigh more: probabilities stay calibrated."""
    wanted = pairs[LABEL].eq(1)
    share = min(1.0, _MOST_PAIRS / max(1, int((~wanted).sum())))
    kept = pairs[wanted | (generator.random(len(pairs)) < share)]
    return kept.assign(weight=np.where(kept[LABEL].eq(1), 1.0, 1 / share))
