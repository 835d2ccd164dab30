"""The difference between two arms, with its interval, which CUPED makes narrower."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import ttest_ind

from intent_tf.errors import InputError


@dataclass(frozen=True)
class Difference:
    """Treatment less control.

    Args:
        estimate: Difference of the means, in the metric's unit.
        low: Lower end of the interval.
        high: Upper end of the interval.
        p_value: Of no difference, in [0, 1].
    """

    estimate: float
    low: float
    high: float
    p_value: float


def difference(control: ArrayLike, treatment: ArrayLike, alpha: float = 0.05) -> Difference:
    """Estimate the difference of the means, by Welch's t-test: valid at one look, planned beforehand.

    Args:
        control: The metric of each user of the control arm, shape ``(users,)``.
        treatment: The metric of each user of the treatment arm, in any number.
        alpha: One less the confidence of the interval, in (0, 1).

    Raises:
        InputError: If an arm has fewer than two users, a value is not finite, or all values are equal.

    Example:
        >>> added = difference([0, 1, 2, 3], [1, 2, 3, 4])
        >>> added.estimate, round(added.low, 3), round(added.high, 3)
        (1.0, -1.234, 3.234)
    """
    arms = [check_arm(values, name) for values, name in ((control, "control"), (treatment, "treatment"))]
    if not 0 < alpha < 1:
        raise InputError(f"alpha is {alpha}", expected="a number in (0, 1)")
    if not sum(arm.var() for arm in arms):
        raise InputError("the metric does not vary within the arms", expected="users that differ")
    test = ttest_ind(arms[1], arms[0], equal_var=False)
    interval = test.confidence_interval(1 - alpha)
    estimate = float(arms[1].mean() - arms[0].mean())
    return Difference(estimate, float(interval.low), float(interval.high), float(test.pvalue))


def check_arm(values: ArrayLike, name: str) -> np.ndarray:
    """Take the metric of an arm as float64 ``(users,)``, or say what is wrong with it."""
    array = np.asarray(values, np.float64)
    if array.ndim != 1 or len(array) < 2:
        raise InputError(f"the {name} arm has shape {array.shape}", expected="(users,), at least two users")
    if not np.isfinite(array).all():
        raise InputError(f"the metric of the {name} arm is not finite", row=int(np.isfinite(array).argmin()))
    return array


def cuped(metric: ArrayLike, before: ArrayLike) -> np.ndarray:
    r"""Take out of a metric what was foreseeable.

    .. math:: y - \theta (x - \bar x), \qquad \theta = \mathrm{cov}(x, y) / \mathrm{var}(x)

    The mean stays, and the variance falls to :math:`1 - \rho^2` of what it was, with :math:`\rho` the
    correlation. Adjust both arms together, then compare them as if nothing had been done.

    Args:
        metric: The metric of each user of all arms, shape ``(users,)``.
        before: Something that correlates with it and was fixed before the experiment began: the same metric
            of an earlier period, or the intent strength at the start. Without any variance nothing changes.

    Returns:
        The adjusted metric, float64 ``(users,)``.

    Raises:
        InputError: If the shapes differ or a value is not finite.

    Reference:
        Deng, Xu, Kohavi & Walker (2013), Improving the Sensitivity of Online Controlled Experiments by
        Utilizing Pre-Experiment Data.

    Example:
        >>> cuped([1.0, 2.0, 3.0], [10.0, 20.0, 30.0]).tolist()  # wholly foreseeable
        [2.0, 2.0, 2.0]
    """
    y, x = np.asarray(metric, np.float64), np.asarray(before, np.float64)
    if y.ndim != 1 or y.shape != x.shape or not len(y):
        raise InputError(f"the metric has shape {y.shape}, what was before {x.shape}", expected="(users,)")
    if not (np.isfinite(y).all() and np.isfinite(x).all()):
        raise InputError("a value is not finite", expected="numbers (0 for users unseen before)")
    centred = x - x.mean()
    spread = float(centred @ centred)
    adjusted: np.ndarray = y - (float(centred @ y) / spread if spread else 0.0) * centred
    return adjusted
