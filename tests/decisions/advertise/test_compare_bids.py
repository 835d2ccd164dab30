from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from intent_tf.decisions.advertise.bidding import compare_bids


@pytest.fixture(scope="module")
def rates() -> pd.DataFrame:
    generator = np.random.default_rng(0)
    ctr = generator.uniform(0.1, 0.9, 3000)
    return pd.DataFrame({"ctr": ctr, "ctcvr": ctr * generator.beta(0.3, 3, 3000)})


def test_true_rates_buy_more_than_flat_bids(rates: pd.DataFrame) -> None:
    converted = (np.random.default_rng(1).random(3000) < rates["ctcvr"]).to_numpy(int)
    found = compare_bids(rates, converted, 20.0)
    assert found.loc["probability", "purchases"] > 1.3 * found.loc["flat", "purchases"]
    assert found["spent"].max() <= found["spent"].min() * 1.25
    assert found.loc["probability", "lasted"] > 0.85 > 0.5 > found.loc["probability, unpaced", "lasted"]


def test_a_budget_of_zero_buys_nothing(rates: pd.DataFrame) -> None:
    found = compare_bids(rates, np.ones(3000, int), 20.0, budget_share=0)
    assert found[["won", "spent", "purchases", "lasted"]].to_numpy().max() == 0
    assert found["cost"].isna().all()
