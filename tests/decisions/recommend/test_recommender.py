"""A recommender of a small simulated shop, asked about what came after the events it learnt from."""

from __future__ import annotations

import pandas as pd
import pytest

from intent_tf.decisions.event_log import clean_log, split_by_time
from intent_tf.decisions.recommend.evaluate import OURS, compare_rankings, differences, rankings
from intent_tf.decisions.recommend.recommendation_times import recommendation_times
from intent_tf.decisions.recommend.recommender import Recommender, without_hidden
from intent_tf.errors import InputError
from intent_tf.options.training import TrainingConfig
from intent_tf.simulator.simulator import simulate

NEW = pd.DataFrame({"title": ["new Alder backpack basic"], "price": [9.0]}, index=pd.Index(["new"]))


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    return clean_log(simulate(300, seed=3))


@pytest.fixture(scope="module")
def prediction_times(log: pd.DataFrame) -> pd.DataFrame:
    return recommendation_times(log, since=split_by_time(log)[1]["timestamp"].min())


@pytest.fixture(scope="module")
def recommender(log: pd.DataFrame, tiny: TrainingConfig) -> Recommender:
    return Recommender.fit(split_by_time(log)[0], catalogue=NEW, candidates=12, training=tiny)


@pytest.mark.slow
def test_every_moment_is_offered_items_by_strength(
    recommender: Recommender, prediction_times: pd.DataFrame
) -> None:
    found = recommender.recommend(prediction_times, count=5)
    assert len(found) == 5 * len(prediction_times)
    assert found["intent_strength"].between(0, 1).all()
    first, second = (found[found["rank"] == rank]["intent_strength"].to_numpy() for rank in (1, 2))
    assert (first >= second).all()
    known = found["item_id"].isin(recommender.items.index)
    assert found["title"].ne("")[known].all() and found["price"].notna()[known].all()


@pytest.mark.slow
def test_a_session_without_an_item_is_offered_what_is_popular(
    recommender: Recommender, prediction_times: pd.DataFrame
) -> None:
    empty = prediction_times.head(1).copy()
    empty["item_id"], empty["history"] = [[""] * len(empty["item_id"].iloc[0])], [[]]
    assert recommender.propose(empty)["item_id"].tolist() == recommender.items.index[:12].tolist()


@pytest.mark.slow
def test_an_item_of_the_catalogue_that_nobody_met_is_found_by_content(
    recommender: Recommender, prediction_times: pd.DataFrame
) -> None:
    twin = recommender.items.index[recommender.items["title"].str.contains("Alder backpack basic")][0]
    like = prediction_times.head(1).copy()
    like["item_id"], like["history"] = [[twin] * len(like["item_id"].iloc[0])], [[]]
    assert "new" in set(without_hidden(recommender.sources["content"], like, 20)["item_id"])


@pytest.mark.slow
def test_what_is_hidden_is_never_offered(recommender: Recommender, prediction_times: pd.DataFrame) -> None:
    first = recommender.propose(prediction_times).groupby("row")["item_id"].first()
    hiding = prediction_times.assign(hidden=[[first[row]] for row in prediction_times.index])
    proposed = recommender.propose(hiding)
    assert not (proposed["item_id"] == proposed["row"].map(first)).any()
    assert proposed.groupby("row").size().eq(12).all()


@pytest.mark.slow
def test_all_ways_are_measured_on_the_same_moments(
    recommender: Recommender, prediction_times: pd.DataFrame
) -> None:
    ways = rankings(recommender, prediction_times)
    table = compare_rankings(ways, prediction_times, recommender.items.index, 5)
    assert set(table.index) == {*recommender.sources, "hybrid", OURS}
    assert table[["recall", "ndcg", "mrr", "coverage"]].to_numpy().min() >= 0
    against = differences(ways, prediction_times, 5)
    assert (against["low"] <= against["difference"]).all() and (
        against["difference"] <= against["high"]
    ).all()


@pytest.mark.slow
def test_moments_that_want_nothing_cannot_be_measured(
    recommender: Recommender, prediction_times: pd.DataFrame
) -> None:
    nothing = prediction_times[prediction_times["wanted"].map(len).eq(0)]
    with pytest.raises(InputError, match="no item is wanted"):
        rankings(recommender, nothing)


def test_a_past_without_carts_teaches_nothing(log: pd.DataFrame, tiny: TrainingConfig) -> None:
    looking = log[~log["event_type"].isin(["cart", "purchase"])]
    with pytest.raises(InputError, match="labels 'purchase' are 0"):
        Recommender.fit(looking, candidates=5, training=tiny)


@pytest.mark.slow
def test_no_recommendation_is_no_count(recommender: Recommender, prediction_times: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="0 items were asked for"):
        recommender.recommend(prediction_times, 0)
