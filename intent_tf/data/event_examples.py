"""The examples of an event log, as a source for training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from intent_tf.data.event_log import LogFormat
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.example_source import ExampleSource
from intent_tf.data.examples import Prepared, prepare_examples
from intent_tf.data.splitting import SplitPlan


def event_examples(
    log: pd.DataFrame | str | Path | Sequence[str | Path],
    columns: Mapping[str, str] | LogFormat | None = None,
    definition: ExampleDefinition | None = None,
) -> ExampleSource:
    """Prepare the examples of an event log; the split keeps each user on one side.

    Args:
        log: A DataFrame, or files, patterns or folders of CSV, JSON lines or Parquet; or a folder of examples
            that `prepare` wrote, which is read as it is.
        columns: The log's column for each field; by default its columns have our names.
        definition: What an example is.
    """
    if isinstance(log, str | Path) and Prepared.is_at(log):
        prepared = Prepared.read(log)
    else:
        prepared = prepare_examples(log, definition, columns)
    examples = prepared.examples
    return ExampleSource(
        examples,
        label=prepared.label,
        weight="weight" if "weight" in examples else None,
        left_out=dict.fromkeys(("user_id", "session_id", "moment", "events"), "identifies the example"),
        plan=SplitPlan(group="user_id"),
        counts=prepared.counts | {f"set aside: {reason}": rows for reason, rows in prepared.reasons.items()},
    )
