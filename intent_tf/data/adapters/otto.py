"""OTTO (recommender systems dataset): a session a line, its events nested, times in milliseconds."""

from collections.abc import Iterator

from intent_tf.data.adapters.adapter import Adapter
from intent_tf.data.event_log import LogFormat
from intent_tf.data.log_file import FileKind
from intent_tf.data.log_json import Record


def _events(session: Record) -> Iterator[Record]:
    for event in session["events"]:
        yield {"session_id": session["session"], **event}


OTTO = Adapter(
    "otto",
    'OTTO (jsonl: {"session": 1, "events": [{"aid": 2, "ts": 3, "type": "clicks"}]})',
    LogFormat(
        columns={"timestamp": "ts", "event_type": "type", "item_id": "aid"},
        usual_types={"clicks": "click", "carts": "cart", "orders": "purchase"},
    ),
    unfold=_events,
    kinds=lambda paths: dict.fromkeys(paths, FileKind(record="a session in JSON")),
)
