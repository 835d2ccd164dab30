"""REES46, October 2019: the event log of a multi-category shop (a sample of its first hours)."""

from __future__ import annotations

from pathlib import Path

from intent_tf.data.datasets.named import DataFile, NamedDataset
from intent_tf.data.event_examples import event_examples
from intent_tf.data.event_log import LogFormat
from intent_tf.data.example_source import ExampleSource

_FORMAT = LogFormat(
    columns={
        "timestamp": "event_time",
        "item_id": "product_id",
        "session_id": "user_session",
        "text": "category_code+brand",
    },
    event_types={"view": "detail"},
)


def _load(path: Path) -> ExampleSource:
    return event_examples(path, _FORMAT)


REES46 = NamedDataset(
    name="rees46",
    files=(
        DataFile(
            "rees46-2019-oct-sample/2019-Oct.csv.gz",
            "d8a5b1c9515e21574dce044ad511f9b95fd2221608500ff5a3dbcc609c53cc61",
        ),
    ),
    source="https://rees46.com/en/datasets (free with attribution; any month of it works with --events)",
    load=_load,
)
