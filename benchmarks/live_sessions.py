"""Times the live sessions' way from an event as a log has it to a session that holds it, in events/s.

    python benchmarks/live_sessions.py [--events 100000]

Events of a simulated shop arrive in the order of time, as dicts with texts and ISO times. Each is read by
the rules of a log and put into its place in its session, in a store; a model's answer is not part of it.
Beside it stands what no reducer can do without: each of the same dicts is put at the end of a list. Seconds
are those of the processor.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from typing import Any

from machine import machine

from intent_tf.data.session_rules import SessionRules
from intent_tf.serving import MemorySessions
from intent_tf.serving.session import Event
from intent_tf.serving.session_entry import SessionEntry
from intent_tf.simulator.simulator import simulate

EVENTS_PER_SESSION = 9.29
TURNS = 3


def arriving(events: int) -> list[dict[str, Any]]:
    log = simulate(1 + round(events / EVENTS_PER_SESSION), seed=0).sort_values("timestamp", kind="stable")
    log["timestamp"] = log["timestamp"].map(lambda time: time.isoformat())
    return log.head(events).to_dict("records")


def reduced(rows: list[dict[str, Any]], rules: SessionRules) -> float:
    store, begin = MemorySessions(max_sessions=len(rows)), time.process_time()
    for row in rows:
        event = Event.of(row, 0.0, rules)
        entry = SessionEntry(event, {}, (), rules.max_events, rules.double_fire_window)
        store.append(row["session_id"], entry)
    return time.process_time() - begin


def appended(rows: list[dict[str, Any]]) -> float:
    sessions, begin = defaultdict(list), time.process_time()
    for row in rows:
        sessions[row["session_id"]].append({**row})
    return time.process_time() - begin


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=100_000, help="events that arrive")
    rows = arriving(parser.parse_args().events)
    turns = [(reduced(rows, SessionRules()), appended(rows)) for _ in range(TURNS)]
    ours, least = (min(seconds) for seconds in zip(*turns, strict=True))
    print(
        f"{len(rows):,} events: {len(rows) / ours:,.0f} events/s, {ours / least:.1f}× the time of appending"
    )
    result = {"events": len(rows), "events_per_second": round(len(rows) / ours), "to_appending": ours / least}
    print(json.dumps({"benchmark": "live_sessions", "machine": machine(), "results": [result]}))


if __name__ == "__main__":
    main()
