"""What an adapter is: how the event log of one publisher is read."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from intent_tf.data.engines.dialect import quoted
from intent_tf.data.event_log import LogFormat
from intent_tf.data.log_files import LogFiles, log_paths
from intent_tf.errors import InputError


@dataclass(frozen=True)
class Adapter:
    """How one publisher's event log is read.

    Most logs need no more than a `LogFormat`. One whose rows are not events (nested, or spread over several
    files) also has ``convert``, DuckDB SQL that makes a row an event.

    Args:
        name: Name of the adapter on the command line.
        description: The logs that the adapter reads, in words, for ``--help``.
        log_format: The log's columns and what they mean.
        names: The columns of CSV files without a header line.
        convert: Function that takes the files and returns the SELECT that makes rows of events.
    """

    name: str
    description: str
    log_format: LogFormat = field(default_factory=LogFormat)
    names: Sequence[str] = ()
    convert: Callable[[Sequence[Path]], str] | None = None

    @contextmanager
    def opened(self, log: str | Path | Sequence[str | Path]) -> Iterator[LogFiles]:
        """Open the log as files that ``log_format`` describes, for the time of a ``with`` block.

        Args:
            log: Files, glob patterns or folders.

        Raises:
            InputError: If there are none, or they are not the publisher's.
        """
        if self.convert is None:
            yield LogFiles.find(log, self.names)
            return
        select = self.convert(log_paths(log))
        with tempfile.TemporaryDirectory(prefix="intent_tf-") as folder:
            path = Path(folder) / f"{self.name}.parquet"
            try:
                with duckdb.connect() as connection:
                    connection.execute("SET TimeZone = 'UTC'")
                    connection.execute(f"COPY ({select}) TO {quoted(path)} (FORMAT parquet)")
            except duckdb.Error as error:
                raise InputError(f"is no log of {self.description} ({error})", file=log) from error
            yield LogFiles.find(path)


def csv_table(paths: Sequence[Path], names: Sequence[str], separator: str = ",", header: bool = False) -> str:
    """Write the call that reads CSV files as text columns."""
    columns = ", ".join(f"{name}: 'VARCHAR'" for name in names)
    return (
        f"read_csv({_listed(paths)}, auto_detect = false, columns = {{{columns}}}, "
        f"delim = {quoted(separator)}, quote = '\"', escape = '\"', header = {str(header).lower()}, "
        "null_padding = true)"
    )


def json_lines(paths: Sequence[Path]) -> str:
    """Write the subquery that reads lines of JSON: ``line`` as text, ``record`` as JSON or NULL."""
    return (
        f"(SELECT line, try_cast(line AS JSON) AS record FROM read_csv({_listed(paths)}, "
        "auto_detect = false, columns = {line: 'VARCHAR'}, header = false, delim = '\\x01', "
        "quote = '', escape = '') WHERE trim(line) <> '')"
    )


def _listed(paths: Sequence[Path]) -> str:
    return "[" + ", ".join(map(quoted, paths)) + "]"
