"""Live sessions in Redis, so that several servers share them; needs the extra ``redis``."""

from collections.abc import Callable
from typing import Any

from intent_tf.errors import InputError, require
from intent_tf.serving.session import Session

_PREFIX = "intent_tf:session:"


class RedisSessions:
    """Keeps sessions in Redis. A change is atomic: it is made anew if another server was quicker.

    Memory is bounded by the expiry; set ``maxmemory`` and ``maxmemory-policy volatile-ttl`` in Redis as well.

    Args:
        url: ``redis://HOST:PORT/DATABASE``, or ``unix:///PATH``.
        expiry: Seconds of silence after which Redis forgets a session. Default 1800.

    Raises:
        InputError: If Redis cannot be reached.
    """

    def __init__(self, url: str, expiry: float = 1800.0) -> None:
        self._redis: Any = require("redis", "redis")
        self._client = self._redis.Redis.from_url(url)
        self._milliseconds = round(expiry * 1000)
        try:
            self._client.ping()
        except self._redis.RedisError as error:
            raise InputError(f"Redis cannot be reached ({error})", file=url) from error

    def get(self, session_id: str) -> Session:
        """Read a session; an empty one if it is not known."""
        stored = self._client.get(_PREFIX + session_id)
        return Session() if stored is None else Session.from_json(stored)

    def update(self, session_id: str, change: Callable[[Session], Session]) -> Session:
        """Change a session."""
        key = _PREFIX + session_id

        def transaction(pipe: Any) -> Session:
            stored = pipe.get(key)
            session = change(Session() if stored is None else Session.from_json(stored))
            pipe.multi()
            pipe.set(key, session.to_json(), px=self._milliseconds)
            return session

        return self._client.transaction(transaction, key, value_from_callable=True)
