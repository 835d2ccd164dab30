"""How much to order for one period, when too much and too little both cost."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import nbinom, poisson

from intent_tf.errors import InputError


def critical_ratio(underage: float, overage: float) -> float:
    """Tell the probability with which demand should be met, in (0, 1): underage / (underage + overage).

    Args:
        underage: Cost of a missing piece: the profit that is lost.
        overage: Cost of a piece left over.

    Raises:
        InputError: If a cost is not positive.

    Example:
        >>> critical_ratio(underage=3.0, overage=1.0)
        0.75
    """
    if not (underage > 0 and overage > 0):
        raise InputError(f"the costs are {underage} and {overage}", expected="more than 0 each")
    return underage / (underage + overage)


def demand_quantile(mean: float, errors: ArrayLike, level: float) -> int:
    """Return a quantile of the demand, whole pieces.

    The demand is Poisson around its mean, or negative binomial where past forecasts missed by more than that
    (the same mean, the variance of the errors).

    Args:
        mean: Expected demand, 0 or more.
        errors: Errors of past forecasts of it, ``(periods,)``.
        level: Probability of at most so much, in (0, 1).

    Raises:
        InputError: If the mean is negative or not finite.

    Example:
        >>> demand_quantile(2.0, [1.0, -1.0], 0.75), demand_quantile(2.0, [4.0, -4.0], 0.75)
        (3, 2)
    """
    if not (np.isfinite(mean) and mean >= 0):
        raise InputError(f"the expected demand is {mean}", expected="0 or more")
    variance = float(np.mean(np.square(np.asarray(errors, np.float64))))
    if mean == 0:
        return 0
    if variance <= mean:
        return int(poisson.ppf(level, mean))
    return int(nbinom.ppf(level, mean**2 / (variance - mean), mean / variance))


def order_cost(ordered: ArrayLike, demand: ArrayLike, underage: float, overage: float) -> np.ndarray:
    """Tell what orders cost: each missing piece ``underage``, each left over ``overage``.

    Args:
        ordered: Number of pieces ordered.
        demand: Number of pieces asked for, of the same shape.
        underage: Cost of a missing piece.
        overage: Cost of a piece left over.

    Example:
        >>> order_cost([5, 5], [3, 9], underage=3.0, overage=1.0).tolist()
        [2.0, 12.0]
    """
    short = np.asarray(demand, np.float64) - np.asarray(ordered, np.float64)
    return np.where(short > 0, underage * short, -overage * short)


def pinball_loss(quantile: ArrayLike, demand: ArrayLike, level: float) -> np.ndarray:
    """Tell how far a quantile is off; the mean is least for the true one.

    It is the cost of an order, divided by ``underage + overage``.

    Args:
        quantile: Predicted quantile of the demand.
        demand: Demand that came, of the same shape.
        level: Level of the quantile, in (0, 1).

    Reference:
        Koenker & Bassett (1978), Regression Quantiles.

    Example:
        >>> pinball_loss([5, 5], [3, 9], level=0.75).tolist()
        [0.5, 3.0]
    """
    return order_cost(quantile, demand, level, 1 - level)
