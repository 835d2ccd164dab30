"""An always-valid test, which may be looked at at any time, and what looking does to a plain test."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm

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


def peeking_errors(
    rate: float,
    users: int,
    looks: int,
    alpha: float = 0.05,
    effect: float = 0.0,
    experiments: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Run many experiments that stop as soon as a look finds p < alpha.

    Args:
        rate: Conversion rate of the control arm, in (0, 1).
        users: Number of users in each arm at the last look.
        looks: Number of looks, spread evenly.
        alpha: Level of the tests.
        effect: What the treatment adds to the rate; 0 measures false alarms, else power.
        experiments: Number of experiments to simulate.
        seed: Seed of the draws.

    Returns:
        One row a look: ``users`` (an arm), and the share of experiments stopped by then, by the test:
        ``fixed_horizon`` (the plain z-test at every look) and ``always_valid``.

    Raises:
        InputError: If an argument is out of its range.

    Example:
        >>> peeking_errors(0.1, 10_000, 20, experiments=500).iloc[-1].round(2).to_dict()
        {'users': 10000.0, 'fixed_horizon': 0.28, 'always_valid': 0.02}
    """
    if not (0 < rate < 1 and 0 <= rate + effect < 1):
        raise InputError(f"the rates are {rate} and {rate + effect}", expected="numbers in (0, 1)")
    if not 1 <= looks <= users:
        raise InputError(f"{looks} looks at {users} users were asked for", expected="from 1 to the users")
    generator = np.random.default_rng(seed)
    seen = np.linspace(users / looks, users, looks).astype(np.int64)
    step = np.diff(seen, prepend=0)
    means = [
        generator.binomial(step, chance, (experiments, looks)).cumsum(axis=1) / seen
        for chance in (rate, rate + effect)
    ]
    pooled = (means[0] + means[1]) / 2
    # A look at which nobody or everybody has converted says nothing yet: the variance 1/4 keeps it silent.
    spread = np.where((pooled > 0) & (pooled < 1), pooled * (1 - pooled), 0.25)
    variance, difference = 2 * spread / seen, means[1] - means[0]
    tau = 0.1 * float(np.sqrt(rate * (1 - rate)))
    plain = 2 * norm.sf(np.abs(difference) / np.sqrt(variance))
    p_values_of = {"fixed_horizon": plain, "always_valid": always_valid_p_values(difference, variance, tau)}
    stopped = {
        name: np.maximum.accumulate(p_values < alpha, axis=1).mean(axis=0)
        for name, p_values in p_values_of.items()
    }
    return pd.DataFrame({"users": seen, **stopped})
