"""The parameters of the simulated shop: what its shoppers want, and what they do when they want it."""

from dataclasses import dataclass

import numpy as np

from intent_tf.errors import InputError
from intent_tf.simulator.shop_phrases import QUERY_TEMPLATES, SERIES, TITLE_WORDS

EVENT_TYPES = ("search", "browse", "click", "detail", "cart", "purchase")
"""The event types of the shop, in the order of the columns of :attr:`Shop.events`."""

SEARCH, BROWSE, CLICK, DETAIL, CART, PURCHASE = range(len(EVENT_TYPES))

LONGEST_DWELL = 1800
"""Seconds: after a longer silence a log is cut into two sessions."""

Table = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Shop:
    """A hidden Markov shop: a shopper's intent is in one of a few states, and moves while they browse.

    At each event the state alone decides, each independently of the others: the type of the event, the class
    and the price band of the item that a click or a detail view shows, the class of the query of a search,
    and how long the shopper dwells before the next event. After a purchase the session ends; after any other
    event it ends with a probability that depends on the state, or the state moves and the next event comes.

    Everything else in a log says nothing about the state: who, when, the language, the noun and the brand,
    and which item of its class and band it is. What goes into the cart is the item viewed last; what is
    bought is the item put there last. History says nothing either: the sessions of a user share a favourite
    noun and are otherwise independent.

    Every table has one row a state, and its rows sum to 1. The defaults make sessions of 9 events on average,
    11 % of which end in a purchase.

    Args:
        states: Names of the states.
        start: Probability of each state at the first event.
        transition: Probability of each state at the next event.
        end: Probability that the session ends after an event that is no purchase.
        events: Probability of each of :data:`EVENT_TYPES`.
        title_classes: Probability of each class of :data:`~intent_tf.simulator.shop_phrases.TITLE_WORDS`.
        price_bands: Probability of each price band.
        query_classes: Probability of each class of :data:`~intent_tf.simulator.shop_phrases.QUERY_TEMPLATES`.
        dwells: Probability of each interval between two neighbours of `dwell_edges`.
        price_edges: Edges of the price bands, ascending.
        dwell_edges: Edges of the dwell intervals in whole seconds, ascending, from 1 to 1800.
        chinese_share: Share of the sessions that are in Chinese; the others are in English.
        sessions_per_user: Mean number of sessions a user, at least 1.
        days_between: Mean number of days between two sessions of a user.
        loyalty: Probability that an event is about the user's favourite noun; else it is about any noun.

    Raises:
        InputError: If a parameter has the wrong shape or range, or if a session might never end.

    Example:
        >>> Shop().states
        ('wander', 'compare', 'decide', 'basket', 'pay')
        >>> Shop(loyalty=2)
        Traceback (most recent call last):
        ...
        intent_tf.errors.InputError: the shop's 'loyalty' is 2; expected from 0 to 1
    """

    states: tuple[str, ...] = ("wander", "compare", "decide", "basket", "pay")
    start: tuple[float, ...] = (0.66, 0.22, 0.12, 0.0, 0.0)
    transition: Table = (
        (0.97, 0.028, 0.002, 0.0, 0.0),
        (0.04, 0.915, 0.045, 0.0, 0.0),
        (0.01, 0.02, 0.85, 0.12, 0.0),
        (0.0, 0.02, 0.20, 0.36, 0.42),
        (0.0, 0.0, 0.05, 0.05, 0.90),
    )
    end: tuple[float, ...] = (0.12, 0.11, 0.02, 0.03, 0.02)
    events: Table = (
        (0.13, 0.58, 0.24, 0.04, 0.01, 0.0),
        (0.34, 0.09, 0.38, 0.17, 0.02, 0.0),
        (0.09, 0.03, 0.20, 0.64, 0.04, 0.0),
        (0.02, 0.02, 0.06, 0.15, 0.75, 0.0),
        (0.02, 0.02, 0.04, 0.14, 0.10, 0.68),
    )
    title_classes: Table = ((0.60, 0.30, 0.10), (0.25, 0.50, 0.25), *3 * ((0.10, 0.30, 0.60),))
    price_bands: Table = ((0.20, 0.25, 0.55), (0.25, 0.50, 0.25), *3 * ((0.55, 0.35, 0.10),))
    query_classes: Table = (
        (0.55, 0.35, 0.07, 0.03),
        (0.10, 0.25, 0.55, 0.10),
        *3 * ((0.04, 0.20, 0.16, 0.60),),
    )
    dwells: Table = (
        (0.50, 0.32, 0.12, 0.04, 0.02),
        (0.15, 0.30, 0.35, 0.15, 0.05),
        (0.05, 0.15, 0.35, 0.33, 0.12),
        (0.15, 0.35, 0.30, 0.15, 0.05),
        (0.15, 0.35, 0.30, 0.15, 0.05),
    )
    price_edges: tuple[float, ...] = (5.0, 25.0, 80.0, 400.0)
    dwell_edges: tuple[int, ...] = (3, 12, 35, 100, 300, 1200)
    chinese_share: float = 0.3
    sessions_per_user: float = 3.0
    days_between: float = 4.0
    loyalty: float = 0.6

    def __post_init__(self) -> None:
        states = len(self.states)
        for name, columns in {
            "start": (states,),
            "transition": (states, states),
            "events": (states, len(EVENT_TYPES)),
            "title_classes": (states, len(TITLE_WORDS)),
            "price_bands": (states, len(SERIES)),
            "query_classes": (states, len(QUERY_TEMPLATES)),
            "dwells": (states, len(self.dwell_edges) - 1),
        }.items():
            self._check_range(name, columns, 0, 1)
            if not np.allclose(np.sum(getattr(self, name), axis=-1), 1):
                raise self._wrong(name, "rows that sum to 1")
        for name, shape, low, high in (
            ("price_edges", (len(SERIES) + 1,), 0.01, np.inf),
            ("dwell_edges", (len(self.dwell_edges),), 1, LONGEST_DWELL),
        ):
            self._check_range(name, shape, low, high)
            if (np.diff(getattr(self, name)) <= 0).any():
                raise self._wrong(name, "ascending numbers")
        self._check_range("end", (states,), 0, 1)
        self._check_range("chinese_share", (), 0, 1)
        self._check_range("sessions_per_user", (), 1, np.inf)
        self._check_range("days_between", (), 0, np.inf)
        self._check_range("loyalty", (), 0, 1)
        stays = (1 - np.asarray(self.end)) * (1 - np.asarray(self.events)[:, PURCHASE])
        if np.abs(np.linalg.eigvals(stays[:, None] * np.asarray(self.transition))).max() > 1 - 1e-6:
            raise self._wrong("end", "every state to lead to an end or a purchase")

    def _check_range(self, name: str, shape: tuple[int, ...], low: float, high: float) -> None:
        try:
            values = np.asarray(getattr(self, name), dtype=np.float64)
        except (TypeError, ValueError):
            raise self._wrong(name, f"numbers of shape {shape}") from None
        if values.shape != shape:
            raise self._wrong(name, f"numbers of shape {shape}")
        if not ((low <= values) & (values <= high)).all():
            raise self._wrong(name, f"from {low} to {high}")

    def _wrong(self, name: str, expected: str) -> InputError:
        return InputError(f"the shop's {name!r} is {getattr(self, name)}", expected=expected)


DEFAULT_SHOP = Shop()
"""The shop that is simulated unless another one is given."""
