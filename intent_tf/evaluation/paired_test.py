"""Whether folds of a cross-validation tell two models apart, although they share most training rows."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t

from intent_tf.errors import InputError
from intent_tf.evaluation.difference import Difference


def corrected_t_test(
    values: ArrayLike, test_share: float | None = None, confidence: float = 0.95
) -> Difference:
    """Test whether the mean of a figure over the folds differs from 0 (corrected resampled t-test).

    With differences of two models it is a paired test; with the figures of one model, the interval says how
    far its mean would vary. The training rows of folds overlap, so their figures vary less than those of
    independent experiments would, and the plain t-test finds far too much; the variance of the mean is
    therefore taken as ``(1/k + test/train) · variance`` in place of ``variance / k``.

    Args:
        values: One value for each fold, shape `(k,)`, k at least 2.
        test_share: Test rows over train rows of a fold. Defaults to that of a cross-validation,
            1 / (k - 1).
        confidence: Confidence of the interval, in (0, 1). Defaults to 0.95.

    Returns:
        The mean with its interval, as a difference from 0.

    Raises:
        InputError: If there are less than 2 values.

    Reference:
        Nadeau & Bengio (2003), Inference for the Generalization Error.

    Example:
        >>> test = corrected_t_test([0.002, 0.004, 0.003, 0.005, 0.001])
        >>> round(test.difference, 4), round(test.p_value, 4)
        (0.003, 0.0474)
    """
    values = np.asarray(values, np.float64)
    if values.ndim != 1 or len(values) < 2:
        raise InputError(f"figures of shape {values.shape}", expected="one for each of at least 2 folds")
    folds = len(values)
    share = 1 / (folds - 1) if test_share is None else test_share
    mean, error = float(values.mean()), float(np.sqrt((1 / folds + share) * values.var(ddof=1)))
    half = float(t.ppf((1 + confidence) / 2, folds - 1)) * error
    extremity = abs(mean) / error if error else np.inf
    p_value = float(2 * t.sf(extremity, folds - 1)) if mean else 1.0
    return Difference(mean, mean - half, mean + half, p_value)
