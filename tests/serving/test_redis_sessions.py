"""Sessions in a real Redis server."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time

import pytest

from intent_tf.errors import InputError
from intent_tf.serving import RedisSessions, ServedModel, SessionScorer
from intent_tf.serving.session import Event, Session

redis = pytest.importorskip("redis", reason="redis is not installed")


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    socket = tmp_path_factory.mktemp("redis") / "redis.sock"
    server = subprocess.Popen(
        ["redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    end = time.monotonic() + 30
    while not socket.exists():
        assert server.poll() is None
        assert time.monotonic() < end
        time.sleep(0.02)
    yield f"unix://{socket}"
    server.terminate()
    server.wait(30)


@pytest.fixture
def store(url):
    redis.Redis.from_url(url).flushall()
    return RedisSessions(url)


def click(session: Session) -> Session:
    return session.with_event(Event("click", float(session.seen)), 1000, 0.0)


def test_an_unknown_session_is_empty(store) -> None:
    assert store.get("nobody") == Session()


def test_servers_share_sessions(store, url) -> None:
    store.update("s", click)
    assert RedisSessions(url).update("s", click).seen == 2


def test_silent_sessions_are_forgotten(store, url) -> None:
    quick = RedisSessions(url, expiry=0.05)
    quick.update("s", click)
    assert quick.get("s").seen == 1
    time.sleep(0.1)
    assert quick.get("s").seen == 0


def test_changes_at_the_same_time_are_all_kept(store, url) -> None:
    def add() -> None:
        mine = RedisSessions(url)
        for _ in range(50):
            mine.update("s", click)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert store.get("s").seen == 200


def test_strengths_are_those_of_sessions_in_memory(store, events) -> None:
    served = ServedModel(events.folder)
    scorers = [SessionScorer(served, store), SessionScorer(served)]
    for event in ({"event_type": "search", "query": "手表"}, {"event_type": "cart", "price": 3.0}):
        probabilities = [scorer.add("s", {**event, "timestamp": 5.0}) for scorer in scorers]
        assert probabilities[0] == probabilities[1]


def test_a_server_that_is_away_is_an_input_error() -> None:
    with pytest.raises(InputError, match="Redis cannot be reached"):
        RedisSessions("redis://127.0.0.1:9/0")
