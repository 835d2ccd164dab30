"""Scores a session while it unfolds: an event in, the probability of intent out."""

import math
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd

from intent_tf.data.session_rules import HISTORY, SessionRules
from intent_tf.data.session_values import read_text
from intent_tf.data.specification import FeatureSpecification
from intent_tf.errors import InputError
from intent_tf.serving.session import NEW_SHOPPER, Event, Session
from intent_tf.serving.session_entry import SessionEntry
from intent_tf.serving.session_store import MemorySessions, SessionStore


class Scorer(Protocol):
    """What gives probabilities: a `Client`, or a `ServedModel`."""

    @property
    def specification(self) -> FeatureSpecification:
        """The raw columns that it takes."""
        ...

    def predict(self, rows: pd.DataFrame) -> np.ndarray:
        """Give the probabilities of rows."""
        ...


class Driver(NamedTuple):
    """What an event did: the probability with it less the probability without it."""

    event: Event
    change: float


class SessionScorer:
    """Keeps the events of live sessions and asks a model after each.

    The raw columns that it makes of a session are those that `prepare` makes of the same events, so a model
    meets in service what it met in training.

    Args:
        model: A `Client` or a `ServedModel`; it must take ``event_type`` as a sequence.
        store: Where sessions are kept; by default a `MemorySessions`.
        rules: How the log was read that the model learnt from: what its event types mean, how its times are
            written. Default: those that the model tells; one that tells none takes our own event types only.
        max_events: Events shown of a session, the last ones; by default as in training.
        double_fire_window: An event within so many seconds of an equal one does not count; by default as in
            training.

    Raises:
        InputError: If the model does not read sessions, or needs columns that no session has.

    Example:
        >>> scorer = SessionScorer(Client("http://localhost:8501/v1/models/shop"))  # doctest: +SKIP
        >>> scorer.add("s1", {"event_type": "search", "query": "red jacket"})  # doctest: +SKIP
        0.0921
        >>> scorer.add("s1", {"event_type": "cart", "item_id": "i7", "price": 30.0})  # doctest: +SKIP
        0.5143
    """

    def __init__(
        self,
        model: Scorer,
        store: SessionStore | None = None,
        *,
        rules: SessionRules | None = None,
        max_events: int | None = None,
        double_fire_window: float | None = None,
    ) -> None:
        self._model, self._store = model, MemorySessions() if store is None else store
        specification = model.specification
        self._rules = rules or specification.session or SessionRules()
        self._max_events = self._rules.max_events if max_events is None else max_events
        window = double_fire_window
        self._window = self._rules.double_fire_window if window is None else window
        if not any(each.name == "event_type" and each.is_list for each in specification.columns):
            raise InputError(
                "the model does not read sessions",
                expected="a sequence column 'event_type'",
                remedy="train one on an event log, or on the simulated shop: python -m intent_tf.train",
            )
        session_columns = Session().columns()
        self._given = [column.name for column in specification.columns if column.name not in session_columns]
        self._names = [column.name for column in specification.columns]
        self._numbers = {*HISTORY, *(each.name for each in specification.columns if each.values == "float")}

    def add(
        self,
        session_id: str,
        event: Mapping[str, Any],
        history: Mapping[str, Any] | None = None,
        earlier: Sequence[str] = (),
    ) -> float:
        """Take an event and give the probability after it, in [0, 1].

        Args:
            session_id: The session, by the shop's own name.
            event: ``event_type`` as in the log, and as far as they are known ``timestamp`` (as in the log:
                ISO 8601, or seconds, milli- or microseconds since 1970-01-01 UTC; now if not given),
                ``item_id``, ``text``, ``query``, ``price``, ``quantity``.
            history: What is known of the shopper from before the session (``previous_purchases``, …), with
                any event of the session; what is never given is counted in the ``earlier`` sessions, and what
                the model does not take is left alone.
            earlier: Earlier sessions of the shopper that the store keeps, with any event of the session.

        Raises:
            InputError: If the event is not usable, or a column of the model is not known.
            ServingError: If the store or the server of the model cannot be reached.
        """
        read = Event.of(event, time.time(), self._rules)
        given = {name: value for name, value in (history or {}).items() if name in self._names}
        told = {name: self._checked(name, value) for name, value in given.items()}
        known = {*told, *self._store.get(session_id).history} if self._given else told
        absent = [name for name in self._given if name not in known]
        if absent:
            raise InputError(
                f"the model's column {absent[0]!r} is not known",
                remedy="give it with the history",
                expected=", ".join([*NEW_SHOPPER, *self._given]),
            )
        entry = SessionEntry(read, told, tuple(earlier), self._max_events, self._window)
        return float(self._probabilities([self._store.append(session_id, entry)])[0])

    def session(self, session_id: str) -> Session:
        """Read a session as it is kept; an empty one if it is not known."""
        return self._store.get(session_id)

    def drivers(self, session_id: str) -> list[Driver]:
        """Tell what each event of a session did to the probability, in the order of the events.

        An event's part is the probability of the session less that of the session without the event; all are
        computed in one request.
        """
        session = self._store.get(session_id)
        if not session.events:
            return []
        variants = [session, *(session.without(event) for event in session.shown)]
        whole, *without = self._probabilities(variants).tolist()
        return [
            Driver(event, whole - probability)
            for event, probability in zip(session.shown, without, strict=True)
        ]

    def _checked(self, name: str, value: Any) -> Any:
        """Check a value that is kept with a session before it is, so that it spoils no later event."""
        if isinstance(value, list | tuple | np.ndarray):
            return [self._checked(name, each) for each in value]
        if name not in self._numbers:
            return read_text(value)
        try:
            return math.nan if value is None or value == "" else float(value)
        except (TypeError, ValueError) as error:
            raise InputError(f"found {value!r} where a number belongs", column=name) from error

    def _probabilities(self, sessions: list[Session]) -> np.ndarray:
        """Ask for the probabilities of variants of one session."""
        earlier = [self._store.get(name) for name in sessions[0].earlier]
        rows = pd.DataFrame([session.columns(earlier) for session in sessions])
        return self._model.predict(rows[self._names])
