"""The best probabilities there can be on a simulated log: the exact probability of a later purchase."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from intent_tf.errors import InputError
from intent_tf.simulator.hidden_markov import Codes, Floats, forward, still_to_come
from intent_tf.simulator.shop import CLICK, DEFAULT_SHOP, DETAIL, EVENT_TYPES, PURCHASE, SEARCH, Shop, Table
from intent_tf.simulator.shop_phrases import LANGUAGES, catalogue, queries


def purchase_probability(log: pd.DataFrame, shop: Shop = DEFAULT_SHOP) -> pd.Series[float]:
    r"""Tell at each event of a simulated log how probable a purchase later in its session is.

    With :math:`x_{1..t}` all that the log shows of the session up to and including event :math:`t`, and
    :math:`z_t` the shopper's state there,

    .. math:: P(\text{purchase after } t \mid x_{1..t}) = \sum_z P(z_t = z \mid x_{1..t})\,v(z)

    where the first factor comes from the forward algorithm
    (:func:`~intent_tf.simulator.hidden_markov.forward`) and :math:`v(z)` is the probability that a purchase
    is still to come (:func:`~intent_tf.simulator.hidden_markov.still_to_come`). It is exact, not an estimate:
    what the algorithm does not look at says nothing about the state
    (:class:`~intent_tf.simulator.shop.Shop`), and title and price follow from the item. How long the shopper
    dwells on event :math:`t`, and whether another event follows, is not known at that prediction time.

    Args:
        log: An event log that :func:`~intent_tf.simulator.simulator.simulate` made, or whole sessions
            of it, or their prefixes; in any order.
        shop: The shop that it was made with; the default one unless given.

    Returns:
        The probabilities, with the log's index; 0 at a purchase, which ends the session.

    Raises:
        InputError: If a column is missing, or if the shop cannot have made the log.

    Example:
        >>> from intent_tf.simulator.simulator import simulate
        >>> log = simulate(sessions=1000)
        >>> purchase_probability(log).groupby(log["event_type"]).mean().round(2).to_dict()
        {'browse': 0.05, 'cart': 0.6, 'click': 0.15, 'detail': 0.43, 'purchase': 0.0, 'search': 0.13}
    """
    later = state_beliefs(log, shop) @ still_to_come(
        np.asarray(shop.transition), np.asarray(shop.end), np.asarray(shop.events)[:, PURCHASE]
    )
    later[log["event_type"].eq("purchase").to_numpy()] = 0
    return pd.Series(later, index=log.index, name="purchase_probability")


def state_beliefs(log: pd.DataFrame, shop: Shop = DEFAULT_SHOP) -> Floats:
    """Tell at each event of a simulated log how probable each state of the shopper is, given what was seen.

    Args:
        log: As for :func:`purchase_probability`.
        shop: The shop that it was made with; the default one unless given.

    Returns:
        Exact probabilities, shape ``(events, states)``, in the order of the log's rows.

    Raises:
        InputError: If a column is missing, or if the shop cannot have made the log.
    """
    session, seconds = _clock(log)
    order = np.lexsort((seconds, session))
    event = _codes(log["event_type"], EVENT_TYPES)
    told = _told(shop.events, event) * _words_told(log, event, shop)
    carried = _dwells_told(session, seconds, order, shop) * (1 - np.asarray(shop.end))
    carried[event[order] == PURCHASE] = 0
    first = np.flatnonzero(np.diff(session[order], prepend=-1))
    belief = forward(np.asarray(shop.start), np.asarray(shop.transition), told[order], carried, first)
    impossible = np.isnan(belief[:, 0])
    if impossible.any():
        raise _not_made_here("no shopper of this shop comes to do this", int(order[impossible].min()))

    beliefs = np.empty_like(belief)
    beliefs[order] = belief
    return beliefs


def optimal_probabilities(examples: pd.DataFrame, log: pd.DataFrame, shop: Shop = DEFAULT_SHOP) -> Floats:
    """Tell the best probability for each row of an example table that was prepared from a simulated log.

    Args:
        examples: The example table: column ``session_id``, and column ``events``, how many events of the
            session, its first ones, are visible.
        log: The event log that the examples were prepared from, see :func:`purchase_probability`.
        shop: The shop that it was made with; the default one unless given.

    Returns:
        The exact probabilities of a later purchase, shape ``(examples,)``.

    Raises:
        InputError: If a column is missing, if the log has no such session or event, or if the shop cannot
            have made the log.

    Example:
        >>> from intent_tf.simulator.simulator import simulate
        >>> examples = pd.DataFrame({"session_id": ["s0000001", "s0000001"], "events": [1, 5]})
        >>> optimal_probabilities(examples, simulate(sessions=1000)).round(3)
        array([0.077, 0.727])
    """
    probabilities = np.asarray(purchase_probability(log, shop), dtype=np.float64)
    return probabilities[rows_of_prediction_times(examples, log)]


def rows_of_prediction_times(examples: pd.DataFrame, log: pd.DataFrame) -> Codes:
    """Find the event of a log that is the last one visible of each example.

    Args:
        examples: Columns ``session_id`` and ``events``, see :func:`optimal_probabilities`.
        log: The event log that they were prepared from.

    Returns:
        Index among the log's rows, from 0, shape ``(examples,)``.

    Raises:
        InputError: If a column is missing, or the log has no such session or event.
    """
    _need(examples, "session_id", "events")
    events = log.groupby("session_id")["timestamp"].rank(method="first").astype(np.int64)
    indices = pd.DataFrame({"session_id": log["session_id"], "events": events, "index": np.arange(len(log))})
    matched = examples[["session_id", "events"]].merge(indices, how="left", on=["session_id", "events"])
    if matched["index"].isna().any():
        row = int(matched["index"].isna().to_numpy().argmax())
        raise InputError(
            f"the log has no event {matched['events'][row]} of session {matched['session_id'][row]!r}",
            row=row + 1,
            expected="examples that were prepared from this log",
        )
    return matched["index"].to_numpy(np.int64)


def _clock(log: pd.DataFrame) -> tuple[Codes, Floats]:
    """Return the session of each row, as a code, and its time in seconds."""
    _need(log, "session_id", "timestamp", "event_type", "item_id", "query")
    time = log["timestamp"]
    if not pd.api.types.is_datetime64_any_dtype(time):
        raise InputError(f"the dtype is {time.dtype}", column="timestamp", expected="datetime64")
    for column in ("session_id", "timestamp"):
        if log[column].isna().any():
            raise InputError("the value is missing", column=column, row=int(log[column].isna().argmax()) + 1)
    return log["session_id"].factorize()[0], (time - time.min()).dt.total_seconds().to_numpy()


def _words_told(log: pd.DataFrame, event: Codes, shop: Shop) -> Floats:
    """Return how likely the item and the query of each event are, shape ``(events, states)``."""
    items, phrases = catalogue(), queries()
    item = _codes(log["item_id"], items["item_id"], np.isin(event, (CLICK, DETAIL)))
    query = _codes(log["query"], np.concatenate([phrases[name] for name in LANGUAGES]), event == SEARCH)
    return (
        _told(shop.title_classes, np.where(item < 0, -1, items["title_class"].to_numpy()[item]))
        * _told(shop.price_bands, np.where(item < 0, -1, items["price_band"].to_numpy()[item]))
        * _told(
            shop.query_classes,
            np.where(query < 0, -1, phrases["query_class"].to_numpy()[query % len(phrases)]),
        )
    )


def _dwells_told(session: Codes, seconds: Floats, order: Codes, shop: Shop) -> Floats:
    """Return how likely the time to the session's next event is, in that order: ``(events, states)``."""
    dwell = np.diff(seconds[order], append=np.inf)
    is_last = np.diff(session[order], append=-1) != 0
    wrong = ~is_last & ((dwell < shop.dwell_edges[0]) | (dwell >= shop.dwell_edges[-1]))
    if wrong.any():
        row = int(wrong.argmax())
        raise _not_made_here(f"{dwell[row]:g} seconds to the next event", int(order[row]))
    interval = np.searchsorted(shop.dwell_edges, dwell, side="right") - 1
    return _told(shop.dwells, np.where(is_last, -1, interval))


def _told(table: Table, code: Codes) -> Floats:
    """Return how likely each code is, given each state, shape ``(events, states)``; 1 where it is -1."""
    padded = np.column_stack([table, np.ones(len(table))])
    return padded[:, code].T


def _codes(
    column: pd.Series[str], words: Iterable[str], wanted: npt.NDArray[np.bool_] | None = None
) -> Codes:
    """Return which of the words each value is; -1 where it is not wanted."""
    codes = pd.Index(words).get_indexer(pd.Index(column))
    wrong = (codes < 0) if wanted is None else (codes < 0) & wanted
    if wrong.any():
        row = int(wrong.argmax())
        raise _not_made_here(repr(column.iloc[row]), row, str(column.name))
    return codes if wanted is None else np.where(wanted, codes, -1)


def _need(frame: pd.DataFrame, *columns: str) -> None:
    for column in columns:
        if column not in frame:
            raise InputError(
                "there is no such column", column=column, expected=f"the columns {', '.join(columns)}"
            )


def _not_made_here(message: str, row: int, column: str | None = None) -> InputError:
    return InputError(
        message, row=row + 1, column=column, expected="an event log that `simulate` made with this shop"
    )
