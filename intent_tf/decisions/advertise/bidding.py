"""Bids for impressions, paced so that the budget lasts, and what a budget buys by different bids."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from intent_tf.errors import InputError

#: The multiplier of the budget is kept below this, so that bids never vanish for good.
_MOST = 100.0


def run_auctions(worth: ArrayLike, market: ArrayLike, budget: float, *, pacing: bool = True) -> pd.DataFrame:
    r"""Bid in second-price auctions, one after the other, until the budget is spent.

    Without a budget, bidding what an impression is worth is best. With one, the bid is shaded by the price
    :math:`\mu` of budget, which rises after an auction that spent more than its share and falls after one
    that spent less:

    .. math:: b_t = v_t / (1 + \mu_t), \qquad
        \mu_{t+1} = \max\left(0, \mu_t - \frac{1}{\sqrt T} \frac{\rho - z_t}{\rho}\right), \qquad \rho = B / T

    Args:
        worth: Of each impression, :math:`v`, from 0 on: the value of a purchase times its probability.
        market: The highest bid of the others, which the winner pays, from 0 on.
        budget: :math:`B`, from 0 on; with 0 nothing is won.
        pacing: Whether to shade bids; without, the budget goes to the first comers.

    Returns:
        One row an auction: ``bid``, ``won`` (0 or 1), ``paid``, ``multiplier`` (:math:`\mu_t`). A bid never
        exceeds what is left of the budget, and so neither does the sum paid.

    Raises:
        InputError: If a value is negative or no number, the lengths differ, or there is no auction.

    Reference:
        Balseiro & Gur (2019), Learning in Repeated Auctions with Budgets: Regret Minimization and
        Equilibrium (adaptive pacing).

    Example:
        >>> run_auctions([5, 5, 5], [2, 6, 4], budget=5, pacing=False)[["bid", "won", "paid"]].values.tolist()
        [[5.0, 1.0, 2.0], [3.0, 0.0, 0.0], [3.0, 0.0, 0.0]]
    """
    worth, market = _amounts(worth, "worth"), _amounts(market, "market")
    if len(worth) != len(market) or not len(worth):
        raise InputError(f"{len(worth)} values and {len(market)} prices", expected="one each an auction")
    if not (np.isfinite(budget) and budget >= 0):
        raise InputError(f"the budget is {budget}", expected="an amount from 0 on")
    share, step = budget / len(worth), 1 / np.sqrt(len(worth))
    left, multiplier, rows = float(budget), 0.0, []
    for value, price in zip(worth.tolist(), market.tolist(), strict=True):
        bid = min(value / (1 + multiplier), left)
        won = bid > price
        paid = price if won else 0.0
        rows.append((bid, int(won), paid, multiplier))
        left -= paid
        if pacing and share > 0:
            multiplier = float(np.clip(multiplier - step * (share - paid) / share, 0.0, _MOST))
    return pd.DataFrame(rows, columns=["bid", "won", "paid", "multiplier"])


def _amounts(values: ArrayLike, name: str) -> np.ndarray:
    amounts = np.asarray(values, np.float64)
    wrong = ~np.isfinite(amounts) | (amounts < 0)
    if wrong.any():
        row = int(wrong.argmax())
        raise InputError(f"found {amounts[row]}", row=row, column=name, expected="an amount from 0 on")
    return amounts


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
        rates: ``ctr`` and ``ctcvr`` of the impressions in the order of time, from `impression_rates`.
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
