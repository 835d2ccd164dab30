"""Pairs of a prediction time and an item: rows of the model of how strongly this session wants this item."""

import numpy as np
import pandas as pd

from intent_tf.decisions.recommend.items import COLUMNS

#: The label: whether the item is wanted after the prediction time.
LABEL = "wanted_item"
#: Columns of the prediction time that the model reads beside those of the item. The session itself is read
#: once a prediction time, by the model of purchases whose probability stands here, and not once a candidate.
SESSION = ("session_probability", "events", "previous_sessions", "previous_purchases")
#: What the model does not read: identifiers, and titles, which the source ``content`` has compared.
UNREAD = ("row", "item_id", "item_title")


def pair_table(prediction_times: pd.DataFrame, candidates: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Join candidates with their prediction times and items.

    Args:
        prediction_times: From `recommendation_times`, with ``session_probability`` (that the session ends in
            a purchase, in [0, 1]).
        candidates: ``row, item_id``, ``rank`` and a rank for each source, as `fuse` returns them.
        items: From `item_table`; an item that it lacks has the title and the price that the session shows.

    Returns:
        One row a candidate, in their order: ``row, item_id``, the prediction time's ``user_id`` and columns
        `SESSION`; ``item_title, item_price, item_popularity, item_buys``; ``views`` (events of the session
        with the item) and ``events_ago`` (since the last of them, NaN if there is none); ``rank`` and
        ``by_<source>`` (ranks, NaN where the source does not propose the item); and the label ``wanted_item``
        (0 or 1).
    """
    sources = [name for name in candidates.columns if name not in ("row", "item_id", "rank")]
    table = candidates.rename(columns={name: f"by_{name}" for name in sources}).reset_index(drop=True)
    table = table.join(prediction_times[["user_id", *SESSION]], on="row")
    described = items[list(COLUMNS)].add_prefix("item_")
    table = table.join(described, on="item_id")
    in_session = _in_session(prediction_times)
    keys = ["row", "item_id"]
    table = table.merge(in_session, how="left", on=keys)
    table["item_title"] = table["item_title"].fillna(table.pop("shown_title")).fillna("")
    table["item_price"] = table["item_price"].fillna(table.pop("shown_price"))
    numbers = ["views", "item_popularity", "item_buys"]
    table[numbers] = table[numbers].fillna(0.0)
    wanted = prediction_times["wanted"].explode().dropna().rename("item_id").rename_axis("row").reset_index()
    hit = table[keys].merge(wanted.assign(hit=1), how="left", on=keys)["hit"]
    return table.assign(**{LABEL: hit.notna().to_numpy(np.int64)})


def _in_session(prediction_times: pd.DataFrame) -> pd.DataFrame:
    """Sum up each prediction time's events with each item."""
    columns = ["item_id", "text", "price"]
    events = prediction_times[[*columns, "events"]].rename_axis("row").explode(columns).reset_index()
    events["ago"] = events.groupby("row").cumcount(ascending=False)
    events = events[events["item_id"].astype("str") != ""]
    return (
        events.groupby(["row", "item_id"], sort=False)
        .agg(
            views=("ago", "size"),
            events_ago=("ago", "min"),
            shown_title=("text", "last"),
            shown_price=("price", "last"),
        )
        .astype({"views": np.float64, "events_ago": np.float64, "shown_price": np.float64})
        .reset_index()
    )
