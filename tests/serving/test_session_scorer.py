"""A live session has the raw columns that `prepare` makes of the same events, and a probability each."""

from __future__ import annotations

import decimal
import json
import math
import threading

import numpy as np
import pandas as pd
import pytest

from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import prepare_examples
from intent_tf.errors import InputError
from intent_tf.serving import Client, MemorySessions, ServedModel, SessionScorer
from intent_tf.serving.session import Event, Session
from intent_tf.serving.session_entry import SessionEntry
from intent_tf.simulator.simulator import simulate


@pytest.fixture(scope="module")
def served(events):
    return ServedModel(events.folder)


@pytest.fixture(scope="module")
def log():
    log = simulate(30, seed=3)
    again = log.iloc[::5].assign(timestamp=lambda rows: rows["timestamp"] + np.timedelta64(500, "ms"))
    return pd.concat([log, again])


@pytest.fixture(scope="module")
def examples(log):
    definition = ExampleDefinition(prediction_times="every:1", cut="none")
    return prepare_examples(log, definition).examples


def replayed(log, session_id: str) -> list[Session]:
    """The session after each event of a log that counts."""
    rows = log[log["session_id"] == session_id].sort_values("timestamp", kind="stable")
    session, prediction_times = Session(), []
    for row in rows.to_dict("records"):
        event = Event.of({**row, "timestamp": row["timestamp"].timestamp()}, now=0.0)
        after = session.with_event(event, max_events=200, double_fire_window=1.0)
        if after.seen > session.seen:
            prediction_times.append(after)
        session = after
    return prediction_times


def test_live_columns_are_those_of_prepared_examples(log, examples) -> None:
    compared = 0
    for session_id, prepared in examples.groupby("session_id"):
        prediction_times = replayed(log, session_id)
        assert len(prediction_times) == len(prepared)
        for session, example in zip(
            prediction_times, prepared.sort_values("events").itertuples(), strict=True
        ):
            columns = session.columns()
            for name in ("event_type", "item_id", "text", "query"):
                assert columns[name] == list(getattr(example, name))
            for name in ("elapsed", "price"):
                np.testing.assert_array_equal(columns[name], getattr(example, name))
            compared += 1
    assert compared > 100


def test_events_fired_twice_count_once(log, examples) -> None:
    assert len(examples) < len(log)


def test_live_strengths_are_those_of_prepared_examples(log, examples, served) -> None:
    history = [name for name in examples.columns if name.startswith(("previous_", "days_since_"))]
    for session_id, prepared in list(examples.groupby("session_id"))[:3]:
        scorer = SessionScorer(served)
        expected = served.predict(prepared.sort_values("events"))
        rows = log[log["session_id"] == session_id].sort_values("timestamp", kind="stable")
        probabilities, seen = [], 0
        for row in rows.to_dict("records"):
            known = prepared[history].iloc[0].to_dict()
            probability = scorer.add(session_id, {**row, "timestamp": row["timestamp"].timestamp()}, known)
            if scorer.session(session_id).seen > seen:
                probabilities.append(probability)
            seen = scorer.session(session_id).seen
        np.testing.assert_allclose(probabilities, expected, rtol=0, atol=1e-6)


def test_a_client_scores_sessions_too(served, rest_url) -> None:
    event = {"event_type": "search", "query": "red jacket", "timestamp": 5.0}
    probabilities = [SessionScorer(model).add("s", event) for model in (served, Client(rest_url))]
    assert math.isclose(*probabilities, abs_tol=1e-6)


def test_sessions_do_not_mix(served) -> None:
    scorer, alone = SessionScorer(served), SessionScorer(served)
    scorer.add("a", {"event_type": "cart", "timestamp": 1.0, "price": 9.0})
    probability = scorer.add("b", {"event_type": "browse", "timestamp": 2.0})
    assert probability == alone.add("b", {"event_type": "browse", "timestamp": 2.0})


def test_a_late_event_takes_its_place() -> None:
    session = Session()
    for event_type, timestamp in (("browse", 10.0), ("cart", 30.0), ("click", 20.0)):
        session = session.with_event(Event(event_type, timestamp), 200, 1.0)
    assert session.columns()["event_type"] == ["browse", "click", "cart"]
    assert session.columns()["elapsed"] == [0.0, 10.0, 20.0]


def test_the_last_events_are_kept_and_time_runs_from_the_first() -> None:
    session = Session()
    for second in range(10):
        session = session.with_event(Event("click", float(second), item_id=str(second)), 3, 0.5)
    assert session.columns()["item_id"] == ["7", "8", "9"]
    assert session.columns()["elapsed"] == [7.0, 8.0, 9.0]
    assert session.seen == 10


def test_a_session_survives_being_written() -> None:
    session = Session(history={"previous_purchases": 2}, earlier=("a",)).with_event(
        Event("cart", 3.5, price=2.0), 200, 1.0
    )
    assert repr(Session.of_stored(json.loads(json.dumps(session.as_stored())))) == repr(session)


def test_the_change_of_an_event_is_the_strength_less_that_without_it(served) -> None:
    scorer = SessionScorer(served)
    scorer.add("s", {"event_type": "search", "query": "lamp", "timestamp": 0.0})
    probability = scorer.add(
        "s", {"event_type": "cart", "text": "plain lamp", "price": 5.0, "timestamp": 9.0}
    )
    drivers = scorer.drivers("s")
    without = SessionScorer(served).add("s", {"event_type": "search", "query": "lamp", "timestamp": 0.0})
    assert [each.event.event_type for each in drivers] == ["search", "cart"]
    assert math.isclose(drivers[1].change, probability - without, abs_tol=1e-6)


def test_an_unknown_session_has_no_drivers(served) -> None:
    assert SessionScorer(served).drivers("nobody") == []


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({}, "no type"),
        ({"event_type": "  "}, "no type"),
        ({"event_type": "cart", "timestamp": None}, "no time"),
    ],
)
def test_an_event_that_is_not_usable_changes_nothing(served, event, message) -> None:
    scorer = SessionScorer(served)
    with pytest.raises(InputError, match=message):
        scorer.add("s", event)
    assert scorer.session("s") == Session()


@pytest.mark.parametrize("price", ["12.99 EUR", -1, math.inf, [1], "1e999", True])
def test_a_price_that_is_none_is_missing_as_in_a_log(served, price) -> None:
    scorer = SessionScorer(served)
    probabilities = [
        scorer.add(name, {"event_type": "cart", "timestamp": 5, **more})
        for name, more in (("with", {"price": price}), ("without", {}))
    ]
    assert probabilities[0] == probabilities[1]


@pytest.mark.parametrize(
    "odd", [{"text": "\ud800"}, {"item_id": "a\0b"}, {"query": ["a"]}, {"quantity": {}}, {"text": b"\xff"}]
)
def test_no_field_of_an_event_spoils_its_session(served, odd) -> None:
    scorer = SessionScorer(served)
    scorer.add("s", {"event_type": "detail", "timestamp": 5.0, **odd})
    assert 0 < scorer.add("s", {"event_type": "cart", "timestamp": 6.0}) < 1
    stored = json.loads(json.dumps(scorer.session("s").as_stored()))
    assert repr(Session.of_stored(stored)) == repr(scorer.session("s"))


def test_what_is_known_of_a_shopper_is_counted_in_the_sessions_before(served) -> None:
    scorer, told = SessionScorer(served), SessionScorer(served)
    for second, event_type in enumerate(["detail", "purchase", "detail"]):
        scorer.add("first", {"event_type": event_type, "timestamp": second * 86_400})
    event = {"event_type": "cart", "timestamp": 4 * 86_400}
    history = {
        "previous_sessions": 1,
        "previous_events": 3,
        "previous_purchases": 1,
        "days_since_last_session": 2,
        "days_since_last_purchase": 3,
    }
    assert scorer.add("second", event, earlier=["first"]) == told.add("second", event, history)
    assert scorer.drivers("second")[0].change == told.drivers("second")[0].change


def test_a_model_that_reads_no_sessions_is_refused(tiny) -> None:
    with pytest.raises(InputError, match="does not read sessions"):
        SessionScorer(ServedModel(tiny.folder))


def test_silent_sessions_are_forgotten() -> None:
    now = [0.0]
    store = MemorySessions(expiry=10, clock=lambda: now[0])
    store.append("a", SessionEntry(Event("click", 0.0)))
    now[0] = 9.0
    assert store.get("a").seen == 1
    now[0] = 11.0
    assert store.get("a").seen == 0
    assert len(store) == 0


def test_of_too_many_sessions_the_most_silent_goes() -> None:
    store = MemorySessions(max_sessions=2)
    for second, name in enumerate(("a", "b", "a", "c")):
        store.append(name, SessionEntry(Event("click", 10.0 * second)))
    assert [store.get(name).seen for name in ("a", "b", "c")] == [2, 0, 1]


def test_sessions_of_long_texts_take_no_more_memory_than_they_may() -> None:
    store = MemorySessions(max_bytes=1_000_000)
    for number in range(20):
        for second in range(600):
            store.append(str(number % 10), SessionEntry(Event("click", 10.0 * second, text="x" * 100)))
        assert store._bytes <= 1_000_000
    assert len(store) == 1_000_000 // (400 * 1300)
    store._forget_one()
    assert store._bytes == 0


def test_of_a_text_so_much_is_kept_as_counts(served) -> None:
    scorer = SessionScorer(served)
    text = "lamp " * 4000
    probability = scorer.add("s", {"event_type": "search", "timestamp": 5.0, "query": text})
    [event] = scorer.session("s").events
    assert event.query == text[:10_000]
    row = pd.DataFrame([{**scorer.session("s").columns(), "query": [text]}])
    assert math.isclose(probability, served.predict(row)[0], abs_tol=1e-6)


@pytest.mark.parametrize("number", [np.float64(2), np.int64(2), decimal.Decimal(2), "2"])
def test_history_of_any_number_counts(served, number) -> None:
    event = {"event_type": "cart", "timestamp": 5.0}
    found, expected = (
        SessionScorer(served).add("s", event, {"previous_purchases": value}) for value in (number, 2.0)
    )
    assert found == expected


def test_changes_at_the_same_time_are_all_kept() -> None:
    store = MemorySessions()

    def add(worker: int) -> None:
        for i in range(50):
            store.append("s", SessionEntry(Event("click", float(i), item_id=f"{worker}-{i}")))

    threads = [threading.Thread(target=add, args=(worker,)) for worker in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert store.get("s").seen == 200
