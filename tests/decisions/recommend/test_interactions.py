from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from intent_tf.decisions.recommend.items import interaction_matrix, interactions, query_matrix

ITEMS = pd.Index(["hat", "bag"])


def test_hand_counted_interactions(make_log: Callable[..., pd.DataFrame]) -> None:
    log = make_log(
        [
            ("ann", "1", 0, "search", ""),
            ("ann", "1", 5, "detail", "hat"),
            ("ann", "1", 9, "purchase", "hat"),
            ("bob", "2", 9, "click", "bag"),
            ("bob", "2", 10, "click", "cap"),
        ]
    )
    matrix = interaction_matrix(interactions(log), ITEMS)
    assert matrix.toarray().tolist() == [[6.0, 0.0], [0.0, 1.0]]


def test_the_item_seen_last_weighs_most_and_history_comes_behind_the_session() -> None:
    prediction_times = pd.DataFrame({"history": [["hat"], []], "item_id": [["", "hat", "cap", "bag"], [""]]})
    assert query_matrix(prediction_times, ITEMS).toarray().tolist() == [
        [pytest.approx(1 / 3 + 1 / 4), 1.0],
        [0.0, 0.0],
    ]
