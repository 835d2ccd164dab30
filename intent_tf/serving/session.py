"""A shopper's session as it unfolds, and its raw columns at any prediction time."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from intent_tf.data.event_log import EVENT_TYPES
from intent_tf.errors import InputError

_TEXTS, _NUMBERS = ("item_id", "text", "query"), ("price", "quantity")
_FIELDS = ("event_type", "timestamp", *_TEXTS, *_NUMBERS)
#: What is known of a shopper who was never seen before.
NEW_SHOPPER = {
    "previous_sessions": 0.0,
    "previous_events": 0.0,
    "previous_purchases": 0.0,
    "days_since_last_session": math.nan,
    "days_since_last_purchase": math.nan,
}


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
        repeated: When it was fired again last, in seconds since 1970-01-01 UTC.
    """

    event_type: str
    timestamp: float
    item_id: str = ""
    text: str = ""
    query: str = ""
    price: float = math.nan
    quantity: float = math.nan
    repeated: float = -math.inf

    @classmethod
    def of(cls, values: Mapping[str, Any], now: float) -> Event:
        """Read an event of a log or a request, by the rules by which `prepare` reads a log.

        Args:
            values: ``event_type``, and any other of the fields; further ones are left alone.
            now: The time, if ``values`` has no ``timestamp``.

        Raises:
            InputError: If there is no type, or a number is none.
        """
        event_type = _text(values.get("event_type")).lower()
        if not event_type:
            raise InputError("the event has no type", column="event_type", expected=", ".join(EVENT_TYPES))
        numbers: dict[str, Any] = {name: _number(values.get(name), name) for name in _NUMBERS}
        timestamp = _number(values.get("timestamp", now), "timestamp")
        if math.isnan(timestamp):
            raise InputError("the event has no time", column="timestamp")
        texts: dict[str, Any] = {name: _text(values.get(name)) for name in _TEXTS}
        return cls(event_type, timestamp, **texts, **numbers)

    @property
    def order(self) -> tuple[Any, ...]:
        """By what events are sorted: of one instant, as far as a shopper usually gets first."""
        rank = EVENT_TYPES.index(self.event_type) if self.event_type in EVENT_TYPES else len(EVENT_TYPES)
        return (self.timestamp, rank, self.item_id, self.text, self.query)

    def equals(self, other: Event) -> bool:
        """Whether it is of the same type, item and texts."""
        return all(getattr(self, name) == getattr(other, name) for name in ("event_type", *_TEXTS))


@dataclass(frozen=True)
class Session:
    """The events of a session so far, in order, and what was known of the shopper before.

    Args:
        events: The last ones, as many as are kept.
        history: History columns, such as ``previous_purchases``; `NEW_SHOPPER` for what is not given.
        start: When its first event was, in seconds since 1970-01-01 UTC.
        seen: Events in all.
    """

    events: tuple[Event, ...] = ()
    history: Mapping[str, Any] = field(default_factory=dict)
    start: float = math.inf
    seen: int = 0

    def with_event(self, event: Event, max_events: int, double_fire_window: float) -> Session:
        """Add an event in the order of time, unless it is an equal one fired again."""
        for index, other in enumerate(self.events):
            last = max(other.timestamp, other.repeated)
            if other.equals(event) and 0 <= event.timestamp - last <= double_fire_window:
                again = replace(other, repeated=event.timestamp)
                return replace(self, events=(*self.events[:index], again, *self.events[index + 1 :]))
        events = tuple(sorted((*self.events, event), key=lambda each: each.order))[-max_events:]
        return replace(self, events=events, start=min(self.start, event.timestamp), seen=self.seen + 1)

    def without(self, index: int) -> Session:
        """Make the session as if one of its events had not been."""
        return replace(self, events=(*self.events[:index], *self.events[index + 1 :]))

    def columns(self) -> dict[str, Any]:
        """Make the raw columns of `prepare`'s examples at this prediction time."""
        sequences: dict[str, list[Any]] = {
            name: [getattr(event, name) for event in self.events] for name in _FIELDS if name != "timestamp"
        }
        sequences["elapsed"] = [event.timestamp - self.start for event in self.events]
        return {**NEW_SHOPPER, **self.history, **sequences}

    def to_json(self) -> str:
        """Write it for a store."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> Session:
        """Read what `to_json` wrote."""
        content = json.loads(text)
        return cls(**{**content, "events": tuple(Event(**event) for event in content["events"])})


def _text(value: Any) -> str:
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else str(value).strip(" ")


def _number(value: Any, name: str) -> float:
    if value is None or value == "":
        return math.nan
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise InputError(f"found {value!r} where a number belongs", column=name) from error
    if math.isinf(number) or number < 0:
        raise InputError(f"found {number}", column=name, expected="a finite number, 0 or more")
    return number
