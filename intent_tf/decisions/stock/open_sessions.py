"""What open sessions are about to buy: their probabilities, summed by item."""

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


def open_probabilities(
    predict: Callable[[pd.DataFrame], ArrayLike],
    log: pd.DataFrame,
    prediction_times: Sequence[pd.Timestamp],
    items: Sequence[str],
) -> pd.DataFrame:
    """Sum the probabilities of the sessions that are open at each prediction time.

    A session is open if its last event is at most half an hour ago and it has no purchase yet. Its
    probability counts for the item that it looked at last.

    Args:
        predict: Gives the probabilities of examples; a model's, trained on `UNTIL_PURCHASE` before the
            prediction times.
        log: Events; those from a prediction time on are not looked at for it.
        prediction_times: The prediction times.
        items: The items.

    Returns:
        One row a prediction time, one column an item, and ``all items`` for all open sessions.

    Raises:
        InputError: If there are no prediction times.
    """
    if not len(prediction_times):
        raise InputError("there are no prediction times", expected="at least one")
    rows = pd.DataFrame(0.0, index=pd.Index(prediction_times), columns=[*items, ALL])
    copies = [
        copy
        for number, prediction_time in enumerate(prediction_times)
        if len(copy := _open_at(log, prediction_time, number))
    ]
    if not copies:
        return rows
    replayed = pd.concat(copies, ignore_index=True)
    last = ExampleDefinition(prediction_times="last", cut="purchase")
    examples = prepare_examples(replayed.drop(columns="is_open"), last).examples
    of_session = replayed[replayed["is_open"]].groupby("session_id")
    examples = examples[examples["session_id"].isin(of_session.groups)]
    viewed = replayed["item_id"].where(replayed["item_id"].ne("")).groupby(replayed["session_id"]).last()
    number = examples["session_id"].str.split(" ", n=1).str[0].astype(int)
    sessions = pd.DataFrame(
        {
            "prediction_time": number.map(dict(enumerate(prediction_times))).to_numpy(),
            "item": examples["session_id"].map(viewed).to_numpy(),
            "probability": np.asarray(predict(examples), np.float64),
        }
    )
    by_item = sessions.pivot_table(
        index="prediction_time", columns="item", values="probability", aggfunc="sum"
    )
    rows.update(by_item.reindex(columns=list(items)))
    rows.update(sessions.groupby("prediction_time")["probability"].sum().rename(ALL).to_frame())
    return rows


def _open_at(log: pd.DataFrame, prediction_time: pd.Timestamp, number: int) -> pd.DataFrame:
    """Copy the past of the users with an open session, under names of their own for each prediction time."""
    earlier = log[log["timestamp"] < prediction_time]
    recent = earlier.loc[earlier["timestamp"] >= prediction_time - _OPEN, "session_id"].unique()
    ended = earlier.loc[earlier["event_type"].eq("purchase"), "session_id"]
    is_open = earlier["session_id"].isin(recent) & ~earlier["session_id"].isin(ended)
    users = earlier["user_id"].isin(earlier.loc[is_open, "user_id"])
    copy = earlier[users].assign(is_open=is_open[users])
    for name in ("user_id", "session_id"):
        copy[name] = f"{number} " + copy[name].astype("str")
    return copy
