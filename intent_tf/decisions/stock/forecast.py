"""Forecasts of the next period's demand: exponential smoothing, TSB for sparse items, seasonal naive."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from intent_tf.errors import InputError, require

#: Mean number of periods from one demand to the next from which on demand is called sparse.
SPARSE = 1.32

_FEWEST = 10  # periods that the first level is taken from


@dataclass(frozen=True)
class Forecast:
    """The next period, and how far the past ones were missed.

    Args:
        mean: Expected demand, 0 or more.
        errors: Demand less the one-step forecast of past periods, ``(periods,)``, at least one.
    """

    mean: float
    errors: np.ndarray


def tsb(demand: ArrayLike, size: float = 0.1, probability: float = 0.1) -> Forecast:
    r"""Smooth how probable a demand is and how large it is, each for itself.

    .. math:: p_t = p_{t-1} + \beta\,(1[y_t > 0] - p_{t-1}), \qquad
              z_t = z_{t-1} + \alpha\,(y_t - z_{t-1}) \text{ where } y_t > 0

    and the forecast is :math:`p_t z_t`. Unlike Croston's, it falls when an item is no longer sold.

    Args:
        demand: Demand of past periods, ``(periods,)``.
        size: :math:`\alpha`, in (0, 1].
        probability: :math:`\beta`, in (0, 1].

    Raises:
        InputError: If there are no periods, or a demand is negative.

    Reference:
        Teunter, Syntetos & Babai (2011), Intermittent demand: Linking forecasting to inventory obsolescence.

    Example:
        >>> round(tsb([0, 2, 0, 2]).mean, 4)  # p: 0.5, 0.45, 0.505, 0.4545, 0.509; z stays 2
        1.0181
    """
    past = _checked(demand)
    sold = past > 0
    chance, mean = float(sold.mean()), float(past[sold].mean()) if sold.any() else 0.0
    errors = np.empty(len(past))
    for period, latest in enumerate(past):
        errors[period] = latest - chance * mean
        chance += probability * ((latest > 0) - chance)
        if latest > 0:
            mean += size * (latest - mean)
    return Forecast(float(chance * mean), errors)


def smoothed(demand: ArrayLike, season: int = 1) -> Forecast:
    """Smooth level and season exponentially (ETS with additive errors, by statsmodels).

    Of fewer than ten periods the mean is taken.

    Args:
        demand: Demand of past periods, ``(periods,)``.
        season: Periods of a season; seasons are excluded unless at least three have passed.

    Raises:
        InputError: If there are no periods, or a demand is negative.
    """
    past = _checked(demand)
    if len(past) < _FEWEST or not past.std():
        return Forecast(float(past.mean()), past - past.mean())
    holtwinters = require("statsmodels.tsa.holtwinters", "decisions")
    seasonal = {"seasonal": "add", "seasonal_periods": season} if 1 < season <= len(past) // 3 else {}
    with warnings.catch_warnings():
        # Where the likelihood is flat the optimiser says so; the forecast is as good there.
        warnings.simplefilter("ignore")
        fitted = holtwinters.ExponentialSmoothing(past, initialization_method="heuristic", **seasonal).fit()
    return Forecast(max(0.0, float(fitted.forecast(1)[0])), past - fitted.fittedvalues)


def forecast(demand: ArrayLike, season: int = 1) -> Forecast:
    """Forecast by TSB where demand is sparse, else by exponential smoothing.

    Args:
        demand: Demand of past periods, ``(periods,)``.
        season: Periods of a season.

    Raises:
        InputError: If there are no periods, or a demand is negative.

    Reference:
        Syntetos, Boylan & Croston (2005), On the categorization of demand patterns (1.32 periods).
    """
    past = _checked(demand)
    is_sparse = len(past) >= SPARSE * max(1, (past > 0).sum())
    return tsb(past) if is_sparse else smoothed(past, season)


def seasonal_naive(demand: ArrayLike, season: int = 1) -> Forecast:
    """Expect what was bought a season ago (in the last period, before a season has passed).

    Args:
        demand: Demand of past periods, ``(periods,)``.
        season: Periods of a season.

    Raises:
        InputError: If there are no periods, or a demand is negative.

    Example:
        >>> seasonal_naive([5, 1, 6, 2], season=2)
        Forecast(mean=6.0, errors=array([1., 1.]))
    """
    past = _checked(demand)
    lag = season if season < len(past) else 1
    errors = past[lag:] - past[:-lag] if len(past) > 1 else np.zeros(1)
    return Forecast(float(past[-lag]), errors)


def _checked(demand: ArrayLike) -> np.ndarray:
    past = np.asarray(demand, np.float64)
    if past.ndim != 1 or not len(past) or not (past >= 0).all():
        raise InputError(f"the demand has shape {past.shape}", expected="(periods,), each 0 or more")
    return past
