"""Where live sessions are kept: in this process, with bounded memory."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

from intent_tf.serving.session import Event, Session
from intent_tf.serving.session_entry import SessionEntry

#: Bytes of an event without its texts, as measured, and of a character of these at most.
_EVENT, _CHARACTER = 900, 4


class SessionStore(Protocol):
    """Keeps sessions until they expire. Threads may share one."""

    def get(self, session_id: str) -> Session:
        """Read a session; an empty one if it is not known."""
        ...

    def append(self, session_id: str, entry: SessionEntry) -> Session:
        """Add to a session, whoever else adds at the same time; returns it as it is then."""
        ...


class MemorySessions:
    """Keeps sessions in this process; the one that was silent longest goes first.

    Args:
        max_sessions: Sessions kept at most. Default 100,000.
        expiry: Seconds of silence after which a session is forgotten. Default 1800.
        max_bytes: Memory that they take at most, roughly. Default 1 GiB.
        clock: Gives the seconds.
    """

    def __init__(
        self,
        max_sessions: int = 100_000,
        expiry: float = 1800.0,
        max_bytes: int = 1 << 30,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_sessions, self._expiry, self._max_bytes = max_sessions, expiry, max_bytes
        self._clock = clock
        self._sessions: OrderedDict[str, tuple[float, Session, int]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._sessions)

    def get(self, session_id: str) -> Session:
        """Read a session; an empty one if it is not known."""
        with self._lock:
            self._forget()
            return self._sessions[session_id][1] if session_id in self._sessions else Session()

    def append(self, session_id: str, entry: SessionEntry) -> Session:
        """Add to a session."""
        with self._lock:
            self._forget()
            _, before, size = self._sessions.pop(session_id, (0.0, Session(), 0))
            session = entry.added_to(before)
            # Counting a session anew after each of its events would take longer than all else.
            grown = len(session.events) > len(before.events)
            after = size + _size(entry.event) if grown else sum(map(_size, session.events))
            self._bytes += after - size
            self._sessions[session_id] = (self._clock(), session, after)
            while len(self._sessions) > self._max_sessions or self._bytes > self._max_bytes:
                self._forget_one()
            return session

    def _forget(self) -> None:
        oldest = self._clock() - self._expiry
        while self._sessions and next(iter(self._sessions.values()))[0] < oldest:
            self._forget_one()

    def _forget_one(self) -> None:
        _, (_, _, size) = self._sessions.popitem(last=False)
        self._bytes -= size


def _size(event: Event) -> int:
    return _EVENT + _CHARACTER * (len(event.item_id) + len(event.text) + len(event.query))
