"""The items of a log: what is known of each, and users' events with them as numbers."""

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from intent_tf.decisions.recommend.recommendation_times import BUYS
from intent_tf.errors import InputError

COLUMNS = ("title", "price", "popularity", "buys")

#: How much an event says that its user wants the item.
WEIGHTS = {"click": 1.0, "detail": 1.0, "cart": 3.0, "purchase": 5.0}


def interactions(log: pd.DataFrame) -> pd.DataFrame:
    """Return the events that have an item and say something of it, each with its ``weight``.

    Raises:
        InputError: If there is none.
    """
    weight = log["event_type"].map(WEIGHTS)
    usable = (weight.notna() & (log["item_id"] != "")).to_numpy()
    usable_events = log[usable]
    if usable_events.empty:
        raise InputError(
            "no event has an item", expected="events of the types " + ", ".join(WEIGHTS), column="item_id"
        )
    return usable_events.assign(weight=weight.to_numpy()[usable])


def interaction_matrix(seen: pd.DataFrame, items: pd.Index) -> csr_array:
    """Sum the weights up, float32 ``(sessions, items)``.

    Args:
        seen: From `interactions`.
        items: The items that are the columns; others are excluded.
    """
    codes, values = pd.factorize(seen["session_id"])
    return _matrix(seen["weight"].to_numpy(np.float32), codes, len(values), seen["item_id"], items)


def query_matrix(prediction_times: pd.DataFrame, items: pd.Index) -> csr_array:
    """Weigh the items that each prediction time looks back on, float32 ``(prediction_times, items)``.

    The item seen last weighs 1, the one before 1/2, then 1/3, and so on; behind the session's come those of
    the user's earlier sessions. A new user has the session's only, so nobody has to be known.

    Args:
        prediction_times: From `recommendation_times`.
        items: The items that are the columns; others are excluded.

    Reference:
        Ludewig & Jannach (2018), Evaluation of Session-Based Recommendation Algorithms (decay by position).
    """
    looked_back = [
        [item for item in [*history, *session] if item][::-1]
        for history, session in zip(prediction_times["history"], prediction_times["item_id"], strict=True)
    ]
    lengths = np.fromiter(map(len, looked_back), np.int64, len(looked_back))
    indices = np.concatenate([np.arange(length) for length in lengths]) if len(lengths) else lengths
    weights, rows = (1 / (1 + indices)).astype(np.float32), np.arange(len(lengths)).repeat(lengths)
    met = pd.Series([item for each in looked_back for item in each], dtype=object)
    return _matrix(weights, rows, len(lengths), met, items)


def _matrix(weights: np.ndarray, rows: np.ndarray, count: int, met: pd.Series, items: pd.Index) -> csr_array:
    """Put weights into rows and the columns of their items; those of no column are excluded."""
    columns = items.get_indexer(pd.Index(met))
    known = columns >= 0
    return csr_array((weights[known], (rows[known], columns[known])), shape=(count, len(items)))


def item_table(log: pd.DataFrame, catalogue: pd.DataFrame | None = None) -> pd.DataFrame:
    """Describe the items of a log, and those of a catalogue that nobody has seen yet.

    Args:
        log: Events with ``text`` and ``price``.
        catalogue: Further items: the index ``item_id``, ``title`` and ``price``.

    Returns:
        One row an item, the most popular first, with the index ``item_id``: ``title`` (all distinct texts
        that its events have, such as those of several languages), ``price`` (the last one; NaN if there is
        none), ``popularity`` (share of the log's interactions, in [0, 1]) and ``buys`` (share of the item's
        own events that are a cart or purchase, in [0, 1]). An item without an event has 0 and 0.

    Raises:
        InputError: If no event has an item, or the catalogue lacks a column.
    """
    seen = interactions(log)
    events = log[log["item_id"] != ""]
    grouped = events.groupby("item_id", sort=False)
    titles = events[["item_id", "text"]].drop_duplicates().groupby("item_id", sort=False)["text"]
    table = pd.DataFrame(
        {
            "title": titles.agg(" ".join).str.strip(),
            "price": grouped["price"].last(),
            "popularity": seen.groupby("item_id")["weight"].sum() / seen["weight"].sum(),
            "buys": events["event_type"].isin(BUYS).groupby(events["item_id"]).mean(),
        }
    )
    if catalogue is not None:
        for name in ("title", "price"):
            if name not in catalogue.columns:
                raise InputError(f"the catalogue has no column {name!r}", expected="title and price")
        new = catalogue.loc[~catalogue.index.isin(table.index), ["title", "price"]]
        table = pd.concat([table, new.assign(popularity=0.0, buys=0.0)])
    table.index.name = "item_id"
    return table.sort_values("popularity", ascending=False, kind="stable")
