"""What an engine is: something that runs the shared SQL."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from intent_tf.data.engines.dialect import Dialect
from intent_tf.data.event_log import LogFormat
from intent_tf.data.event_sql import FILE, LINE, PROBLEM, RECORD, ColumnType
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.log_files import LogFiles
from intent_tf.data.log_survey import LogSurvey
from intent_tf.data.session_rules import Numbers
from intent_tf.data.tables import read_table
from intent_tf.errors import InputError

#: Told what is being done, steps done, and steps in all.
Progress = Callable[[str, int, int], None]
#: Runs a query.
Query = Callable[[str], Sequence[Sequence[Any]]]


@dataclass
class Preparation:
    """What an engine is to do, and what it found of the log.

    Args:
        log: The event log, as a table or as files.
        log_format: The log's columns and what they mean.
        definition: The rules by which events become examples.
        out: An existing, empty folder.
        progress: Function that is called as the work goes on.
        numbers: What the numbers of the timestamps count, once it was found.
        survey: What the log's events are, once it was found.
    """

    log: LogFiles | pd.DataFrame
    log_format: LogFormat
    definition: ExampleDefinition
    out: Path
    progress: Progress
    numbers: Numbers = "any"
    survey: LogSurvey = field(default_factory=LogSurvey)

    @property
    def log_name(self) -> str:
        """The log's name in messages."""
        return "the DataFrame" if isinstance(self.log, pd.DataFrame) else str(self.log)

    def frame(self) -> tuple[pd.DataFrame, dict[str, ColumnType], dict[str, str]]:
        """Give a log that is a DataFrame columns that any engine can read.

        Returns:
            The frame, the types of the log's columns, and how the frame calls them.
        """
        assert isinstance(self.log, pd.DataFrame)
        types = {str(name): _frame_type(self.log.iloc[:, at]) for at, name in enumerate(self.log.columns)}
        names = {name: f"c{at}" for at, name in enumerate(types)}
        frame = self.log.set_axis(list(names.values()), axis=1).reset_index(drop=True)
        for name in frame.columns:
            if frame[name].dtype == object:
                frame[name] = frame[name].map(str, na_action="ignore").astype("str")
        nothing = pd.Series(None, frame.index, dtype="str")
        frame = frame.assign(**{PROBLEM: nothing, FILE: nothing, RECORD: nothing})
        return frame.assign(**{LINE: np.arange(1, len(frame) + 1)}), types, names

    def identity(self) -> pd.DataFrame | None:
        """Read the table of ids and users for the relation ``identity`` (``id, known``), if there is one."""
        if not self.log_format.identity:
            return None
        table = read_table(self.log_format.identity).frame
        if len(table.columns) < 2:
            raise InputError("has one column", file=self.log_format.identity, expected="an id and its user")
        pairs = table.iloc[:, :2].astype("str").set_axis(["id", "known"], axis=1)
        return pairs.drop_duplicates("id")

    def log_steps(
        self, dialect: Dialect, types: Mapping[str, ColumnType], names: Mapping[str, str], query: Query
    ) -> dict[str, str]:
        """Write SQL that reads the log's columns; see `LogFormat.steps`. The relation ``raw`` is there."""
        numbers = self.log_format.numbers_query(types, names, dialect, self.log_name)
        if numbers:
            self.numbers = self.log_format.numbers_of(query(numbers)[0], self.log_name)
        return self.log_format.steps(types, names, dialect, self.numbers, self.log_name)

    def look(self, query: Query, types: Mapping[str, ColumnType]) -> None:
        """Find what the log's events are; the relation ``events`` is there."""
        may_share = "session_id" in self.log_format.sources(types) and not self.log_format.own_sessions
        self.survey = LogSurvey.of(query, may_share, self.definition.horizon)

    def example_steps(self, dialect: Dialect, types: Mapping[str, ColumnType]) -> dict[str, str]:
        """Write SQL that makes the examples; see `ExampleDefinition.steps`."""
        sources = self.log_format.sources(types)
        return self.definition.steps(
            dialect,
            given_sessions="session_id" in sources,
            quantity="quantity" in sources,
            survey=self.survey,
        )


class Engine(Protocol):
    """Turns a log into files of examples; all engines write the same rows."""

    def write_examples(self, task: Preparation) -> dict[str, int]:
        """Write ``out/examples/day=.../*.parquet`` and, if rows are rejected, ``out/rejected.csv``.

        What is found of the log is noted in the task.

        Returns:
            Counts: ``events`` (usable ones), ``double_fired``, ``sessions``, ``bot_sessions``.

        Raises:
            InputError: If the log cannot be used.
        """
        ...


def _frame_type(column: pd.Series) -> ColumnType:
    if pd.api.types.is_datetime64_any_dtype(column):
        return "time"
    is_number = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    return "number" if is_number else "text"
