"""A simulated log in which the shop acts once in a session, at random, and says what it did."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from intent_tf.errors import InputError
from intent_tf.simulator.hidden_markov import Codes, draw
from intent_tf.simulator.interventions import Interventions
from intent_tf.simulator.shop import CART, PURCHASE, Shop
from intent_tf.simulator.simulator import simulate_acted_on


@dataclass(frozen=True)
class Trial:
    """When the shop acts, and how probable each action is.

    Args:
        interventions: The actions.
        after: The number of the event after which it acts, from 1, in sessions that have as many and have
            nothing in the cart by then.
        propensities: Probability of each action; all alike if empty.

    Raises:
        InputError: If the propensities are no probabilities of the actions.
    """

    interventions: Interventions = field(default_factory=Interventions)
    after: int = 4
    propensities: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        actions, given = len(self.interventions.names), self.probabilities
        if self.after < 1:
            raise InputError(f"after is {self.after}", expected="the number of an event, from 1")
        if given.shape != (actions,) or (given < 0).any() or not np.isclose(given.sum(), 1):
            raise InputError(f"the propensities are {self.propensities}", expected=f"{actions} that sum to 1")

    @property
    def probabilities(self) -> np.ndarray:
        """Probability of each action, ``(actions,)``."""
        actions = len(self.interventions.names)
        return np.asarray(self.propensities or (1 / actions,) * actions)


def simulate_trial(
    sessions: int, trial: Trial | None = None, seed: int = 0, shop: Shop | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make the event log of a shop that tries its actions at random.

    Args:
        sessions: How many sessions, at least 1.
        trial: When it acts, and how; by default after the fourth event, all actions alike.
        seed: Fixes every draw.
        shop: The shop; the default one if None.

    Returns:
        The event log, as `simulate` gives it (it holds what shoppers did, not what the shop did), and the
        actions: ``session_id``, ``events`` (how many the session had by then), ``action`` (its name),
        ``propensity``, and ``purchase`` (0 or 1: whether the shopper bought afterwards).

    Raises:
        InputError: If no session is asked for.

    Example:
        >>> log, actions = simulate_trial(4000)
        >>> actions.groupby("action")["purchase"].mean().round(2).to_dict()
        {'coupon': 0.16, 'nothing': 0.1, 'recommendation': 0.12, 'reminder': 0.14}
    """
    trial, shop = trial or Trial(), shop or Shop()
    moves, chances = np.asarray(trial.interventions.moves), trial.probabilities
    if moves.shape[1] != len(shop.states):
        raise InputError(f"the moves are between {moves.shape[1]} states", expected=f"{len(shop.states)}")
    # With randomness of its own, the sessions are those of `simulate` until the action.
    generator = np.random.default_rng([seed, 1])
    in_cart = np.zeros(sessions, dtype=bool)
    action = np.full(sessions, -1)

    def act(number: int, here: Codes, state: Codes, event: Codes) -> Codes:
        in_cart[here] |= np.isin(event, (CART, PURCHASE))
        if number != trial.after:
            return state
        free = ~in_cart[here]
        chosen = draw(chances[None], np.zeros(int(free.sum()), dtype=np.int64), generator)
        action[here[free]] = chosen
        moved = state.copy()
        states = moves.shape[1]
        moved[free] = draw(moves.reshape(-1, states), chosen * states + state[free], generator)
        return moved

    log, names = simulate_acted_on(sessions, seed, shop, act)
    acted = np.flatnonzero(action >= 0)
    table = pd.DataFrame({"session_id": names[acted], "events": trial.after})
    table["action"] = np.array(trial.interventions.names)[action[acted]]
    table["propensity"] = chances[action[acted]]
    buyers = log.loc[log["event_type"].eq("purchase"), "session_id"]
    table["purchase"] = table["session_id"].isin(buyers).astype(np.int64)
    return log, table.sort_values("session_id", ignore_index=True)
