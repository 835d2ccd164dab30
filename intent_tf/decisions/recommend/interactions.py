"""Users' events with items as numbers: what collaborative filtering reads."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from intent_tf.errors import InputError

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


def interaction_matrix(seen: pd.DataFrame, rows: str, items: pd.Index) -> csr_array:
    """Sum the weights up, float32 ``(users or sessions, items)``.

    Args:
        seen: From `interactions`.
        rows: The column whose values are the rows, ``user_id`` or ``session_id``.
        items: The items that are the columns; others are excluded.
    """
    columns = items.get_indexer(pd.Index(seen["item_id"]))
    in_catalogue = columns >= 0
    codes, values = pd.factorize(seen[rows])
    data = seen["weight"].to_numpy(np.float32)[in_catalogue]
    return csr_array((data, (codes[in_catalogue], columns[in_catalogue])), shape=(len(values), len(items)))


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
    columns = items.get_indexer(pd.Index([item for each in looked_back for item in each], dtype=object))
    indices = np.concatenate([np.arange(length) for length in lengths]) if len(lengths) else lengths
    weights, rows = (1 / (1 + indices)).astype(np.float32), np.arange(len(prediction_times)).repeat(lengths)
    in_catalogue = columns >= 0
    return csr_array(
        (weights[in_catalogue], (rows[in_catalogue], columns[in_catalogue])),
        shape=(len(prediction_times), len(items)),
    )
