"""Where the examples of a run come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from intent_tf.errors import InputError
from intent_tf.options.input_file import INPUT_FILE

Kind = Literal["number", "category", "text", "sequence"]
"""Kinds of columns."""


@dataclass(frozen=True)
class SourceConfig:
    """Where the examples come from (with none of them: the shop simulator).

    Args:
        data: Table of examples, one a row: a .csv, .tsv, .jsonl or .parquet file.
        dataset: Public data set by name (online_shoppers, clothing_reviews, dmc2013, waimai, rees46).
        events: Event log: a .csv, .jsonl or .parquet file, a folder or a pattern of them; or a folder of
            examples that prepare wrote.
        label: Label column of the table, with two values.
        positive: Value of the label that counts as a purchase; found where it is plain.
        test_data: Table of test rows; otherwise a share of the rows is set apart.
        drop: Columns that must not be features.
        kinds: Kinds of columns, where inference would be wrong: number, category, text, sequence.
        columns: Event log: column of the log for each field (user_id=visitor,timestamp=ts,text=title+brand).
        weight: Column of positive sample weights.
        group: Column whose equal values stay on one side of the split, such as user_id.
        time: Column to split by: the latest rows are tested.
        test_fraction: Share of all rows for testing, in (0, 1).
        validation_fraction: Share of the other rows for validation, in (0, 1).
        memory_rows: Examples held in memory. Of a folder that prepare wrote with more, a sample of users with
            about so many is split, learnt from and measured on, and training streams all other rows too.
        sessions: Sessions to simulate where no data is given.
    """

    #: The options that --help shows; --help-all shows all.
    COMMON: ClassVar[tuple[str, ...]] = (
        "data",
        "dataset",
        "events",
        "label",
        "positive",
        "test_data",
        "drop",
        "kinds",
        "columns",
        "weight",
        "group",
        "time",
        "sessions",
    )

    data: str | None = field(default=None, metadata=INPUT_FILE)
    dataset: str | None = None
    events: str | None = None
    label: str | None = None
    positive: str | None = None
    test_data: str | None = field(default=None, metadata=INPUT_FILE)
    drop: tuple[str, ...] = ()
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    weight: str | None = None
    group: str | None = None
    time: str | None = None
    test_fraction: float = 0.2
    validation_fraction: float = 0.1
    memory_rows: int = 200_000
    sessions: int = 10_000

    def __post_init__(self) -> None:
        given = [name for name in ("data", "dataset", "events") if getattr(self, name) is not None]
        if len(given) > 1:
            raise InputError(
                f"--{given[0]} and --{given[1]} are both given", expected="one source of examples"
            )
        if self.data is not None and self.label is None:
            raise InputError("no label is given", remedy="name the label column with --label COLUMN")
        for name in ("test_fraction", "validation_fraction"):
            if not 0 < getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}", expected="a share in (0, 1)")
