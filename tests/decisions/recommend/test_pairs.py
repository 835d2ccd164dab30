from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from intent_tf.decisions.recommend.items import item_table
from intent_tf.decisions.recommend.pairs import pair_table
from intent_tf.decisions.recommend.recommendation_times import recommendation_times


@pytest.fixture(scope="module")
def pairs(make_log: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    past = make_log([("bob", "1", 0, "detail", "hat"), ("bob", "1", 9, "cart", "hat")], {"hat": "red hat"})
    session = [("ann", "2", 20, "detail", "hat"), ("ann", "2", 25, "detail", "cape")]
    session += [("ann", "2", 30, "detail", "hat"), ("ann", "2", 40, "search", "")]
    session.append(("ann", "2", 50, "cart", "cape"))
    log = make_log(session, {"cape": "long cape", "hat": "renamed"})
    prediction_times = recommendation_times(log, prediction_times="4").assign(session_probability=0.5)
    items = ["hat", "cape", "coat"]
    candidates = pd.DataFrame({"row": 0, "item_id": items, "rank": [1, 2, 3], "content": [1.0, np.nan, 2.0]})
    return pair_table(prediction_times, candidates, item_table(past)).set_index("item_id")


def test_an_item_has_what_the_catalogue_knows_of_it(pairs: pd.DataFrame) -> None:
    columns = ["item_title", "item_price", "item_popularity", "item_buys"]
    assert pairs.loc["hat", columns].tolist() == ["red hat", 3.0, 1.0, 0.5]


def test_a_cold_item_has_the_title_and_price_that_the_session_shows(pairs: pd.DataFrame) -> None:
    columns = ["item_title", "item_price", "item_popularity", "item_buys"]
    assert pairs.loc["cape", columns].tolist() == ["long cape", 4.0, 0.0, 0.0]


def test_views_in_the_session_are_counted_and_dated(pairs: pd.DataFrame) -> None:
    assert pairs["views"].tolist() == [2, 1, 0]
    assert pairs["events_ago"].fillna(-1).tolist() == [1, 2, -1]


def test_an_item_that_nobody_describes_has_an_empty_title_and_no_price(pairs: pd.DataFrame) -> None:
    assert pairs.loc["coat", "item_title"] == "" and np.isnan(pairs.loc["coat", "item_price"])


def test_what_came_later_is_the_label(pairs: pd.DataFrame) -> None:
    assert pairs["wanted_item"].tolist() == [0, 1, 0]


def test_ranks_of_the_sources_are_columns(pairs: pd.DataFrame) -> None:
    assert pairs["by_content"].fillna(-1).tolist() == [1, -1, 2]
