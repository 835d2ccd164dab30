from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from intent_tf.decisions.churn.evaluate import calibration_table, churn_metrics, recency_risk
from intent_tf.errors import InputError


def test_recency_alone_tells_the_share_at_each_silence() -> None:
    known = pd.DataFrame({"days_silent": [1.0] * 4 + [5.0] * 4, "churned": [0, 0, 0, 1, 1, 1, 1, 0]})
    assert recency_risk(known, pd.DataFrame({"days_silent": [0.0, 1.0, 3.0, 9.0]})) == pytest.approx(
        [0.25, 0.25, 0.5, 0.75]
    )


def test_hand_computed_figures() -> None:
    found = churn_metrics([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1], alarms=0.5)
    assert found["auroc"] == 0.75 and found["precision"] == 0.5
    assert found["auprc"] == pytest.approx((1 + 2 / 3) / 2)
    assert found["log_loss"] == pytest.approx(-np.log([0.9, 0.2, 0.7, 0.9]).mean())


def test_a_period_in_which_all_churn_says_nothing() -> None:
    with pytest.raises(InputError, match="nobody or everybody churned"):
        churn_metrics([1, 1], [0.5, 0.5])


def test_hand_counted_bins() -> None:
    found = calibration_table([0, 1, 1, 1], [0.2, 0.4, 0.6, 1.0], bins=2)
    assert found.to_dict("list") == {
        "risk": pytest.approx([0.3, 0.8]),
        "churned": [0.5, 1.0],
        "users": [2, 2],
    }
