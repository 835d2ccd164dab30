"""What an event log holds: its times, event types and odd values, found before its examples are made."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from intent_tf.data.facts import Facts
from intent_tf.data.session_rules import DAY, EVENT_TYPES, MICROS, NUMBERS, TICKS, fold
from intent_tf.errors import InputError
from intent_tf.nearest import nearest

#: A silence of so many days, longer than all before it, ends a log if so few of its events come later.
_SILENCE, _STRAYS = 30 * DAY, 0.05
_SHOWN_TYPES = 12
#: What publishers call an event type, to suggest what an unmapped one may mean.
_LIKELY = {
    "search": ("search",),
    "click": ("click", "select_item"),
    "detail": ("view", "pageview", "product"),
    "cart": ("cart", "basket", "bag"),
    "purchase": ("purchase", "buy", "order", "transaction", "checkout_complete", "sale"),
}


@dataclass(frozen=True)
class LogSurvey:
    """The usable events of a log.

    Args:
        events: Their number.
        first: Time of the first, in microseconds since 1970-01-01 UTC.
        last: Time of the last.
        end: Where the log ends, if stray events that come long after it do not count.
        tick: How coarse the clock is, in microseconds; 0 if it ticks at least every second.
        types: Name in the log, meaning and number of each event type, the most frequent first.
        unread: Of optional columns, how many values could not be read, and one of them.
        without_session: Events without a session id.
        shared_sessions: Session ids that come with several user ids.
    """

    events: int = 0
    first: int = 0
    last: int = 0
    end: int = 0
    tick: int = 0
    types: Sequence[tuple[str, str, int]] = ()
    unread: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    without_session: int = 0
    shared_sessions: int = 0

    @classmethod
    def of(
        cls,
        query: Callable[[str], Sequence[Sequence[Any]]],
        may_share: bool,
        horizon: float | None = None,
    ) -> "LogSurvey":
        """Ask an engine about its relation ``events``.

        Args:
            query: Function that runs SQL and returns rows.
            may_share: Whether users may share a session.
            horizon: The horizon of the label, in seconds.
        """
        rests = ", ".join(f"max(micros % {tick})" for tick in TICKS)
        unread = ", ".join(f"count({name}_unread), min({name}_unread)" for name in NUMBERS)
        counted = "sum(CASE WHEN session_id = '' THEN 1 ELSE 0 END)"
        times = f"count(*), min(micros), max(micros), {counted}, {rests}, {unread}"
        events, first, last, without, *rest = query(f"SELECT {times} FROM events")[0]
        if not events:
            return cls()
        ticks = [tick for tick, left in zip(TICKS, rest, strict=False) if left == 0 and first < last]
        odd = rest[len(TICKS) :]
        types = query(
            "SELECT given_type, event_type, count(*) AS events FROM events\n"
            "GROUP BY given_type, event_type ORDER BY events DESC, given_type"
        )
        shared = 0
        if may_share:
            shared = query(
                "SELECT count(*) FROM (SELECT session_id FROM events WHERE session_id <> ''\n"
                "GROUP BY session_id HAVING min(user_id) <> max(user_id)) AS shared"
            )[0][0]
        end = last
        if horizon is not None:
            day = f"CAST(floor(micros / {DAY}e0) AS BIGINT)"
            end = _end(
                query(f"SELECT min(micros), max(micros), count(*) FROM events GROUP BY {day}"), horizon
            )
        return cls(
            events,
            first,
            last,
            end,
            ticks[0] if ticks else 0,
            [(given, meant, count) for given, meant, count in types],
            {name: (odd[2 * at], odd[2 * at + 1]) for at, name in enumerate(NUMBERS) if odd[2 * at]},
            without,
            shared,
        )

    def refuse_unmatched(self, mapping: Mapping[str, str], file: object) -> None:
        """Refuse a mapping of event types that the log does not have.

        Raises:
            InputError: If there is one; the message names the nearest.
        """
        found = [given for given, _, _ in self.types]
        for given in mapping:
            if found and fold(given) not in found:
                raise InputError(
                    f"no event is of the type {given!r}{nearest(fold(given), found)}",
                    file=file,
                    column="event_type",
                    expected=f"types of the log: {', '.join(found[:_SHOWN_TYPES])}",
                    remedy="mend --event-types",
                )

    def tell(self, facts: Facts, numbers: str) -> None:
        """Tell the times, the event types and what was odd."""
        facts.tell("events used", self.events)
        facts.tell("first event", _written(self.first))
        facts.tell("last event", _written(self.last))
        if numbers == "relative":
            facts.warn("the timestamps are small numbers, read as seconds from some beginning: --time-format")
        elif numbers == "excel":
            facts.tell("timestamps", "days as Excel counts them")
        if self.tick:
            facts.tell("clock", f"ticks in {TICKS[self.tick]}")
        for given, meant, count in self.types[:_SHOWN_TYPES]:
            facts.tell(f"event type {given}" + (f" = {meant}" if meant != given else ""), count)
            likely = [each for each, words in _LIKELY.items() if any(word in given for word in words)]
            if meant == given and given not in EVENT_TYPES and likely:
                facts.warn(
                    f"events {given!r} may be of the type {likely[-1]}: --event-types {given}={likely[-1]}"
                )
        if len(self.types) > _SHOWN_TYPES:
            rest = sum(count for *_, count in self.types[_SHOWN_TYPES:])
            facts.tell(f"of {len(self.types) - _SHOWN_TYPES} further event types", rest)
        for name, (count, value) in self.unread.items():
            facts.tell(f"{name} is no number, so it is missing", f"{count:,} (such as {value!r})")
        if 0 < self.without_session < self.events:
            facts.tell("events without session id, told apart by pauses", self.without_session)
        if self.shared_sessions:
            facts.tell("sessions with several user ids", self.shared_sessions)
        if self.end < self.last:
            facts.warn(
                f"the log is taken to end at {_written(self.end)}: a few events come after a long silence"
            )


def _end(days: Sequence[Sequence[int]], horizon: float) -> int:
    """Find where a log ends, from the first time, the last time and the events of each of its days."""
    days, strays = sorted(map(tuple, days)), 0
    (first, *_), end = days[0], days[-1][1]
    total = sum(count for *_, count in days)
    for (_, before, _), (after, _, count) in zip(days[-2::-1], days[:0:-1], strict=True):
        strays += count
        if strays > max(1, _STRAYS * total):
            break
        if after - before > max(_SILENCE, round(horizon * MICROS), before - first):
            end = before
    return int(end)


def _written(micros: int) -> str:
    return datetime.fromtimestamp(micros / MICROS, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
