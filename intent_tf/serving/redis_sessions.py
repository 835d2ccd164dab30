"""Live sessions in Redis, so that several servers share them; needs the extra ``redis``."""

import json
import logging
import os
from collections import OrderedDict
from typing import Any, NamedTuple

from intent_tf.errors import InputError, require
from intent_tf.serving.serving_error import ServingError, masked
from intent_tf.serving.session import Session
from intent_tf.serving.session_entry import SessionEntry

_LOG = logging.getLogger("intent_tf.serving")
_PREFIX = "intent_tf:events:"
#: The version of what is stored. Servers of an earlier one skip the entries of a later one, and keep them.
_FORM = 1
#: Entries from which on a session is stored anew as one, and sessions of which this process remembers what it
#: read: it reads only what came since.
_MANY_ENTRIES, _REMEMBERED = 64, 1000
#: Adds an entry, if there is one, and reads from the start on; all, if the first entry is another than known.
_READ = """
local known, start, entry, expiry = unpack(ARGV)
if entry then
  redis.call('RPUSH', KEYS[1], entry)
  redis.call('PEXPIRE', KEYS[1], expiry)
end
local first = redis.call('LINDEX', KEYS[1], 0)
if first ~= known then start = 0 end
return {first, tonumber(start), redis.call('LRANGE', KEYS[1], start, -1)}
"""
#: Puts one entry in place of the first ones, unless another server did so since they were read.
_MERGE = """
if redis.call('LINDEX', KEYS[1], 0) == ARGV[1] then
  redis.call('LTRIM', KEYS[1], ARGV[2], -1)
  redis.call('LPUSH', KEYS[1], ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
"""


class _Read(NamedTuple):
    """What was read of a session: its first entry, how many there were, and what they add up to."""

    first: bytes = b""
    entries: int = 0
    session: Session = Session()
    has_later_forms: bool = False


class RedisSessions:
    """Keeps sessions in Redis, each as a list of what was added: servers append without waiting for another.

    Memory is bounded by the expiry; set ``maxmemory`` and ``maxmemory-policy volatile-ttl`` in Redis as well.

    Args:
        url: ``redis://[USER:PASSWORD@]HOST:PORT/DATABASE``, or ``unix:///PATH``.
        expiry: Seconds of silence after which Redis forgets a session. Default 1800.
        timeout: Seconds to connect, and for an answer. Default 1.

    Raises:
        InputError: If the URL is none of Redis.
        ServingError: If Redis cannot be reached; by every method, too.
    """

    def __init__(self, url: str, expiry: float = 1800.0, timeout: float = 1.0) -> None:
        self._redis: Any = require("redis", "redis")
        backoff, retry = require("redis.backoff", "redis"), require("redis.retry", "redis")
        self._url, self._milliseconds = masked(url), round(expiry * 1000)
        try:
            self._client = self._redis.Redis.from_url(
                url,
                socket_timeout=timeout,
                socket_connect_timeout=timeout,
                # A connection may have been closed since its last use; more attempts would take too long.
                retry=retry.Retry(backoff.NoBackoff(), 1, (self._redis.ConnectionError,)),
            )
        except ValueError:  # its message may hold a password
            raise InputError("is no URL of Redis", file=self._url, expected="redis://HOST:PORT/0") from None
        self._read_script = self._client.register_script(_READ)
        self._merge_script = self._client.register_script(_MERGE)
        self._remembered: OrderedDict[str, _Read] = OrderedDict()
        self._ask(self._client.ping)

    def get(self, session_id: str) -> Session:
        """Read a session; an empty one if it is not known."""
        return self._read(f"{_PREFIX}{session_id}").session

    def append(self, session_id: str, entry: SessionEntry) -> Session:
        """Add to a session."""
        key = f"{_PREFIX}{session_id}"
        read = self._read(key, _encoded(entry=entry.as_stored()))
        if read.entries >= _MANY_ENTRIES and not read.has_later_forms:
            whole = _encoded(session=read.session.as_stored())
            arguments = [read.first, read.entries, whole, self._milliseconds]
            self._ask(lambda: self._merge_script(keys=[key], args=arguments))
        return read.session

    def _read(self, key: str, *added: bytes) -> _Read:
        """Add an entry, and read what is new since this process read last."""
        known = self._remembered.get(key, _Read())
        arguments = [known.first, known.entries, *added, *[self._milliseconds] * len(added)]
        first, start, entries = self._ask(lambda: self._read_script(keys=[key], args=arguments))
        if not start:  # stored anew, or forgotten and begun again
            known = _Read()
        session, has_later_forms = known.session, known.has_later_forms
        for entry in entries:
            try:
                session, is_later = _added(session, json.loads(entry))
            except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError):
                _LOG.warning("%s: an entry of a session cannot be read and is skipped", self._url)
            else:
                has_later_forms |= is_later
        read = _Read(first or b"", known.entries + len(entries), session, has_later_forms)
        self._remembered[key] = read
        if len(self._remembered) > _REMEMBERED:
            self._remembered.popitem(last=False)
        return read

    def _ask(self, ask: Any) -> Any:
        try:
            return ask()
        except (self._redis.RedisError, OSError) as error:
            raise ServingError(f"Redis cannot be reached ({error})", file=self._url) from error


def _encoded(**content: Any) -> bytes:
    # No two are alike, so that the first one tells whether a list is still the same.
    return json.dumps({"form": _FORM, "name": os.urandom(8).hex(), **content}).encode()


def _added(session: Session, content: dict[str, Any]) -> tuple[Session, bool]:
    """Add a stored entry, unless a later version of this package wrote it, and tell whether one did."""
    if content["form"] > _FORM:
        return session, True
    if "session" in content:
        return Session.of_stored(content["session"]), False
    return SessionEntry.of_stored(content["entry"]).added_to(session), False
