"""Whom to treat: the Qini curve of a score, and scores compared on a trial whose effects are known."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from intent_tf.decisions.advertise.uplift import check_arms
from intent_tf.decisions.policy.decision_table import simulated_decisions
from intent_tf.errors import InputError
from intent_tf.options.decide import Treatment
from intent_tf.simulator.hidden_markov import Floats
from intent_tf.simulator.trial import Interventions, Trial


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


def compare_targeting(
    scores: Mapping[str, np.ndarray], trial: pd.DataFrame, effect: np.ndarray, share: float = 0.3
) -> pd.DataFrame:
    """Evaluate ways to choose whom to treat.

    Args:
        scores: Score of each shopper by way, the highest to be treated first, ``(shoppers,)``.
        trial: ``treated`` and ``purchase`` of shoppers that no score has learnt from.
        effect: What the treatment truly adds to each one's probability.
        share: Share of the shoppers who are treated, in (0, 1).

    Returns:
        One row a way: ``qini`` (from the trial's outcomes, see `qini_coefficient`), ``true_qini`` (the same
        area, from the true effects) and ``added`` (true purchases added a thousand shoppers, if the share is
        treated).
    """
    rows = {}
    shares = np.linspace(0, 1, 101)
    for name, score in scores.items():
        truth = pd.DataFrame({"share": shares, "added": [added_by_truth(score, effect, s) for s in shares]})
        rows[name] = {
            "qini": qini_coefficient(qini_curve(score, trial["treated"], trial["purchase"])),
            "true_qini": qini_coefficient(truth),
            "added": 1000 * added_by_truth(score, effect, share),
        }
    return pd.DataFrame(rows).T


def persuasion_trial(
    sessions: int, treatment: Treatment = "coupon", share: float = 0.5, seed: int = 0
) -> tuple[pd.DataFrame, Floats]:
    """Treat shoppers of the simulated shop at random, after the fourth event of their sessions.

    Args:
        sessions: Sessions to simulate; those of at least four events, and nothing in the cart by then, count.
        treatment: What the shop does: one of the actions of `Interventions`.
        share: Share of shoppers who are treated, in (0, 1).
        seed: Fixes every draw.

    Returns:
        Examples in the order of their prediction times with ``treated`` and ``purchase`` (0 or 1: afterwards,
        in the session); and the exact effect of the treatment on the probability of a purchase,
        ``(examples,)``.

    Raises:
        InputError: If the share is out of its range.

    Example:
        >>> trial, effect = persuasion_trial(2000, "coupon")
        >>> trial["treated"].mean().round(1), effect.mean().round(2)
        (np.float64(0.5), np.float64(0.04))
    """
    if not 0 < share < 1:
        raise InputError(f"the share of treated shoppers is {share}", expected="a share in (0, 1)")
    actions = Interventions()
    index = actions.names.index(treatment)
    propensities = np.zeros(len(actions.names))
    propensities[[0, index]] = 1 - share, share
    decisions, purchases = simulated_decisions(sessions, Trial(actions, 4, tuple(propensities)), seed)
    trial = decisions.drop(columns=["action", "propensity", "reward"]).assign(
        treated=decisions["action"].eq(treatment).astype(np.int64),
        # Whoever buys brings more than any action costs.
        purchase=decisions["reward"].gt(0).astype(np.int64),
    )
    return trial, purchases[:, index] - purchases[:, 0]
