"""What each category adds to a logit, by a step that is shrunk."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from intent_tf.data.predictions import FloatArray, Labels


def shrunken_effects(ids: NDArray[Any], size: int, labels: Labels, logits: FloatArray) -> FloatArray:
    """Take, for each category, a Newton step from what is said of its rows to what they say.

    It is shrunk the more the fewer they are and the less effects differ (nearly the posterior mean of a mixed
    model)::

        effect = Σ weight · (label − p) / (Σ weight · p · (1 − p) + 1 / variance of the effects)

    Args:
        ids: The category of each row, ``(rows,)``.
        size: Number of categories.
        labels: Labels and weights of the rows.
        logits: What is said of each row without its category, ``(rows,)``.

    Returns:
        The effects, ``(size,)``.
    """
    weight, p = labels.effective_weight, expit(logits)
    residual, curvature, noise = (
        np.bincount(ids, each, minlength=size)
        for each in (weight * (labels.label - p), weight * p * (1 - p), weight**2 * p * (1 - p))
    )
    variance = (residual**2 - noise).sum() / max((curvature**2).sum(), 1e-9)
    return residual / (curvature + 1 / max(variance, 1e-6))
