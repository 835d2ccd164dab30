"""A shopper's session as it unfolds, and its raw columns at any prediction time."""

import math
import sys
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from operator import attrgetter
from typing import Any

from intent_tf.data.example_definition import SEQUENCES
from intent_tf.data.session_rules import (
    DAY,
    EQUAL,
    EVENT_TYPES,
    HISTORY,
    IDS,
    MICROS,
    NUMBERS,
    ORDER,
    TEXTS,
    SessionRules,
    fold,
)
from intent_tf.data.session_values import read_micros, read_number, read_text
from intent_tf.errors import InputError
from intent_tf.nearest import nearest
from intent_tf.text.first_characters import MAX_CHARACTERS

#: What is known of a shopper who was never seen before.
NEW_SHOPPER = {name: math.nan if name.startswith("days") else 0.0 for name in HISTORY}

_TEXTS = ("item_id", *TEXTS)
_RANKS = {name: rank for rank, name in enumerate(EVENT_TYPES)}
_EQUAL = attrgetter(*EQUAL)
_ORDER = attrgetter(*(f"sorted_{name}" if name in NUMBERS else name for name in ORDER))
#: Events kept beyond those that are shown: a late one may make duplicates of some that count.
_KEPT_BEYOND = 200


@dataclass(frozen=True)
class Event:
    """One event of a live session.

    Args:
        event_type: Such as ``search``, ``browse``, ``click``, ``detail``, ``cart``, ``purchase``.
        timestamp: Seconds since 1970-01-01 UTC.
        item_id: The item, or "".
        text: Its title, category, brand.
        query: The search keywords.
        price: NaN if there is none.
        quantity: NaN if there is none.
        row_order: The log's own order of events of the same instant; 0 if it has none.
        duplicate: Whether it is an equal one fired again, which does not count.
    """

    event_type: str
    timestamp: float
    item_id: str = ""
    text: str = ""
    query: str = ""
    price: float = math.nan
    quantity: float = math.nan
    row_order: float = 0.0
    duplicate: bool = False

    @classmethod
    def of(cls, values: Mapping[str, Any], now: float, rules: SessionRules | None = None) -> "Event":
        """Read an event of a log or a request, by the rules by which `prepare` reads a log.

        Args:
            values: ``event_type``, and any other of the fields; further ones are left alone.
            now: The time, if ``values`` has no ``timestamp``, in seconds since 1970-01-01 UTC.
            rules: How the log was read that the model learnt from. By default any event type is taken.

        Raises:
            InputError: If there is no type or an unknown one, or the time is none. Numbers that are none are
                missing, as in a log.
        """
        given = read_text(values.get("event_type"))
        if not given:
            raise InputError("the event has no type", column="event_type", expected=", ".join(EVENT_TYPES))
        meant = fold(given) if rules is None else rules.meant(given)
        if meant is None:
            assert rules is not None
            known = [*rules.event_types] or EVENT_TYPES
            raise InputError(
                f"unknown event type {given!r}{nearest(fold(given), known)}",
                column="event_type",
                expected=", ".join(known),
                remedy="map it as in training: SessionScorer(..., rules=SessionRules({...}))",
            )
        timestamp = now
        if "timestamp" in values:
            timestamp = read_micros(values["timestamp"], rules or SessionRules()) / MICROS
        # No text counts beyond this, and so none is kept.
        read: list[Any] = [read_text(values.get(each), each in IDS)[:MAX_CHARACTERS] for each in _TEXTS]
        read += [read_number(values.get(each)) for each in NUMBERS]
        order = read_number(values.get("row_order"), -sys.float_info.max)
        return cls(meant, timestamp, *[*read, 0.0 if math.isnan(order) else order])

    @cached_property
    def micros(self) -> int:
        """Microseconds since 1970-01-01 UTC."""
        return round(self.timestamp * MICROS)

    @property
    def type_rank(self) -> int:
        """As far as a shopper usually gets first."""
        return _RANKS.get(self.event_type, len(_RANKS))

    @property
    def sorted_price(self) -> float:
        """The price; one that is missing comes last."""
        return math.inf if math.isnan(self.price) else self.price

    @property
    def sorted_quantity(self) -> float:
        """The quantity; one that is missing comes last."""
        return math.inf if math.isnan(self.quantity) else self.quantity

    @cached_property
    def order(self) -> tuple[Any, ...]:
        """By what the events of a session are sorted."""
        return _ORDER(self)

    def as_stored(self) -> tuple[Any, ...]:
        """Write its fields in their order."""
        return _FIELDS(self)

    @classmethod
    def of_stored(cls, values: Sequence[Any]) -> "Event":
        """Read what `as_stored` wrote."""
        return cls(*(kind(value) for kind, value in zip(_KINDS, values, strict=True)))

    def equals(self, other: "Event") -> bool:
        """Whether one of them is the other fired again, if it comes soon."""
        return all(
            mine == its or (mine != mine and its != its)  # NaN, a missing price
            for mine, its in zip(_EQUAL(self), _EQUAL(other), strict=True)
        )


_BY_ORDER, _FIELDS = attrgetter("order"), attrgetter(*(each.name for each in fields(Event)))
_KINDS = tuple(type(value) for value in _FIELDS(Event("", 0.0)))


@dataclass(frozen=True)
class Session:
    """The events of a session so far, in order, and what was known of the shopper before.

    Args:
        events: The last ones, as many as are kept, with those that are duplicates.
        history: History columns, such as ``previous_purchases``; `NEW_SHOPPER` for what is not given.
        start: When its first event was, in seconds since 1970-01-01 UTC.
        seen: Events in all that count.
        max_events: Events that are shown, the last ones that count.
        earlier: Names of earlier sessions of the shopper, for whoever keeps them.
    """

    events: tuple[Event, ...] = ()
    history: Mapping[str, Any] = field(default_factory=dict)
    start: float = math.inf
    seen: int = 0
    max_events: int = 200
    earlier: tuple[str, ...] = ()

    def with_event(self, event: Event, max_events: int, double_fire_window: float) -> "Session":
        """Add an event in its place, and see anew whether it and the next equal one are duplicates.

        Args:
            event: The event; it may come late.
            max_events: Events that are shown.
            double_fire_window: An event within so many seconds of an equal one does not count.
        """
        at, window = bisect_right(self.events, event.order, key=_BY_ORDER), round(double_fire_window * MICROS)
        before = self._equal(event, range(at - 1, -1, -1), window)
        after = self._equal(event, range(at, len(self.events)), window)
        events = [*self.events[:at], replace(event, duplicate=True) if before is not None else event]
        events += self.events[at:]
        seen = self.seen + (before is None)
        if after is not None and not events[after + 1].duplicate:
            events[after + 1] = replace(events[after + 1], duplicate=True)
            seen -= 1
        kept = tuple(events[-(max_events + _KEPT_BEYOND) :])
        start = min(self.start, event.timestamp)
        return Session(kept, self.history, start, seen, max_events, self.earlier)

    def _equal(self, event: Event, places: range, window: int) -> int | None:
        """Find the nearest equal event within the window."""
        for place in places:
            other = self.events[place]
            if abs(other.micros - event.micros) > window:
                return None
            if other.equals(event):
                return place
        return None

    @property
    def shown(self) -> tuple[Event, ...]:
        """The last events that count, as many as are shown."""
        return tuple(event for event in self.events if not event.duplicate)[-self.max_events :]

    def without(self, event: Event) -> "Session":
        """Make the session as if one of its events had not been."""
        return replace(self, events=tuple(each for each in self.events if each is not event))

    def columns(self, earlier: Iterable["Session"] = ()) -> dict[str, Any]:
        """Make the raw columns of `prepare`'s examples at this prediction time.

        Args:
            earlier: Other sessions of the shopper, of which the events before this session's first one count.
        """
        shown, start = self.shown, 0 if math.isinf(self.start) else round(self.start * MICROS)
        sequences: dict[str, list[Any]] = {
            name: [getattr(event, name) for event in shown] for name in SEQUENCES if name != "elapsed"
        }
        sequences["elapsed"] = [(event.micros - start) / MICROS for event in shown]
        return {**_history(earlier, start), **self.history, **sequences}

    def as_stored(self) -> dict[str, Any]:
        """Write it in terms of JSON."""
        return {**vars(self), "events": [event.as_stored() for event in self.events]}

    @classmethod
    def of_stored(cls, content: Mapping[str, Any]) -> "Session":
        """Read what `as_stored` wrote."""
        events = tuple(map(Event.of_stored, content["events"]))
        return cls(**{**content, "events": events, "earlier": tuple(content["earlier"])})


def _history(earlier: Iterable[Session], start: int) -> dict[str, float]:
    """Count what earlier sessions held before a time, in microseconds; the days are those since the last."""
    history, last, bought = dict(NEW_SHOPPER), -math.inf, -math.inf
    for session in earlier:
        events = [event for event in session.events if not event.duplicate]
        before = [event for event in events if event.micros < start]
        if not before:
            continue
        purchases = [event.micros for event in before if event.event_type == "purchase"]
        history["previous_sessions"] += 1
        history["previous_events"] += session.seen - (len(events) - len(before))
        history["previous_purchases"] += len(purchases)
        last, bought = max(last, before[-1].micros), max([bought, *purchases])
    for name, since in (("session", last), ("purchase", bought)):
        if since > -math.inf:
            history[f"days_since_last_{name}"] = (start - since) / DAY
    return history
