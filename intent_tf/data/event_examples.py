"""The examples of an event log, as a source for training."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from intent_tf.data.event_log import LogFormat
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.example_source import ExampleSource
from intent_tf.data.examples import EXAMPLES, Prepared, prepare_examples
from intent_tf.data.log_files import LogFiles
from intent_tf.data.splitting import SplitPlan


def event_examples(
    log: pd.DataFrame | LogFiles | str | Path | Sequence[str | Path],
    columns: Mapping[str, str] | LogFormat | None = None,
    definition: ExampleDefinition | None = None,
    *,
    memory_rows: int | None = None,
    seed: int = 0,
    rejected: str | Path | None = None,
) -> ExampleSource:
    """Prepare the examples of an event log; the split keeps each user on one side.

    Args:
        log: A DataFrame, or files, patterns or folders of CSV, JSON lines or Parquet; or a folder of examples
            that `prepare` wrote, which is read as it is.
        columns: The log's column for each field; by default its columns have our names.
        definition: The rules by which events become examples.
        memory_rows: Of a folder with more examples, a sample of users with about so many is read, and the
            source says from where the rest is streamed.
        seed: Seed of the sample.
        rejected: File for the rows of the log that are rejected.
    """
    if isinstance(log, str | Path) and Prepared.is_at(log):
        prepared = Prepared.read(log)
    else:
        prepared = prepare_examples(log, definition, columns, rejected=rejected)
    examples = prepared.examples if memory_rows is None else prepared.sample(memory_rows, seed)
    is_sample = len(examples) < prepared.counts["examples"]
    return ExampleSource(
        examples,
        label=prepared.label,
        weight="weight" if "weight" in examples else None,
        excluded=dict.fromkeys(
            ("user_id", "session_id", "prediction_time", "events"), "identifies the example"
        ),
        plan=SplitPlan(group="user_id"),
        session=prepared.rules,
        facts=prepared.facts,
        rejected=Path(rejected) if rejected and prepared.rejected is not None else None,
        stream=prepared.folder / EXAMPLES if prepared.folder and is_sample else None,
        counts=prepared.counts | {f"rejected: {reason}": rows for reason, rows in prepared.reasons.items()},
    )
