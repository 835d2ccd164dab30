"""Rates counted by a model of categories, so that they are known in closed form."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from intent_tf.decisions.advertise.rates import compare_rates, impression_rates
from intent_tf.decisions.advertise.uplift import Predict
from intent_tf.errors import InputError

CLICKS, CONVERSIONS = {"small": 0.2, "large": 0.6}, {"small": 0.75, "large": 0.25}


def _counted(features: pd.DataFrame, label: np.ndarray) -> Predict:
    rates = pd.Series(label).groupby(features["size"].to_numpy()).mean()
    return lambda rows: rows["size"].map(rates).to_numpy(float)


def _impressions(rows: int = 4000) -> pd.DataFrame:
    """Impressions whose rates are exact in each category."""
    index = (np.arange(rows // 2) + 0.5) / (rows // 2)
    parts = [
        pd.DataFrame(
            {
                "size": size,
                "click": index < CLICKS[size],
                "click_and_purchase": index < CLICKS[size] * CONVERSIONS[size],
            }
        )
        for size in CLICKS
    ]
    return pd.concat(parts, ignore_index=True).astype({"click": int, "click_and_purchase": int})


def test_the_rates_are_those_of_the_closed_form() -> None:
    rates = impression_rates(_impressions(), _impressions().iloc[[0, -1]], _counted)
    assert rates.index.tolist() == [0, 3999]
    np.testing.assert_allclose(rates.to_numpy(), [[0.2, 0.75, 0.15], [0.6, 0.25, 0.15]])


def test_plainer_ways_stand_beside_the_two_models() -> None:
    past, future = _impressions(), _impressions(400)
    found = compare_rates(impression_rates(past, future, _counted), past, future, _counted)
    assert found.index.tolist() == ["two models", "one model", "constant"]
    assert found.loc["two models", "cvr_auroc"] > 0.7 and found.loc["constant", "cvr_auroc"] == 0.5
    assert found.loc["two models", "ctcvr_log_loss"] == pytest.approx(
        found.loc["one model", "ctcvr_log_loss"]
    )


def test_a_future_without_a_purchase_cannot_be_evaluated() -> None:
    future = _impressions(40).assign(click_and_purchase=0)
    with pytest.raises(InputError, match="no purchase follows a click in the last 40"):
        compare_rates(pd.DataFrame(), _impressions(40), future, _counted)
