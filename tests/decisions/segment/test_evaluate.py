from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from intent_tf.decisions.segment.evaluate import foresight, rfm_cells
from intent_tf.errors import InputError


def test_hand_computed_foresight() -> None:
    segment = pd.Series(["a"] * 10 + ["b"] * 10)
    then, later = pd.Series([1] * 10 + [0] * 10), pd.Series([1] * 8 + [0] * 12)
    # the rates 1 and 0 are drawn to (10 + 5) / 20 and 5 / 20
    loss = -(8 * np.log(0.75) + 2 * np.log(0.25) + 10 * np.log(0.75)) / 20
    assert foresight(segment, then, segment, later)["log_loss"] == pytest.approx(loss)


def test_a_segment_unknown_before_has_the_overall_rate() -> None:
    found = foresight(
        pd.Series(["a"] * 4), pd.Series([0, 1, 0, 1]), pd.Series(["new"] * 2), pd.Series([0, 1])
    )
    assert found == {"auroc": 0.5, "log_loss": pytest.approx(np.log(2))}


def test_a_period_without_buyers_says_nothing() -> None:
    with pytest.raises(InputError, match="nobody or everybody"):
        foresight(pd.Series(["a"]), pd.Series([1]), pd.Series(["a"]), pd.Series([0]))


def test_rfm_cells_are_thirds() -> None:
    users = pd.DataFrame({"recency": range(9), "frequency": range(9), "money": range(9)})
    assert rfm_cells(users, users).tolist() == ["000"] * 3 + ["111"] * 3 + ["222"] * 3
