"""Where live sessions are kept: in this process, with bounded memory."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

from intent_tf.serving.session import Session


class SessionStore(Protocol):
    """Keeps sessions until they expire. Threads may share one."""

    def get(self, session_id: str) -> Session:
        """Read a session; an empty one if it is not known."""
        ...

    def update(self, session_id: str, change: Callable[[Session], Session]) -> Session:
        """Change a session, as if no other change ran at the same time; returns it as it is then."""
        ...


class MemorySessions:
    """Keeps sessions in this process; the one that was silent longest goes first.

    Args:
        max_sessions: Sessions kept at most. Default 100,000.
        expiry: Seconds of silence after which a session is forgotten. Default 1800.
        clock: Gives the seconds.
    """

    def __init__(
        self, max_sessions: int = 100_000, expiry: float = 1800.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._max_sessions, self._expiry, self._clock = max_sessions, expiry, clock
        self._sessions: OrderedDict[str, tuple[float, Session]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._sessions)

    def get(self, session_id: str) -> Session:
        """Read a session; an empty one if it is not known."""
        with self._lock:
            self._forget()
            return self._sessions[session_id][1] if session_id in self._sessions else Session()

    def update(self, session_id: str, change: Callable[[Session], Session]) -> Session:
        """Change a session."""
        with self._lock:
            self._forget()
            _, session = self._sessions.get(session_id, (0.0, Session()))
            session = change(session)
            self._sessions[session_id] = (self._clock(), session)
            self._sessions.move_to_end(session_id)
            if len(self._sessions) > self._max_sessions:
                self._sessions.popitem(last=False)
            return session

    def _forget(self) -> None:
        oldest = self._clock() - self._expiry
        while self._sessions and next(iter(self._sessions.values()))[0] < oldest:
            self._sessions.popitem(last=False)
