from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from intent_tf.decisions.recommend.evaluate import coverage, difference_interval, hits, ranking_metrics


@pytest.fixture
def prediction_times() -> pd.DataFrame:
    return pd.DataFrame({"wanted": [["a", "b", "x"], [], ["c"]], "user_id": ["ann", "bob", "cid"]})


@pytest.fixture
def ranked() -> pd.DataFrame:
    rows = [(0, "z", 1), (0, "a", 2), (0, "b", 3), (1, "a", 1), (2, "z", 1), (2, "c", 5)]
    return pd.DataFrame(rows, columns=["row", "item_id", "rank"])


def test_hand_computed_metrics(prediction_times: pd.DataFrame, ranked: pd.DataFrame) -> None:
    found = ranking_metrics(hits(ranked, prediction_times), 3)
    assert found.index.tolist() == [0, 2]  # nothing is wanted at the second prediction time
    gain = 1 / np.log2(3) + 1 / np.log2(4)
    best = 1 + 1 / np.log2(3) + 1 / np.log2(4)
    assert found.loc[0].tolist() == pytest.approx([2 / 3, gain / best, 1 / 2])
    assert found.loc[2].tolist() == [0, 0, 0]


def test_the_best_order_has_a_gain_of_one_even_if_more_is_wanted_than_shown(
    prediction_times: pd.DataFrame,
) -> None:
    best = pd.DataFrame({"row": 0, "item_id": ["x", "b"], "rank": [1, 2]})
    assert ranking_metrics(hits(best, prediction_times), 2).loc[0, "ndcg"] == pytest.approx(1)


def test_coverage_counts_items_that_anybody_is_shown(ranked: pd.DataFrame) -> None:
    assert coverage(ranked, pd.Index(["a", "b", "c", "d"]), 3) == 0.5


def test_an_interval_counts_users_not_moments() -> None:
    zero, users = pd.Series(np.zeros(40)), pd.Series(["ann"] * 20 + ["bob"] * 20)
    ours = pd.Series([1.0] * 20 + [0.0] * 20)
    assert difference_interval(ours, zero, users) == (0.5, 0.0, 1.0)
