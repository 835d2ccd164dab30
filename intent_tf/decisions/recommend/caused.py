"""Purchases that showing recommendations truly causes in the simulated shop, by whom they are shown to."""

from __future__ import annotations

import numpy as np
import pandas as pd

from intent_tf.errors import InputError
from intent_tf.simulator.interventions import Interventions, beliefs_at
from intent_tf.simulator.shop import Shop

#: Events of a session after which recommendations are shown, the first time for all.
AFTER = 3


def purchases_caused(
    prediction_times: pd.DataFrame,
    probability: np.ndarray,
    log: pd.DataFrame,
    share: float = 0.5,
    shop: Shop | None = None,
) -> pd.DataFrame:
    """Tell what the shop's recommendation adds, if only a share of the sessions is shown it.

    The effect on a shopper is known exactly, see `Interventions`; it is that of being shown recommendations,
    whatever the items are.

    Args:
        prediction_times: Columns ``session_id`` and ``events``, one prediction time a session.
        probability: Probability at each, by which sessions are chosen, ``(prediction_times,)``.
        log: The simulated log.
        share: Share of the sessions that are shown recommendations, in (0, 1].
        shop: The shop that the log was made with; the default one if None.

    Returns:
        One row a way to choose the sessions: ``everybody``, the ``strongest`` and the ``weakest`` share,
        the same share at ``random`` (its expectation), and the ``best`` share by the true effect, with
        ``caused``: purchases added a thousand sessions; negative where recommendations distract.

    Raises:
        InputError: If the share is out of its range, or the log is none of this shop.
    """
    if not 0 < share <= 1:
        raise InputError(f"the share of sessions is {share}", expected="more than 0, at most 1")
    actions = Interventions()
    chances = actions.purchase_probabilities(beliefs_at(prediction_times, log, shop), shop)
    effect = chances[:, actions.names.index("recommendation")] - chances[:, 0]
    shown = round(share * len(effect))
    order = np.argsort(-np.asarray(probability), kind="stable")
    sums = {
        "everybody": effect.sum(),
        "random": share * effect.sum(),
        "strongest": effect[order[:shown]].sum(),
        "weakest": effect[order[len(order) - shown :]].sum(),
        "best": np.sort(effect)[len(effect) - shown :].sum(),
    }
    caused = 1000 * pd.Series(sums, name="caused") / len(effect)
    return caused.rename_axis("shown to").to_frame()
