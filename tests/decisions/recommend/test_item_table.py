from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from intent_tf.decisions.recommend.items import item_table
from intent_tf.errors import InputError


@pytest.fixture
def log(make_log: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    events = [
        ("ann", "1", 0, "detail", "hat"),
        ("ann", "1", 5, "cart", "hat"),
        ("bob", "2", 9, "click", "bag"),
    ]
    return make_log(events, {"hat": "red hat"})


def test_hand_counted_items(log: pd.DataFrame) -> None:
    table = item_table(log)
    assert table.loc["hat"].tolist() == ["red hat", 3.0, 0.8, 0.5]
    assert table.loc["bag"].tolist() == ["", 3.0, 0.2, 0.0]


def test_titles_of_all_languages_are_joined(log: pd.DataFrame) -> None:
    other = log.assign(text=log["text"].replace("red hat", "红帽"))
    assert item_table(pd.concat([log, other])).loc["hat", "title"] == "red hat 红帽"


def test_a_catalogue_adds_items_that_nobody_has_met(log: pd.DataFrame) -> None:
    catalogue = pd.DataFrame(
        {"title": ["blue hat", "other"], "price": [9.0, 1.0]}, index=pd.Index(["new", "hat"])
    )
    table = item_table(log, catalogue)
    assert table.loc["new"].tolist() == ["blue hat", 9.0, 0.0, 0.0]
    assert table.loc["hat", "title"] == "red hat" and len(table) == 3


def test_a_log_without_items_is_an_error(log: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="no event has an item"):
        item_table(log.assign(item_id="", price=np.nan))
