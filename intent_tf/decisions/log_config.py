"""Where a decision's event log comes from, and where its results go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from intent_tf.data.adapters import ADAPTERS
from intent_tf.data.event_log import LogFormat
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import prepare_examples
from intent_tf.data.log_files import LogFiles
from intent_tf.errors import InputError
from intent_tf.nearest import nearest
from intent_tf.simulator.simulator import FIRST_VISITS, OPENING, simulate

#: Every event of every session: what `prepare` reads and cleans, with nothing cut off.
WHOLE_SESSIONS = ExampleDefinition(prediction_times="last", cut="none", max_events=1_000_000)


@dataclass(frozen=True)
class LogConfig:
    """The event log and the results.

    Args:
        log: Event log: a .csv, .jsonl or .parquet file, a folder or a pattern; a shop is simulated without.
        adapter: Known publisher of the log (dmc2013, ga4, otto, rees46, retailrocket, taobao, yoochoose).
        columns: Column of the log for each field, such as user_id=visitor,timestamp=ts.
        event_types: What the log's event types mean, such as view=detail,transaction=purchase.
        sessions: Sessions to simulate where no log is given.
        out: Folder for tables and plot; the default is decisions/ and the name of the decision.
        seed: Of everything random.
    """

    log: str | None = None
    adapter: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    event_types: Mapping[str, str] = field(default_factory=dict)
    sessions: int = 3000
    out: str | None = None
    seed: int = 0

    def folder(self, decision: str) -> Path:
        """Create and return the folder for the results of a decision."""
        folder = Path(self.out or f"decisions/{decision}")
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def read(self) -> pd.DataFrame:
        """Read the log, or simulate one; see `clean_log`.

        Raises:
            InputError: If the log cannot be used.
        """
        if self.log is None:
            return clean_log(simulate(self.sessions, self.seed))
        given = LogFormat(self.columns, self.event_types)
        if self.adapter is None:
            return clean_log(LogFiles.find(self.log), given)
        if self.adapter not in ADAPTERS:
            message = f"no adapter {self.adapter!r}{nearest(self.adapter, ADAPTERS)}"
            raise InputError(message, expected=", ".join(ADAPTERS))
        adapter = ADAPTERS[self.adapter]
        merged = replace(
            adapter.log_format,
            columns={**adapter.log_format.columns, **given.columns},
            event_types={**adapter.log_format.event_types, **given.event_types},
        )
        with adapter.opened(self.log) as files:
            return clean_log(files, merged)

    def read_busy(self) -> pd.DataFrame:
        """Read the log as `read` does; a simulated one without its end, when ever fewer shoppers come."""
        log = self.read()
        closing = pd.Timestamp(OPENING, tz="UTC") + pd.Timedelta(days=FIRST_VISITS)
        return log if self.log is not None else log[log["timestamp"] < closing]


def clean_log(log: pd.DataFrame | LogFiles, log_format: LogFormat | None = None) -> pd.DataFrame:
    """Read an event log as `prepare` reads it: checked, sessionised, without bots and double-fired events.

    Args:
        log: A DataFrame or files.
        log_format: What the columns mean; by default they have our names.

    Returns:
        Events in the order of time: ``user_id, session_id, timestamp`` (UTC), ``event_type, item_id, text,
        query`` (empty where there is none) and ``price`` (NaN where there is none).

    Raises:
        InputError: If the log cannot be read, or no row of it is usable.

    Example:
        >>> clean_log(pd.DataFrame({"user_id": "ann", "timestamp": [0, 60], "event_type": "detail"})).shape
        (2, 8)
    """
    sessions = prepare_examples(log, WHOLE_SESSIONS, log_format).examples
    columns = ["event_type", "elapsed", "item_id", "text", "query", "price"]
    last = sessions["elapsed"].map(lambda seconds: seconds[-1])
    begin = sessions["prediction_time"] - pd.to_timedelta(last, unit="s")
    events = sessions[["user_id", "session_id", *columns]].assign(begin=begin).explode(columns)
    elapsed = pd.to_timedelta(events["elapsed"].astype(np.float64), unit="s")
    events["timestamp"] = (events["begin"] + elapsed).dt.round("ms")
    events["price"] = events["price"].astype(np.float64)
    texts = ["event_type", "item_id", "text", "query"]
    events[texts] = events[texts].astype("str")
    order = ["user_id", "session_id", "timestamp", *texts, "price"]
    return events.sort_values("timestamp", kind="stable", ignore_index=True)[order]
