"""What a simulated shop may do in a session, with exact effects, and a log in which it does so at random."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from intent_tf.errors import InputError
from intent_tf.simulator.hidden_markov import Codes, Floats, draw, still_to_come
from intent_tf.simulator.optimum import rows_of_prediction_times, state_beliefs
from intent_tf.simulator.shop import CART, DEFAULT_SHOP, PURCHASE, Shop, Table
from intent_tf.simulator.simulator import simulate_acted_on

_STAY: Table = tuple(tuple(float(row == column) for column in range(5)) for row in range(5))


@dataclass(frozen=True)
class Interventions:
    r"""Actions, each of which moves the hidden state of a shopper once, at the prediction time it is taken.

    With :math:`b` the exact probabilities of the states at the prediction time and :math:`v(z)` the
    probability that a purchase is still to come, the shopper buys after action :math:`a`, whose moves are
    :math:`M_a`, with probability :math:`b M_a v`. The profit is ``value`` less the discount if the shopper
    buys, and the cost is paid either way.

    The default shop has something for everyone: a recommendation helps who wanders and distracts who has
    decided, a coupon helps who compares and is wasted on who would have bought, a reminder helps who has
    decided and puts off who compares.

    Args:
        names: Names of the actions; the first one does nothing.
        moves: One table an action: the probability of each state just after it, a row a state just before it.
        costs: What each costs when it is taken, in the currency of ``value``.
        discounts: Share of the value that is given away if the shopper then buys, in [0, 1].
        value: Profit of a purchase without discount.

    Raises:
        InputError: If the shapes differ, or a row of moves does not sum to 1.

    Example:
        >>> actions = Interventions()
        >>> actions.names
        ('nothing', 'recommendation', 'coupon', 'reminder')
        >>> actions.purchase_probabilities(np.eye(5)[:3]).round(2)  # certain to wander, compare, decide
        array([[0.03, 0.05, 0.03, 0.03],
               [0.13, 0.16, 0.26, 0.11],
               [0.57, 0.53, 0.63, 0.65]])
    """

    names: tuple[str, ...] = ("nothing", "recommendation", "coupon", "reminder")
    moves: tuple[Table, ...] = (
        _STAY,
        ((0.75, 0.25, 0.0, 0.0, 0.0), (0.0, 0.92, 0.08, 0.0, 0.0), (0.0, 0.10, 0.90, 0.0, 0.0), *_STAY[3:]),
        (_STAY[0], (0.0, 0.70, 0.30, 0.0, 0.0), (0.0, 0.0, 0.70, 0.30, 0.0), *_STAY[3:]),
        (_STAY[0], (0.15, 0.85, 0.0, 0.0, 0.0), (0.0, 0.0, 0.65, 0.35, 0.0), *_STAY[3:]),
    )
    costs: tuple[float, ...] = (0.0, 0.4, 0.0, 0.1)
    discounts: tuple[float, ...] = (0.0, 0.0, 0.2, 0.0)
    value: float = 20.0

    def __post_init__(self) -> None:
        moves = np.asarray(self.moves, np.float64)
        actions = len(self.names)
        if moves.ndim != 3 or moves.shape[0] != actions or moves.shape[1] != moves.shape[2]:
            raise InputError(f"the moves have shape {moves.shape}", expected=f"({actions}, states, states)")
        if (moves < 0).any() or not np.allclose(moves.sum(axis=2), 1):
            raise InputError("a row of moves is no distribution", expected="probabilities that sum to 1")
        for name in ("costs", "discounts"):
            if len(getattr(self, name)) != actions:
                raise InputError(f"there are {len(getattr(self, name))} {name}", expected=f"{actions}")
        if not all(0 <= discount <= 1 for discount in self.discounts):
            raise InputError(f"the discounts are {self.discounts}", expected="shares in [0, 1]")

    def purchase_probabilities(self, beliefs: Floats, shop: Shop = DEFAULT_SHOP) -> Floats:
        """Tell how probable a later purchase is after each action.

        Args:
            beliefs: Probability of each state at the prediction time, shape ``(prediction_times, states)``.
            shop: The shop; the default one unless given.

        Returns:
            Exact probabilities, shape ``(prediction_times, actions)``.
        """
        events = np.asarray(shop.events)
        come = still_to_come(np.asarray(shop.transition), np.asarray(shop.end), events[:, PURCHASE])
        probabilities: Floats = np.einsum("ms,ast,t->ma", beliefs, np.asarray(self.moves), come)
        return probabilities

    def profits(self, purchases: Floats) -> Floats:
        """Turn purchases, or their probabilities, into profits.

        Args:
            purchases: Shape ``(prediction_times, actions)``.

        Returns:
            Profits, in the same shape.
        """
        return purchases * self.value * (1 - np.asarray(self.discounts)) - np.asarray(self.costs)


def beliefs_at(examples: pd.DataFrame, log: pd.DataFrame, shop: Shop = DEFAULT_SHOP) -> Floats:
    """Tell how probable each state of the shopper is at the prediction time of each example.

    Nothing after the prediction times is looked at, so that the log may be one of a shop that acted from then
    on.

    Args:
        examples: Columns ``session_id`` and ``events`` (number of visible events), one prediction time a
            session.
        log: The simulated event log that they were prepared from.
        shop: The shop that it was made with; the default one unless given.

    Returns:
        Exact probabilities, shape ``(examples, states)``.

    Raises:
        InputError: If the log has no such event, or the shop cannot have made the log.

    Example:
        >>> from intent_tf.simulator.simulator import simulate
        >>> examples = pd.DataFrame({"session_id": ["s0000001", "s0000001"], "events": [1, 5]})
        >>> beliefs_at(examples, simulate(1000)).round(2)
        array([[0.74, 0.2 , 0.05, 0.  , 0.  ],
               [0.  , 0.  , 0.26, 0.73, 0.01]])
    """
    last = log["session_id"].map(examples.groupby("session_id")["events"].max())
    visible = log[log.groupby("session_id")["timestamp"].rank(method="first") <= last]
    return state_beliefs(visible, shop)[rows_of_prediction_times(examples, visible)]


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
    sessions: int, trial: Trial | None = None, seed: int = 0, shop: Shop = DEFAULT_SHOP
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make the event log of a shop that tries its actions at random.

    Args:
        sessions: How many sessions, at least 1.
        trial: When it acts, and how; by default after the fourth event, all actions alike.
        seed: Fixes every draw.
        shop: The shop; the default one unless given.

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
    trial = trial or Trial()
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
