"""Where the examples of a run come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from intent_tf.errors import InputError
from intent_tf.options.checked import Checked, Count, Share
from intent_tf.options.input_file import LOG, MODEL, TABLE
from intent_tf.options.log_reading import AdapterName, LogReading

__all__ = ["AdapterName", "DatasetName", "Kind", "SourceConfig"]

Kind = Literal["number", "category", "date", "text", "sequence"]
"""Kinds of columns."""

DatasetName = Literal["online_shoppers", "clothing_reviews", "dmc2013", "waimai", "rees46"]
"""Public data sets; each is a module of `intent_tf.data.datasets`."""


@dataclass(frozen=True)
class SourceConfig(LogReading, Checked):
    """Where the examples come from (with none of them: the shop simulator).

    Args:
        data: Table of examples, one a row: a .csv, .tsv, .jsonl or .parquet file.
        dataset: Public data set by name.
        events: Event log: a .csv, .jsonl or .parquet file, a folder or a pattern of them; or a folder of
            examples that prepare wrote.
        update: Model that is trained again on these rows: its network goes on from its weights, its columns,
            ids and label stay, all else is fitted anew. The newest rows are held out, by --time (of events
            their own); where the old model is better on them, no version is written.
        label: Label column of the table; rows without a label are excluded.
        positive: Values of the label that count as a purchase, or a comparison of numbers ('>0', '>=3', '<2',
            '<=1'); found where it is plain. Other words must plainly mean no, unless '=yes' says that all of
            them count as none.
        test_data: Table of test rows; otherwise a share of the rows is set apart.
        drop: Columns that must not be features.
        kinds: Kinds of columns, where inference would be wrong: number, category, date, text, sequence.
        dates: How dates are written, where it is not plain: day-first, month-first, year-first, MMDD, HHMM,
            seconds, milliseconds, microseconds (since 1970), excel; or their zone, such as Europe/Berlin; or
            both with a blank between.
        now: Date column that tells the prediction time, to which the age of all other dates is told.
        groups: Names of sequence groups, by a column of each (page=visit): served requests tell how many
            events of a row are real as visit_length.
        roles: What sequences tell of events, where inference would be wrong, such as
            page=event_type,seconds=time: time, event_type, item, text, query, price, quantity, other.
        weight: Column of positive sample weights.
        group: Column whose equal values stay on one side of the split, such as user_id.
        time: Column to split by: the latest rows are tested.
        test_fraction: Share of all rows for testing, in (0, 1).
        validation_fraction: Share of the other rows for validation, in (0, 1).
        memory_rows: Examples held in memory. Of a folder that prepare wrote with more, a sample of users with
            about so many is split, learnt from and measured on, and training streams all other rows too.
        sessions: Sessions to simulate where no data is given.
    """

    data: str | None = field(default=None, metadata=TABLE)
    dataset: DatasetName | None = None
    events: str | None = field(default=None, metadata=LOG)
    update: str | None = field(default=None, metadata=MODEL)
    label: str | None = None
    positive: tuple[str, ...] | None = None
    test_data: str | None = field(default=None, metadata=TABLE)
    drop: tuple[str, ...] = ()
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    now: str | None = None
    groups: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    weight: str | None = None
    group: str | None = None
    time: str | None = None
    test_fraction: Share = 0.2
    validation_fraction: Share = 0.1
    memory_rows: Count = 200_000
    sessions: Count = 10_000

    def __post_init__(self) -> None:
        super().__post_init__()
        given = [name for name in ("data", "dataset", "events") if getattr(self, name) is not None]
        if len(given) > 1:
            raise InputError(
                f"--{given[0]} and --{given[1]} are both given", expected="one source of examples"
            )
        if self.update is not None and not given:
            raise InputError("--update has no new rows", expected="--data FILE or --events LOG")
        if self.data is not None and self.label is None and self.update is None:
            raise InputError("no label is given", remedy="name the label column with --label COLUMN")
