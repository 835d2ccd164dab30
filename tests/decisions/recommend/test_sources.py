"""What each source proposes in a shop of hats and bags, whose users never mix the two."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from intent_tf.decisions.recommend.items import interactions
from intent_tf.decisions.recommend.sources import (
    content,
    item_similarity,
    last_viewed,
    neighbours,
    popular,
)

HATS, BAGS = [f"hat{n}" for n in range(6)], [f"bag{n}" for n in range(6)]
ITEMS = pd.Index([*HATS, *BAGS])
TITLES = pd.Series([*["red felt hat"] * 6, *["leather bag"] * 6], ITEMS)


@pytest.fixture(scope="module")
def seen(make_log: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    generator, events = np.random.default_rng(0), []
    for user in range(40):
        for item in generator.choice(HATS if user % 2 else BAGS, 4, replace=False):
            events.append((f"u{user}", f"s{user}", len(events), "detail", str(item)))
    return interactions(make_log(events))


def _moments(*sessions: list[str], history: list[str] | None = None) -> pd.DataFrame:
    return pd.DataFrame({"item_id": list(sessions), "history": [history or []] * len(sessions)})


def _first(found: pd.DataFrame, row: int, count: int) -> list[str]:
    return found.loc[found["row"] == row, "item_id"].tolist()[:count]


def test_neighbours_are_met_in_the_same_sessions(seen: pd.DataFrame) -> None:
    found = neighbours(seen, ITEMS)(_moments(["hat1"]), 20)
    assert found["item_id"][0] == "hat1" and set(found["item_id"]) == set(HATS)


def test_hand_computed_damped_cosine(make_log: Callable[..., pd.DataFrame]) -> None:
    log = make_log([("a", "1", 0, "click", "x"), ("a", "1", 1, "click", "y"), ("b", "2", 2, "click", "y")])
    similarity = item_similarity(interactions(log), pd.Index(["x", "y"])).toarray()
    assert similarity[0, 1] == pytest.approx(1 / np.sqrt(11 * 12))


def test_content_finds_an_item_that_nobody_met() -> None:
    titles = pd.concat([TITLES, pd.Series({"new": "blue felt hat"})])
    assert _first(content(titles)(_moments(["hat1"]), 9), 0, 9)[6:] == ["new"]


def test_content_without_words_proposes_nothing() -> None:
    assert content(pd.Series({"a": "", "b": ""}))(_moments(["a"]), 5).empty


def test_what_was_viewed_last_comes_first_then_history_and_nothing_twice() -> None:
    found = last_viewed(_moments(["hat1", "", "hat2", "hat1"], history=["bag1", "hat2", "bag2"]), 3)
    assert found[["item_id", "rank"]].values.tolist() == [["hat1", 1], ["hat2", 2], ["bag2", 3]]


def test_everybody_is_offered_what_is_popular() -> None:
    found = popular(ITEMS)(_moments([""], ["bag1"]), 2)
    assert found["item_id"].tolist() == ["hat0", "hat1"] * 2
