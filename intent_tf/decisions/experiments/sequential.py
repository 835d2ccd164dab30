"""An always-valid test: the experiment may be looked at, and stopped, at any time."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from intent_tf.errors import InputError


def mixture_ratio(difference: ArrayLike, variance: ArrayLike, tau: float) -> np.ndarray:
    r"""Return the likelihood of a difference under effects from :math:`N(0, \tau^2)` over that under none.

    .. math:: \Lambda = \sqrt{\frac{v}{v + \tau^2}} \exp \frac{\tau^2 d^2}{2 v (v + \tau^2)}

    the mixture sequential probability ratio test (mSPRT). Without an effect it is a martingale of mean 1, and
    so exceeds :math:`1/\alpha` *at any time* with probability :math:`\alpha` at most.

    Args:
        difference: d, difference of the means so far.
        variance: v, its squared standard error, positive.
        tau: Standard deviation of the effects that are expected, in the metric's unit; it decides when the
            test is most powerful, never whether it is valid.

    Raises:
        InputError: If tau is not positive.

    Reference:
        Johari, Koomen, Pekelis & Walsh (2022), Always Valid Inference: Continuous Monitoring of A/B Tests.

    Example:
        >>> mixture_ratio([0.0, 2.0], [1.0, 1.0], tau=1.0).round(4).tolist()
        [0.7071, 1.9221]
    """
    if not tau > 0:
        raise InputError(f"tau is {tau}", expected="a positive number")
    d, v = np.asarray(difference, np.float64), np.asarray(variance, np.float64)
    ratio: np.ndarray = np.sqrt(v / (v + tau**2)) * np.exp(tau**2 * d**2 / (2 * v * (v + tau**2)))
    return ratio


def always_valid_p_values(difference: ArrayLike, variance: ArrayLike, tau: float) -> np.ndarray:
    """Return the p-value at each look: the least of 1 / Λ so far, never rising, at most 1.

    Args:
        difference: Difference of the means at each look, shape ``(..., looks)``.
        variance: Squared standard error of the difference, shape ``(..., looks)``.
        tau: Standard deviation of the effects that are expected; see `mixture_ratio`.
    """
    with np.errstate(over="ignore"):  # an infinite ratio is a p-value of 0
        ratio = mixture_ratio(difference, variance, tau)
    p_values: np.ndarray = np.minimum.accumulate(np.minimum(1.0, 1.0 / ratio), axis=-1)
    return p_values


def always_valid_margin(variance: ArrayLike, tau: float, alpha: float = 0.05) -> np.ndarray:
    r"""Return the half-width of the interval that covers the effect at all looks at once.

    .. math:: \sqrt{v (v + \tau^2) / \tau^2 \cdot (2 \ln (1 / \alpha) + \ln ((v + \tau^2) / v))}

    Args:
        variance: Squared standard error of the difference, positive.
        tau: Standard deviation of the effects that are expected; see `mixture_ratio`.
        alpha: One less the confidence, in (0, 1).

    Example:
        >>> float(always_valid_margin(1.0, tau=1.0).round(3))  # one look alone would need 1.96
        3.656
    """
    if not 0 < alpha < 1:
        raise InputError(f"alpha is {alpha}", expected="a number in (0, 1)")
    v = np.asarray(variance, np.float64)
    margin: np.ndarray = np.sqrt(
        v * (v + tau**2) / tau**2 * (2 * np.log(1 / alpha) + np.log((v + tau**2) / v))
    )
    return margin
