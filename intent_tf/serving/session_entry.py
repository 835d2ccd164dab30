"""What one call adds to a live session, as stores keep it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from intent_tf.serving.session import Event, Session

#: Earlier sessions of a shopper that are remembered, the last ones.
_MAX_EARLIER = 100


@dataclass(frozen=True)
class SessionEntry:
    """An event, what is known of the shopper, and how events are counted.

    Args:
        event: The event.
        history: History columns that were told with it.
        earlier: Names of earlier sessions of the shopper.
        max_events: Events that are shown, the last ones.
        double_fire_window: An event within so many seconds of an equal one does not count.
    """

    event: Event
    history: Mapping[str, Any] = field(default_factory=dict)
    earlier: Sequence[str] = ()
    max_events: int = 200
    double_fire_window: float = 1.0

    def added_to(self, session: Session) -> Session:
        """Make the session that has it, too, whenever its event was."""
        if self.history or self.earlier:
            names = tuple(dict.fromkeys((*session.earlier, *self.earlier)))[-_MAX_EARLIER:]
            session = replace(session, history={**session.history, **self.history}, earlier=names)
        return session.with_event(self.event, self.max_events, self.double_fire_window)

    def as_stored(self) -> dict[str, Any]:
        """Write it in terms of JSON."""
        return {**vars(self), "event": self.event.as_stored()}

    @classmethod
    def of_stored(cls, content: Mapping[str, Any]) -> "SessionEntry":
        """Read what `as_stored` wrote."""
        return cls(**{**content, "event": Event.of_stored(content["event"])})
