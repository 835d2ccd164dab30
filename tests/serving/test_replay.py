"""Any log, sent event by event in any order, gives the live columns that `prepare` makes of it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.data.event_log import LogFormat
from intent_tf.data.example_definition import SEQUENCES, ExampleDefinition
from intent_tf.data.examples import prepare_examples
from intent_tf.data.session_rules import HISTORY
from intent_tf.errors import InputError
from intent_tf.serving.session import Event, Session

NAMES = ["timestamp", "event_type", "item_id", "text", "query", "price", "quantity", "session_id"]
MAPPED = {"View": "detail", "İNCELE": "detail", "buy": "purchase"}


def as_written(micros: int, form: str) -> object:
    """A time as logs write it."""
    if form == "iso":
        return str(pd.Timestamp(micros, unit="us", tz="UTC").tz_convert("Asia/Kolkata").isoformat())
    return {"s": repr(micros / 1e6), "ms": str(micros // 1000), "us": str(micros)}[form]


EVENTS = st.tuples(
    st.builds(
        lambda second, micro: 1_704_448_800_000_000 + second * 500_000 + micro,
        st.integers(0, 8) | st.integers(0, 1_000_000),
        st.sampled_from([0, 0, 1000, 123_000]),
    ),
    st.sampled_from(["iso", "ms", "us"]),
    st.sampled_from(["View", "view", "İncele", "wishlist", "cart", "buy", "search"]),
    st.sampled_from(["a", "b", "NULL", ""]),
    st.sampled_from(["cap", " cap ", "红帽", "nan"]),
    st.sampled_from(["", "red"]),
    st.sampled_from(["1", "2.5", "", "NaN", "1.0", "12.99 EUR", "-1", "1e999"]),
    st.sampled_from(["", "1", "2", "two"]),
    st.sampled_from(["s", "s", "t", "u"]),
)


@settings(max_examples=60, deadline=None)
@given(
    st.data(),
    st.lists(EVENTS, min_size=1, max_size=14),
    st.sampled_from([0.0, 0.5, 1.0, 3.0]),
    st.integers(1, 5),
)
@pytest.mark.guard
def test_live_columns_are_those_of_prepare_whatever_the_order_of_arrival(
    data: st.DataObject, log: list[tuple[Any, ...]], window: float, max_events: int
) -> None:
    rows = [dict(zip(NAMES, (as_written(micros, form), *rest), strict=True)) for micros, form, *rest in log]
    frame = pd.DataFrame(rows).assign(user_id="ann")
    definition = ExampleDefinition(
        prediction_times="every", cut="none", bot_speed=0, double_fire_window=window, max_events=max_events
    )
    prepared = prepare_examples(frame, definition, LogFormat(usual_types=MAPPED))
    assert prepared.rules is not None
    arrived = data.draw(st.permutations(list(range(len(rows)))))
    for example in prepared.examples.to_dict("records"):
        until = example["prediction_time"].value // 1000
        sessions = dict.fromkeys("stu", Session())
        for index in arrived:
            if log[index][0] <= until:
                event, name = Event.of(rows[index], now=0.0, rules=prepared.rules), rows[index]["session_id"]
                sessions[name] = sessions[name].with_event(event, max_events, window)
        session = sessions.pop(example["session_id"])
        if session.seen > example["events"]:
            continue  # it is not the last one of its instant
        live = session.columns(sessions.values())
        for name in (*SEQUENCES, *HISTORY):
            np.testing.assert_array_equal(np.asarray(live[name]), np.asarray(example[name]), name)


def test_ties_are_alike_whatever_the_log_calls_its_events() -> None:
    types = ["first_visit", "session_start", "scroll"]
    logs = [[{"event_type": name, "timestamp": 5.0} for name in order] for order in (types, types[::-1])]
    sessions = []
    for log in logs:
        session = Session()
        for row in log:
            session = session.with_event(Event.of(row, now=0.0), 200, 1.0)
        sessions.append(session.columns()["event_type"])
    frame = pd.DataFrame(logs[0]).assign(user_id="ann")
    every = ExampleDefinition(prediction_times="3")
    assert sessions == [prepare_examples(frame, every).examples["event_type"][0].tolist()] * 2


def test_events_that_differ_in_price_only_are_two() -> None:
    session = Session()
    for price in (1.0, 2.0, math.nan, math.nan):
        session = session.with_event(Event("detail", 5.0, price=price), 200, 1.0)
    assert (session.seen, [event.price for event in session.shown][:2]) == (3, [1.0, 2.0])


def test_an_unknown_event_type_is_refused_where_the_log_is_known() -> None:
    frame = pd.DataFrame([{"user_id": "ann", "timestamp": 1_704_448_800, "event_type": "View"}])
    rules = prepare_examples(frame, columns=LogFormat(event_types={"view": "detail"})).rules
    assert Event.of({"event_type": "VIEW", "timestamp": 1_704_448_800}, 0.0, rules).event_type == "detail"
    with pytest.raises(InputError, match="did you mean 'view'"):
        Event.of({"event_type": "veiw", "timestamp": 1_704_448_800}, 0.0, rules)
