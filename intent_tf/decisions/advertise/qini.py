"""The Qini curve: purchases that a treatment adds, if only those ranked first are treated."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from intent_tf.decisions.advertise.uplift import check_arms


def qini_curve(score: ArrayLike, treated: ArrayLike, outcome: ArrayLike) -> pd.DataFrame:
    r"""Count what the treatment added among the first ranked, from a trial that treated at random.

    With :math:`Y_1, n_1` the purchases and shoppers of the treated among the first ranked and
    :math:`Y_0, n_0` those of the others, the purchases added are :math:`Y_1 - Y_0 \, n_1 / n_0`. Shoppers of
    the same score are ranked together: what their order in the table happens to be counts for nothing.

    Args:
        score: Score of each shopper, the highest to be treated first, ``(shoppers,)``.
        treated: Whether each shopper was treated, 0 or 1.
        outcome: Whether each shopper bought, 0 or 1.

    Returns:
        From nobody to everybody: ``share`` (of the shoppers ranked so far, in [0, 1]) and ``added``
        (purchases a treated shopper of the whole trial; 0 as long as one arm is not met).

    Raises:
        InputError: If an arm is empty, or its outcomes are all alike.

    Reference:
        Radcliffe (2007), Using Control Groups to Target on Predicted Lift.

    Example:
        >>> qini_curve([4, 3, 2, 1], [1, 0, 1, 0], [1, 0, 0, 1]).values.tolist()
        [[0.0, 0.0], [0.25, 0.0], [0.5, 0.5], [0.75, 0.5], [1.0, 0.0]]
    """
    treated, outcome = check_arms(np.asarray(treated), np.asarray(outcome))
    score = np.asarray(score, np.float64)
    order = np.argsort(-score, kind="stable")
    last = np.flatnonzero(np.append(np.diff(score[order]) != 0, True))
    treated, outcome = treated[order], outcome[order]
    n1, y1 = np.cumsum(treated)[last], np.cumsum(treated * outcome)[last]
    n0, y0 = np.cumsum(1 - treated)[last], np.cumsum((1 - treated) * outcome)[last]
    added = np.where((n0 > 0) & (n1 > 0), y1 - y0 * n1 / np.maximum(n0, 1), 0.0) / treated.sum()
    share = (last + 1) / len(score)
    return pd.DataFrame({"share": np.append(0.0, share), "added": np.append(0.0, added)})


def qini_coefficient(curve: pd.DataFrame) -> float:
    """Return the area between a Qini curve and the straight line of treating at random.

    Args:
        curve: From `qini_curve`.

    Returns:
        Purchases a treated shopper, averaged over the shares; 0 is as good as at random.

    Example:
        >>> qini_coefficient(pd.DataFrame({"share": [0.0, 0.5, 1.0], "added": [0.0, 0.3, 0.2]}))
        0.1
    """
    area = np.trapezoid(curve["added"], curve["share"])
    return round(float(area - curve["added"].iloc[-1] / 2), 12)


def added_by_truth(score: ArrayLike, effect: ArrayLike, share: float) -> float:
    """Return the purchases that are added a shopper, if a share of them is treated, the first ranked.

    Args:
        score: Score of each shopper, the highest to be treated first, ``(shoppers,)``.
        effect: What the treatment truly adds to each one's probability.
        share: Share of the shoppers who are treated, in [0, 1].

    Example:
        >>> added_by_truth([1, 2, 3, 4], [0.0, 0.1, 0.2, 0.3], 0.5)
        0.125
    """
    effect = np.asarray(effect, np.float64)
    first = np.argsort(-np.asarray(score, np.float64), kind="stable")[: round(share * len(effect))]
    return float(effect[first].sum() / len(effect))
