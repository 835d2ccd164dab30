"""What is known of each item: its title, its price and how it was received."""

from __future__ import annotations

import pandas as pd

from intent_tf.decisions.recommend.interactions import interactions
from intent_tf.decisions.recommend.recommendation_times import BUYS
from intent_tf.errors import InputError

COLUMNS = ("title", "price", "popularity", "buys")


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
