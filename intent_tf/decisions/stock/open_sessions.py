"""What open sessions are about to buy: their strengths, summed by item."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import prepare_examples
from intent_tf.decisions.stock.demand import ALL
from intent_tf.errors import InputError

#: Sessions up to their purchase: carts are visible, for who has one is about to buy.
UNTIL_PURCHASE = ExampleDefinition(cut="purchase")
_OPEN = pd.Timedelta(minutes=30)


def open_strengths(
    predict: Callable[[pd.DataFrame], ArrayLike],
    log: pd.DataFrame,
    moments: Sequence[pd.Timestamp],
    items: Sequence[str],
) -> pd.DataFrame:
    """Sum the strengths of the sessions that are open at each moment.

    A session is open if its last event is at most half an hour ago and it has no purchase yet. Its strength
    counts for the item that it looked at last.

    Args:
        predict: Gives the strengths of examples; a model's, trained on `UNTIL_PURCHASE` before the moments.
        log: Events; those from a moment on are not looked at for it.
        moments: The moments.
        items: The items.

    Returns:
        One row a moment, one column an item, and ``all items`` for all open sessions.

    Raises:
        InputError: If there are no moments.
    """
    if not len(moments):
        raise InputError("there are no moments", expected="at least one")
    rows = pd.DataFrame(0.0, index=pd.Index(moments), columns=[*items, ALL])
    copies = [copy for number, moment in enumerate(moments) if len(copy := _open_at(log, moment, number))]
    if not copies:
        return rows
    replayed = pd.concat(copies, ignore_index=True)
    last = ExampleDefinition(moments="last", cut="purchase")
    examples = prepare_examples(replayed.drop(columns="is_open"), last).examples
    of_session = replayed[replayed["is_open"]].groupby("session_id")
    examples = examples[examples["session_id"].isin(of_session.groups)]
    viewed = replayed["item_id"].where(replayed["item_id"].ne("")).groupby(replayed["session_id"]).last()
    number = examples["session_id"].str.split(" ", n=1).str[0].astype(int)
    found = pd.DataFrame(
        {
            "moment": number.map(dict(enumerate(moments))).to_numpy(),
            "item": examples["session_id"].map(viewed).to_numpy(),
            "strength": np.asarray(predict(examples), np.float64),
        }
    )
    by_item = found.pivot_table(index="moment", columns="item", values="strength", aggfunc="sum")
    rows.update(by_item.reindex(columns=list(items)))
    rows.update(found.groupby("moment")["strength"].sum().rename(ALL).to_frame())
    return rows


def _open_at(log: pd.DataFrame, moment: pd.Timestamp, number: int) -> pd.DataFrame:
    """Copy the past of the users with an open session, under names of their own for each moment."""
    known = log[log["timestamp"] < moment]
    recent = known.loc[known["timestamp"] >= moment - _OPEN, "session_id"].unique()
    ended = known.loc[known["event_type"].eq("purchase"), "session_id"]
    is_open = known["session_id"].isin(recent) & ~known["session_id"].isin(ended)
    users = known["user_id"].isin(known.loc[is_open, "user_id"])
    copy = known[users].assign(is_open=is_open[users])
    for name in ("user_id", "session_id"):
        copy[name] = f"{number} " + copy[name].astype("str")
    return copy
