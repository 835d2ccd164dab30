"""An example table with what is known about it before any of it is looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from intent_tf.data.facts import Facts
from intent_tf.data.file_rules import FileRules
from intent_tf.data.session_rules import SessionRules
from intent_tf.data.specification import PositiveLabel
from intent_tf.data.splitting import SplitPlan
from intent_tf.options.source import Kind


@dataclass(frozen=True)
class ExampleSource:
    """What `preprocess_data` and the evaluation need to know of a source of examples.

    Args:
        frame: The example table, with one example in each row.
        label: Name of the label column.
        kinds: Kinds of columns that inference would get wrong.
        excluded: Columns that must never be features, each with the reason.
        plan: The way of splitting, which must leak nothing.
        weight: Name of the column of sample weights.
        positive: The label's values that count as a purchase, or a comparison such as ``">0"``.
        counts: Counts of the rows that were rejected or changed on the way here.
        optimum: Column with the probability of a perfect model, where it is known.
        derived: Expressions of derived columns.
        slice_by: Column by whose values the report shows the quality apart.
        stream: Folder of Parquet files, of whose rows the frame is a sample; training reads all of them.
        folds: Folds of a comparison; 1 where the test rows are given, the latest, or those of others.
        test: The rows to test on, where they are a table of their own.
        groups: Names of sequence groups, by a column of each.
        file: How the table's text file is written.
        session: How the event log was read that the examples were made from.
        facts: What was found of the input.
        rejected: File with the rows that could not be read, if there are any and it was asked for.
    """

    frame: pd.DataFrame
    label: str
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    excluded: Mapping[str, str] = field(default_factory=dict)
    plan: SplitPlan = field(default_factory=SplitPlan)
    weight: str | None = None
    positive: PositiveLabel = None
    counts: Mapping[str, int] = field(default_factory=dict)
    optimum: str | None = None
    derived: Mapping[str, str] = field(default_factory=dict)
    slice_by: str | None = None
    stream: Path | None = None
    folds: int = 5
    test: pd.DataFrame | None = None
    groups: Mapping[str, str] = field(default_factory=dict)
    file: FileRules | None = None
    session: SessionRules | None = None
    facts: Facts = field(default_factory=Facts)
    rejected: Path | None = None
