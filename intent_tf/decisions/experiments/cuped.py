"""CUPED: narrower intervals from what was known of each user before the experiment."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from intent_tf.errors import InputError


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
