"""Sessions in a real Redis server."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from redis_process import redis_server

from intent_tf.errors import InputError
from intent_tf.serving import MemorySessions, RedisSessions, ServedModel, ServingError, SessionScorer
from intent_tf.serving.session import Event, Session
from intent_tf.serving.session_entry import SessionEntry

redis = pytest.importorskip("redis", reason="redis is not installed")


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def store(url):
    redis.Redis.from_url(url).flushall()
    return RedisSessions(url)


def click(second: float, item_id: str = "") -> SessionEntry:
    return SessionEntry(Event("click", float(second), item_id, price=1.0, quantity=1.0))


def test_an_unknown_session_is_empty(store) -> None:
    assert store.get("nobody") == Session()


def test_servers_share_sessions(store, url) -> None:
    store.append("s", click(0))
    assert RedisSessions(url).append("s", click(10)).seen == 2
    assert store.get("s").seen == 2


def test_silent_sessions_are_forgotten_and_begin_again(store, url) -> None:
    quick = RedisSessions(url, expiry=0.05)
    for second in (0, 10):
        assert quick.append("s", click(second)).start == 0
    time.sleep(0.1)
    assert quick.get("s").seen == 0
    assert quick.append("s", click(20)).start == 20


def test_eight_servers_at_once_lose_no_event(store, url) -> None:
    def add(server: int) -> None:
        mine = RedisSessions(url)
        for number in range(50):
            mine.append("s", click(number, item_id=f"{server}-{number}"))

    threads = [threading.Thread(target=add, args=(server,)) for server in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    events = store.get("s").events
    assert store.get("s").seen == len({event.item_id for event in events}) == 400
    assert list(events) == sorted(events, key=lambda event: event.order)


def test_a_session_is_the_same_as_in_memory_in_whatever_order_its_events_come(store, url) -> None:
    generator, memory = np.random.default_rng(0), MemorySessions()
    servers = [store, RedisSessions(url)]
    for number in range(600):
        second = generator.integers(0, 500) + generator.choice([0.0, 0.5])
        entry = click(second, item_id=str(generator.integers(0, 3)))
        if number % 50 == 0:
            entry = replace(entry, history={"previous_purchases": float(number)}, earlier=(f"s{number}",))
        expected = memory.append("s", entry)
        assert servers[number % 2].append("s", entry) == expected
    assert RedisSessions(url).get("s") == expected


def test_a_long_session_is_a_short_list(store, url) -> None:
    for second in range(0, 6000, 10):
        store.append("s", click(second))
    client = redis.Redis.from_url(url)
    [key] = client.keys()
    assert client.llen(key) <= 64
    assert 1_700_000 < client.pttl(key) <= 1_800_000


BROKEN = [
    b"{",
    b"[]",
    b"{}",
    b"null",
    b'{"form": "1"}',
    b'{"form": 1}',
    b'{"form": 1, "entry": 3}',
    b'{"form": 1, "entry": {"event": [1, 2]}}',
    b'{"form": 1, "entry": {"event": ["cart", "noon", "", "", "", 1, 1, 1, false]}}',
    b'{"form": 1, "entry": {"event": ["cart", Infinity, "", "", "", 1, 1, 1, false]}}',
    b'{"form": 1, "session": {"events": [[]]}}',
    b"\xff",
]


@pytest.mark.parametrize("broken", BROKEN)
def test_an_entry_that_is_broken_costs_nothing_but_itself(store, url, broken) -> None:
    store.append("s", click(0))
    client = redis.Redis.from_url(url)
    client.rpush(*client.keys(), broken)
    for other in (store, RedisSessions(url)):
        assert other.append("s", click(10)).seen >= 2


def test_entries_of_a_later_version_are_skipped_and_kept(store, url) -> None:
    later = b'{"form": 2, "anything": []}'
    store.append("s", click(0))
    client = redis.Redis.from_url(url)
    [key] = client.keys()
    client.rpush(key, later)
    for second in range(10, 1500, 10):
        store.append("s", click(second))
    assert store.get("s").seen == 150
    assert later in client.lrange(key, 0, -1)


def test_a_key_of_another_kind_is_told(store, url) -> None:
    store.append("s", click(0))
    client = redis.Redis.from_url(url)
    [key] = client.keys()
    client.delete(key)
    client.set(key, "something else")
    with pytest.raises(ServingError, match="WRONGTYPE"):
        store.append("s", click(10))


def test_a_server_that_hangs_is_waited_for_so_long_and_no_longer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as hung:
        url, started = f"redis://shop:secret@127.0.0.1:{hung.getsockname()[1]}/0", time.monotonic()
        with pytest.raises(ServingError, match="Redis cannot be reached") as error:
            RedisSessions(url, timeout=0.2)
    assert time.monotonic() - started < 2
    assert "secret" not in str(error.value)


def test_a_server_that_goes_away_is_told(tmp_path) -> None:
    with redis_server(tmp_path) as url:
        store = RedisSessions(url)
    for ask in (lambda: store.get("s"), lambda: store.append("s", click(0))):
        with pytest.raises(ServingError, match="Redis cannot be reached"):
            ask()


@pytest.mark.parametrize("url", ["redis://shop:secret@host:no/0", "http://shop:secret@host", "shop:secret@"])
def test_a_url_that_is_none_does_not_tell_its_password(url) -> None:
    with pytest.raises(InputError, match="is no URL of Redis") as error:
        RedisSessions(url)
    assert "secret" not in str(error.value)


def test_strengths_are_those_of_sessions_in_memory(store, events) -> None:
    served = ServedModel(events.folder)
    scorers = [SessionScorer(served, store), SessionScorer(served)]
    for event in ({"event_type": "search", "query": "手表"}, {"event_type": "cart", "price": 3.0}):
        probabilities = [scorer.add("s", {**event, "timestamp": 5.0}) for scorer in scorers]
        assert probabilities[0] == probabilities[1]


def test_a_server_that_is_away_is_an_input_error() -> None:
    with pytest.raises(InputError, match="Redis cannot be reached"):
        RedisSessions("redis://127.0.0.1:9/0")
