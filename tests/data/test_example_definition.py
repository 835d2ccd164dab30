"""The SQL against the same definition written as plain loops, on logs that hypothesis makes up."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.data.event_log import EVENT_TYPES
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import prepare_examples
from intent_tf.errors import InputError


@dataclass(frozen=True)
class Event:
    user: str
    session: str
    second: int
    type: str
    item: str

    @property
    def order(self) -> tuple[Any, ...]:
        return (self.second, EVENT_TYPES.index(self.type), self.item)


EVENTS = st.builds(
    Event,
    st.sampled_from(["ann", "bob"]),
    st.sampled_from(["s", "t"]),
    st.one_of(st.integers(0, 12), st.integers(0, 9000)),
    st.sampled_from(EVENT_TYPES),
    st.sampled_from(["a", "b"]),
)


def owners(log: list[Event], definition: ExampleDefinition) -> dict[tuple[str, str], str]:
    """Whose session it is, by session id and user: the second user id of a session has logged in."""
    of = {}
    for session in {event.session for event in log}:
        own = sorted(
            (each for each in log if each.session == session), key=lambda each: (each.second, each.user)
        )
        users = list(dict.fromkeys(event.user for event in own))
        of |= {(session, user): user for user in users}
        if len(users) > 1:
            at = next(index for index, event in enumerate(own) if event.user == users[1])
            if own[at].second - own[at - 1].second <= definition.session_gap:
                of[session, users[1]] = users[0]
    return of


def sessions_of(
    log: list[Event], given_sessions: bool, definition: ExampleDefinition
) -> dict[str, list[list[Event]]]:
    """The clean events of each shopper's sessions, in order."""
    kept: list[tuple[str, Event]] = []
    last: dict[tuple[str, ...], int] = {}
    owner = owners(log, definition) if given_sessions else {}
    for event in sorted(log, key=lambda event: (*event.order, event.user)):
        own = owner.get((event.session, event.user), event.user)
        key = (own, event.session if given_sessions else "", event.type, event.item)
        if key not in last or event.second - last[key] > definition.double_fire_window:
            kept.append((own, event))
        last[key] = event.second
    sessions: dict[str, list[list[Event]]] = defaultdict(list)
    for user in {own for own, _ in kept}:
        events = [event for own, event in kept if own == user]
        if given_sessions:
            names = sorted({event.session for event in events})
            sessions[user] = [[event for event in events if event.session == name] for name in names]
            continue
        sessions[user] = [[events[0]]]
        for before, event in pairwise(events):
            if event.second - before.second > definition.session_gap:
                sessions[user].append([])
            sessions[user][-1].append(event)
    return sessions


def is_line(before: Event, after: Event) -> bool:
    """Whether two events in a row are lines of one order."""
    return before.type == after.type == "purchase" and after.second - before.second <= 1


def is_bot(shown: list[Event], definition: ExampleDefinition) -> bool:
    lines = sum(is_line(before, after) for before, after in pairwise(shown))
    acts, seconds = len(shown) - lines, max(shown[-1].second - shown[0].second, 1)
    return len(shown) > definition.bot_events or (acts >= 10 and acts - 1 > definition.bot_speed * seconds)


def reference(log: list[Event], given_sessions: bool, definition: ExampleDefinition) -> list[tuple[Any, ...]]:
    """The examples: user, visible items, elapsed seconds, history, label."""
    examples = []
    all_sessions = sessions_of(log, given_sessions, definition)
    everything = [session for sessions in all_sessions.values() for session in sessions]
    for user, sessions in all_sessions.items():
        for session in sessions:
            start, size = session[0].second, len(session)
            ends = {"cart": ("cart", "purchase"), "purchase": ("purchase",), "none": ()}[definition.cut]
            visible = next((n for n, event in enumerate(session) if event.type in ends), size)
            own = [[event for event in other if event.user == session[0].user] for other in everything]
            past = sorted(event.second for other in own for event in other if event.second < start)
            bought = sorted(
                event.second
                for other in own
                for event in other
                if event.second < start and event.type == "purchase"
            )
            history = (
                sum(other[0].second < start for other in own if other),
                len(past),
                len(bought),
                (start - past[-1]) / 86_400 if past else math.nan,
                (start - bought[-1]) / 86_400 if bought else math.nan,
            )
            for n in range(1, visible + 1):
                if is_bot(session[:n], definition) or (n < size and is_line(*session[n - 1 : n + 1])):
                    continue
                shown = session[max(0, n - definition.max_events) : n]
                label = int(any(event.type == "purchase" for event in session[n:]))
                examples.append(
                    (
                        user,
                        n,
                        [event.item for event in shown],
                        [float(event.second - start) for event in shown],
                        *history,
                        label,
                    )
                )
    return sorted(examples, key=repr)


def prepared(log: list[Event], given_sessions: bool, definition: ExampleDefinition) -> list[tuple[Any, ...]]:
    names = ["user_id", "session_id", "timestamp", "event_type", "item_id"]
    frame = pd.DataFrame([tuple(vars(event).values()) for event in log], columns=names)
    frame["timestamp"] += 10_000  # smaller numbers may be months and days
    frame = frame if given_sessions else frame.drop(columns="session_id")
    columns = [
        "user_id",
        "events",
        "item_id",
        "elapsed",
        "previous_sessions",
        "previous_events",
        "previous_purchases",
        "days_since_last_session",
        "days_since_last_purchase",
        "purchase",
    ]
    try:
        rows = prepare_examples(frame, definition).examples[columns].itertuples(index=False, name=None)
    except InputError:
        return []
    return sorted(
        ((user, n, items.tolist(), elapsed.tolist(), *rest) for user, n, items, elapsed, *rest in rows),
        key=repr,
    )


@settings(max_examples=40, deadline=None)
@given(
    st.lists(EVENTS, min_size=1, max_size=40), st.booleans(), st.sampled_from(["cart", "purchase", "none"])
)
def test_the_sql_makes_the_examples_of_the_loops(log: list[Event], given_sessions: bool, cut: Any) -> None:
    definition = ExampleDefinition(
        prediction_times="every", cut=cut, max_events=3, bot_events=30, bot_speed=2.0
    )
    assert repr(prepared(log, given_sessions, definition)) == repr(reference(log, given_sessions, definition))


def test_a_definition_that_cannot_be_named_is_refused() -> None:
    with pytest.raises(InputError, match="with a horizon or a negative_rate below 1"):
        ExampleDefinition(label="action_level", negative_rate=0.5)
