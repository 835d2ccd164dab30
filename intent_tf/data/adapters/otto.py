"""OTTO (recommender systems dataset): a session a line, its events nested, times in milliseconds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from intent_tf.data.adapters.adapter import Adapter, json_lines
from intent_tf.data.event_log import PROBLEM, LogFormat

_EVENTS = """'[{"aid": "VARCHAR", "ts": "VARCHAR", "type": "VARCHAR"}]'"""


def _convert(paths: Sequence[Path]) -> str:
    # A line that cannot be read gives one row without an event, so that it is rejected.
    events = f"coalesce(from_json(record -> '$.events', {_EVENTS}), [NULL])"
    return (
        "SELECT session_id, event.ts AS timestamp, event.type AS event_type, event.aid AS item_id, "
        "CASE WHEN event IS NULL THEN line END AS line, "
        f"CASE WHEN event IS NULL THEN 'not a session in JSON' END AS {PROBLEM} "
        f"FROM (SELECT record ->> '$.session' AS session_id, unnest({events}) AS event, line "
        f"FROM {json_lines(paths)})"
    )


OTTO = Adapter(
    "otto",
    'OTTO (jsonl: {"session": 1, "events": [{"aid": 2, "ts": 3, "type": "clicks"}]})',
    LogFormat(event_types={"clicks": "click", "carts": "cart", "orders": "purchase"}),
    convert=_convert,
)
