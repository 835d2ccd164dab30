from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from intent_tf.decisions.recommend.ranked import fuse, rank_by_score, ranked


def test_items_are_ranked_by_score_and_those_without_one_are_left_out() -> None:
    scores = np.array([[0.1, 0.0, 0.3], [0.0, 0.0, 0.0]])
    found = rank_by_score(lambda rows: scores[rows], pd.DataFrame(index=[5, 6]), pd.Index(["a", "b", "c"]), 9)
    assert found.values.tolist() == [[5, "c", 1], [5, "a", 2]]


def test_hand_computed_fusion_keeps_each_source_s_rank() -> None:
    first = ranked(np.array([0, 0, 1]), np.array(["a", "b", "a"], object))
    second = ranked(np.array([0, 0, 0]), np.array(["c", "b", "a"], object))
    found = fuse({"first": first, "second": second}, constant=1.0)
    # a: 1/2 + 1/4, b: 1/3 + 1/3, c: 1/2
    assert found.loc[found["row"].eq(0), "item_id"].tolist() == ["a", "b", "c"]
    assert found.loc[2, "second"] == 1 and pd.isna(found.loc[2, "first"])
    assert found.loc[found["row"].eq(1), ["item_id", "rank"]].values.tolist() == [["a", 1]]


@pytest.mark.parametrize("constant", [1.0, 60.0])
def test_one_ranking_fused_with_itself_stays(constant: float) -> None:
    only = ranked(np.array([0, 0, 0]), np.array(["c", "a", "b"], object))
    assert fuse({"x": only, "y": only}, constant)["item_id"].tolist() == ["c", "a", "b"]
