"""What a budget buys by different bids, on impressions whose outcome is known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from intent_tf.decisions.advertise.bidding import run_auctions


def market_prices(impressions: int, typical: float, seed: int = 0) -> np.ndarray:
    """Draw the highest bid of the others: log-normal around a typical price, alike for all impressions.

    Args:
        impressions: Number of impressions.
        typical: Median of the prices.
        seed: Seed of the draws.
    """
    drawn = np.random.default_rng(seed).lognormal(np.log(typical), 1.0, impressions)
    return drawn.astype(np.float64)


def compare_bids(
    rates: pd.DataFrame, converted: np.ndarray, value: float, budget_share: float = 0.2, seed: int = 0
) -> pd.DataFrame:
    """Spend one budget in the ways of bidding that a shop has.

    The bids of all ways have the same mean, so that none gets more only because it offers more.

    Args:
        rates: ``ctr`` and ``ctcvr`` of the impressions in the order of time, from `EntireSpaceModel.rates`.
        converted: 0 or 1: a click and a purchase followed, ``(impressions,)``.
        value: Value of a purchase.
        budget_share: The budget, as a share of what bidding by worth would spend without one.
        seed: Seed of the market's prices.

    Returns:
        One row a way: ``probability`` (value times the probability of click and purchase), the same unpaced,
        ``click`` (in proportion to the probability of a click) and ``flat``; with ``won`` (impressions),
        ``spent``, ``purchases`` (that followed impressions won, caused by them or not), ``cost`` (a purchase;
        NaN without one) and ``lasted`` (share of the impressions by which 95 % of what it spent was spent).
    """
    worth = value * rates["ctcvr"].to_numpy(np.float64)
    clicks = rates["ctr"].to_numpy(np.float64)
    market = market_prices(len(worth), float(worth.mean()), seed)
    budget = budget_share * float(run_auctions(worth, market, market.sum(), pacing=False)["paid"].sum())
    ways = {
        "probability": (worth, True),
        "probability, unpaced": (worth, False),
        "click": (clicks * worth.mean() / clicks.mean(), True),
        "flat": (np.full(len(worth), worth.mean()), True),
    }
    rows = {}
    for name, (bids, pacing) in ways.items():
        auctions = run_auctions(bids, market, budget, pacing=pacing)
        won = auctions["won"].to_numpy(bool)
        spent, purchases = float(auctions["paid"].sum()), int(converted[won].sum())
        rows[name] = {
            "won": int(won.sum()),
            "spent": spent,
            "purchases": purchases,
            "cost": spent / purchases if purchases else np.nan,
            "lasted": float((auctions["paid"].cumsum() < 0.95 * spent).mean()),
        }
    return pd.DataFrame(rows).T
