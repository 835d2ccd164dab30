"""What an engine is: something that runs the shared SQL."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pandas as pd

from intent_tf.data.event_log import LogFormat
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.log_files import LogFiles

#: Told what is being done, steps done, and steps in all.
Progress = Callable[[str, int, int], None]


class Engine(Protocol):
    """Turns a log into files of examples; all engines write the same rows."""

    def write_examples(
        self,
        log: LogFiles | pd.DataFrame,
        log_format: LogFormat,
        definition: ExampleDefinition,
        out: Path,
        progress: Progress,
    ) -> dict[str, int]:
        """Write ``out/examples/day=.../*.parquet`` and, if rows are rejected, ``out/rejected.csv``.

        Args:
            log: The event log, as a table or as files.
            log_format: The log's columns and what they mean.
            definition: The rules by which events become examples.
            out: An existing, empty folder.
            progress: Function that is called as the work goes on.

        Returns:
            Counts: ``events`` (usable ones), ``double_fired``, ``sessions``, ``bot_sessions``.

        Raises:
            InputError: If the log cannot be used.
        """
        ...


def log_name(log: LogFiles | pd.DataFrame) -> str:
    """Name a log in messages."""
    return "the DataFrame" if isinstance(log, pd.DataFrame) else str(log)
