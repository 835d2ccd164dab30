"""A burst of events into stores of live sessions: none is lost, and how long one waits is printed.

Opt-in: ``python -m pytest -m slow tests/serving/test_burst.py -s``; ``INTENT_TF_BURST_SECONDS`` shortens it.
"""

from __future__ import annotations

import os
import threading
import time

import numpy as np
import pytest
from redis_process import redis_server

from intent_tf.serving import MemorySessions, RedisSessions
from intent_tf.serving.session import Event
from intent_tf.serving.session_entry import SessionEntry

SECONDS, RATE, SESSIONS, WRITERS = float(os.environ.get("INTENT_TF_BURST_SECONDS", "60")), 1000, 200, 8


@pytest.fixture(params=["memory", "redis"])
def store(request, tmp_path):
    if request.param == "memory":
        yield MemorySessions()
        return
    pytest.importorskip("redis", reason="redis is not installed")
    with redis_server(tmp_path) as url:
        yield RedisSessions(url)


@pytest.mark.slow
def test_a_burst_loses_no_event(store) -> None:
    events, start = round(SECONDS * RATE), time.monotonic() + 0.1
    waited, failures = np.zeros(events), []

    def write(writer: int) -> None:
        for number in range(writer, events, WRITERS):
            # An event that comes while others are written waits, and its waiting counts.
            due = start + number / RATE
            time.sleep(max(0.0, due - time.monotonic()))
            event = Event("detail", number / RATE, item_id=str(number), text="red jacket of wool", price=30.0)
            try:
                store.append(str(number % SESSIONS), SessionEntry(event))
            except Exception as error:
                failures.append(error)
            waited[number] = time.monotonic() - due

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    lost = events - sum(store.get(str(session)).seen for session in range(SESSIONS))
    p50, p99 = np.percentile(waited, [50, 99]) * 1e3
    rate = events / (time.monotonic() - start)
    print(f"\n{type(store).__name__}: {events:,} events at {rate:,.0f}/s into {SESSIONS} sessions")
    print(f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, {lost} lost, {len(failures)} failed")
    assert failures == []
    assert lost == 0
