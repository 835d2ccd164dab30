"""A shop whose truth is known: an event log of any size, from a hidden Markov model of its shoppers."""

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from intent_tf.errors import InputError
from intent_tf.simulator.hidden_markov import Codes, Floats, draw
from intent_tf.simulator.shop import (
    BROWSE,
    CART,
    CLICK,
    DEFAULT_SHOP,
    DETAIL,
    EVENT_TYPES,
    LONGEST_DWELL,
    PURCHASE,
    SEARCH,
    Shop,
)
from intent_tf.simulator.shop_phrases import (
    BRANDS,
    CHOICES,
    LANGUAGES,
    NOUNS,
    QUERY_TEMPLATES,
    SERIES,
    TITLE_WORDS,
    catalogue,
    departments,
    queries,
)

OPENING = np.datetime64("2024-01-01", "us")
DAY = 86_400
FIRST_VISITS = 30
GOLDEN_RATIO = 0.618033988749895

Act = Callable[[int, Codes, Codes, Codes], Codes]
"""What the shop does to its shoppers: from the number of the event (from 1), the sessions that are there,
their states and their events, to their states from then on."""


def simulate(sessions: int, seed: int = 0, shop: Shop = DEFAULT_SHOP) -> pd.DataFrame:
    """Make the event log of a shop.

    Args:
        sessions: How many sessions, at least 1.
        seed: Fixes every draw: the same sessions, seed and shop give the same log.
        shop: The shop; the default one unless given.

    Returns:
        An event log in the order of time with the columns ``user_id, session_id, event_type, item_id, text,
        query`` (strings, empty where there is none), ``timestamp`` (UTC, whole seconds) and ``price`` (NaN
        where there is no item). The text is the title of the item, or the name of the browsed department.

    Raises:
        InputError: If no session is asked for.

    Example:
        >>> log = simulate(sessions=1000)
        >>> log.loc[log["session_id"] == "s0000001", ["event_type", "text", "price"]]
           event_type                           text  price
        7       click     limited Alder jacket basic   8.77
        8      detail   classic Harbour jacket basic  20.15
        9      detail  clearance Alder backpack plus  50.04
        10      click  discounted Brook jacket basic   8.19
        11       cart  discounted Brook jacket basic   8.19
        12   purchase  discounted Brook jacket basic   8.19
    """
    return simulate_acted_on(sessions, seed, shop)[0]


def simulate_acted_on(
    sessions: int, seed: int = 0, shop: Shop = DEFAULT_SHOP, act: Act | None = None
) -> tuple[pd.DataFrame, pd.api.extensions.ExtensionArray]:
    """Make the event log of a shop that acts on its shoppers; see `simulate`.

    Args:
        sessions: How many sessions, at least 1.
        seed: Fixes every draw but those of ``act``.
        shop: The shop; the default one unless given.
        act: Moves the states of the shoppers after each event; None leaves them alone.

    Returns:
        The event log, and the ``session_id`` of each session in the numbering that ``act`` saw.

    Raises:
        InputError: If no session is asked for.

    Example:
        >>> log, _ = simulate_acted_on(2000, act=lambda event, session, state, kind: 0 * state)
        >>> "purchase" in set(log["event_type"])  # all are sent back to the first state, where nobody buys
        False
    """
    if sessions < 1:
        raise InputError(f"{sessions} sessions were asked for", expected="at least 1")
    generator = np.random.default_rng(seed)
    session, state, event = _walk(shop, sessions, generator, act)
    user = (generator.random(sessions) < 1 / shop.sessions_per_user).cumsum()
    begin, passed = _clock(shop, session, state, user, generator)
    seconds = begin[session] + passed
    rank_of_session = begin.argsort(kind="stable").argsort()
    rank = rank_of_session[session]
    language = (generator.random(sessions) < shop.chinese_share).astype(np.int64)[session]

    noun = _nouns(shop, user[session], generator)
    item = _items(shop, session, state, event, noun, generator)
    has_item = item >= 0
    query = np.where(event == SEARCH, _queries(shop, state, noun, generator), -1)
    page = np.where(has_item, len(NOUNS) + item, np.where(event == BROWSE, noun, -1))
    names = [f"s{code:07d}" for code in range(sessions)]
    log = pd.DataFrame(
        {
            "user_id": _strings([f"u{code:06d}" for code in range(user[-1] + 1)], user[session]),
            "session_id": _strings(names, rank),
            "timestamp": pd.DatetimeIndex(OPENING + seconds * np.timedelta64(1, "s"), tz="UTC"),
            "event_type": _strings(EVENT_TYPES, event),
            "item_id": _strings(catalogue()["item_id"], item),
            "text": _spoken(pd.concat([departments(), catalogue()]), page, language),
            "query": _spoken(queries(), query, language),
            "price": np.where(has_item, _prices(shop)[item], np.nan),
        }
    )
    log = log.iloc[np.lexsort((rank, seconds))].reset_index(drop=True)
    return log, _strings(names, rank_of_session)


def _walk(
    shop: Shop, sessions: int, generator: np.random.Generator, act: Act | None
) -> tuple[Codes, Codes, Codes]:
    """Let all shoppers act, step by step, until each has left: the session, state and type of every event."""
    transition, end, events = (np.asarray(table) for table in (shop.transition, shop.end, shop.events))
    here = np.arange(sessions)
    state = _repeat(shop.start, sessions, generator)
    steps = []
    while here.size:
        event = draw(events, state, generator)
        steps.append((here, state, event))
        if act is not None:
            state = act(len(steps), here, state, event)
        stays = (event != PURCHASE) & (generator.random(here.size) >= end[state])
        here, state = here[stays], draw(transition, state[stays], generator)
    session, state, event = (np.concatenate(column) for column in zip(*steps, strict=True))
    order = session.argsort(kind="stable")
    return session[order], state[order], event[order]


def _clock(
    shop: Shop, session: Codes, state: Codes, user: Codes, generator: np.random.Generator
) -> tuple[Codes, Codes]:
    """Draw when each session begins, in seconds after the opening, and how far into it each event comes."""
    edges = np.asarray(shop.dwell_edges)
    interval = draw(np.asarray(shop.dwells), state, generator)
    dwell = pd.Series(generator.integers(edges[interval], edges[interval + 1]))
    passed = dwell.groupby(session).cumsum() - dwell
    pause = LONGEST_DWELL + DAY * generator.exponential(shop.days_between, len(user))
    is_first = np.diff(user, prepend=-1) > 0
    pause[is_first] = DAY * FIRST_VISITS * generator.random(is_first.sum())
    spent = dwell.groupby(session).sum()
    begin = (pause.astype(np.int64) + spent).groupby(user).cumsum() - spent
    return begin.to_numpy(), passed.to_numpy()


def _nouns(shop: Shop, user: Codes, generator: np.random.Generator) -> Codes:
    """Draw what each event is about: the user's favourite noun, or any."""
    popularity = _zipf(len(NOUNS))
    favourite = _repeat(popularity, user[-1] + 1, generator)[user]
    loyal = generator.random(len(user)) < shop.loyalty
    return np.where(loyal, favourite, _repeat(popularity, len(user), generator))


def _items(
    shop: Shop, session: Codes, state: Codes, event: Codes, noun: Codes, generator: np.random.Generator
) -> Codes:
    """Draw the item of each event, -1 where it has none."""
    viewed, put, bought = np.isin(event, (CLICK, DETAIL)), event == CART, event == PURCHASE
    # What is put in the cart or bought unseen is drawn as from the first state, lest it tell the state.
    taste = np.where(viewed, state, 0)
    brand = _repeat(_zipf(len(BRANDS)), len(event), generator)
    title_class = draw(np.asarray(shop.title_classes), taste, generator)
    word = generator.integers(CHOICES, size=len(event))
    price_band = draw(np.asarray(shop.price_bands), taste, generator)
    sizes = (len(NOUNS), len(BRANDS), len(TITLE_WORDS), CHOICES, len(SERIES))
    own = pd.Series(np.ravel_multi_index((noun, brand, title_class, word, price_band), sizes))
    viewed_last = own.where(viewed).groupby(session).ffill().fillna(own)
    item = own.where(~put, viewed_last)
    put_last = item.where(put).groupby(session).ffill().fillna(viewed_last)
    item = item.where(~bought, put_last)
    return item.where(viewed | put | bought, -1).to_numpy(np.int64)


def _queries(shop: Shop, state: Codes, noun: Codes, generator: np.random.Generator) -> Codes:
    """Draw the query that each event would have, were it a search."""
    query_class = draw(np.asarray(shop.query_classes), state, generator)
    template = generator.integers(CHOICES, size=len(state))
    sizes = (len(NOUNS), len(QUERY_TEMPLATES), CHOICES)
    query: Codes = np.ravel_multi_index((noun, query_class, template), sizes)
    return query


def _prices(shop: Shop) -> Floats:
    """Spread the prices of the items over their bands, in whole cents."""
    edges, band = np.asarray(shop.price_edges), catalogue()["price_band"].to_numpy()
    # Multiples of the golden ratio, modulo 1, spread evenly and need no seed.
    index = np.arange(len(band)) * GOLDEN_RATIO % 1
    return np.floor(100 * edges[band] * (edges[band + 1] / edges[band]) ** index) / 100


def _repeat(probabilities: npt.ArrayLike, size: int, generator: np.random.Generator) -> Codes:
    """Draw `size` times with the same probabilities."""
    return draw(np.asarray(probabilities)[None], np.zeros(size, dtype=np.int64), generator)


def _zipf(kinds: int) -> Floats:
    """Return how popular each kind is: proportional to one over its rank."""
    weights = 1 / np.arange(1, kinds + 1)
    popularity: Floats = weights / weights.sum()
    return popularity


def _spoken(phrases: pd.DataFrame, code: Codes, language: Codes) -> pd.api.extensions.ExtensionArray:
    """Return the phrase of each code in its language; empty where it is -1."""
    words = [word for name in LANGUAGES for word in phrases[name]]
    return _strings(words, np.where(code < 0, -1, code + language * len(phrases)))


def _strings(words: Iterable[str], code: Codes) -> pd.api.extensions.ExtensionArray:
    """Return the word of each code; empty where it is -1."""
    return pd.array(["", *words], dtype="str").take(code + 1)
