"""Orders of past periods, as each way would have placed them, and what they would have cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import nnls

from intent_tf.decisions.stock.demand import ALL
from intent_tf.decisions.stock.forecast import Forecast, forecast, seasonal_naive
from intent_tf.decisions.stock.newsvendor import critical_ratio, demand_quantile, order_cost, pinball_loss
from intent_tf.errors import InputError

NAIVE, FORECAST, WITH_PROBABILITIES = "seasonal naive", "forecast", "forecast and open sessions"


@dataclass(frozen=True)
class Costs:
    """What is lost a piece.

    Args:
        underage: If it is missing.
        overage: If it is left over.
    """

    underage: float = 3.0
    overage: float = 1.0

    @property
    def level(self) -> float:
        """Probability with which demand is to be met, in (0, 1)."""
        return critical_ratio(self.underage, self.overage)


def probability_weights(forecasts: np.ndarray, probabilities: np.ndarray, demand: np.ndarray) -> np.ndarray:
    r"""Weigh forecast and probabilities, :math:`\mu = a f + b s` with neither negative, by least squares.

    A forecast knows how much is bought on average, open sessions included; the weights keep these from
    being counted twice.

    Args:
        forecasts: Forecast demand :math:`f`, ``(periods,)``.
        probabilities: Sums of open sessions' probabilities :math:`s`, ``(periods,)``.
        demand: Demand that came, ``(periods,)``.

    Returns:
        :math:`a` and :math:`b`.

    Example:
        >>> forecasts, probabilities = np.array([1.0, 2.0]), np.array([1.0, 0.0])
        >>> probability_weights(forecasts, probabilities, np.array([2.5, 4.0])).round(2).tolist()
        [2.0, 0.5]
    """
    weights: np.ndarray = nnls(np.column_stack([forecasts, probabilities]), demand)[0]
    return weights


def replay(
    demand: pd.DataFrame, probabilities: pd.DataFrame, first: int, test: int, season: int, costs: Costs
) -> pd.DataFrame:
    """Place the orders of the test periods, each knowing only what was before it.

    Args:
        demand: From `demand_table`.
        probabilities: From `open_probabilities`, at the beginnings of the periods from ``first`` on.
        first: Period from which on probabilities are known; the weights are fitted on those before ``test``.
        test: First period of the test.
        season: Periods of a season.
        costs: Costs of missing pieces and of those left over.

    Returns:
        ``item, period, way, mean, order, demand, cost, pinball``, one row an order.

    Raises:
        InputError: If there are no periods before or after one of the borders.
    """
    if not 1 < first < test < len(demand):
        raise InputError(
            f"{len(demand)} periods are cut at {first} and {test}",
            expected="periods in all three parts",
            remedy="take a shorter period or a longer log",
        )
    level, rows = costs.level, []
    for item in demand.columns:
        past = demand[item].to_numpy(np.float64)
        forecasts = {period: forecast(past[:period], season) for period in range(first, len(past))}
        means = np.array([forecasts[period].mean for period in range(first, len(past))])
        open_now = probabilities[item].to_numpy(np.float64)
        learning = slice(0, test - first)
        share, part = probability_weights(means[learning], open_now[learning], past[first:test])
        misses = past[first:test] - share * means[learning] - part * open_now[learning]
        for period in range(test, len(past)):
            own = forecasts[period]
            mixed = share * own.mean + part * open_now[period - first]
            naive = seasonal_naive(past[:period], season)
            ways = {
                NAIVE: (naive.mean, _naive_order(naive, level)),
                FORECAST: (own.mean, demand_quantile(own.mean, own.errors, level)),
                WITH_PROBABILITIES: (mixed, demand_quantile(mixed, misses, level)),
            }
            for way, (mean, order) in ways.items():
                rows.append(
                    {
                        "item": item,
                        "period": demand.index[period],
                        "way": way,
                        "mean": mean,
                        "order": order,
                        "demand": past[period],
                    }
                )
    orders = pd.DataFrame(rows)
    cost = order_cost(orders["order"], orders["demand"], costs.underage, costs.overage)
    return orders.assign(cost=cost, pinball=pinball_loss(orders["order"], orders["demand"], level))


def summary(orders: pd.DataFrame) -> pd.DataFrame:
    """Sum up the orders of each way, over single items and for all items together.

    Returns:
        ``cost`` and ``pinball`` a period and item, ``bias`` (mean less demand) and ``met`` (share of orders
        that met the demand).
    """
    kind = orders["item"].eq(ALL).map({True: ALL, False: "single items"}).rename("demand for")
    met = orders["order"] >= orders["demand"]
    bias = orders["mean"] - orders["demand"]
    grouped = orders.assign(met=met, bias=bias).groupby([kind, "way"], sort=False)
    return grouped[["cost", "pinball", "bias", "met"]].mean()


def _naive_order(naive: Forecast, level: float) -> int:
    """Order what was bought a season ago and the quantile of what that missed before."""
    return max(0, int(np.ceil(naive.mean + np.quantile(naive.errors, level))))
