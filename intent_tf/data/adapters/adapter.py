"""What an adapter is: how the event log of one publisher is read."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from intent_tf.data.engines.dialect import quoted
from intent_tf.data.event_log import LogFormat
from intent_tf.data.log_file import FileKind
from intent_tf.data.log_files import LogFiles, log_paths
from intent_tf.data.log_json import Unfold
from intent_tf.errors import InputError


@dataclass(frozen=True)
class Adapter:
    """How one publisher's event log is read.

    Most logs need no more than a `LogFormat`. One whose records are not events also has ``unfold``, one whose
    files differ ``kinds``, and one whose rows are something else ``convert``, DuckDB SQL that makes events.

    Args:
        name: Name of the adapter on the command line.
        description: The logs that the adapter reads, in words, for ``--help``.
        log_format: The log's columns and what they mean.
        names: The columns of CSV files without a header line.
        unfold: Function that makes rows of a record of JSON or Parquet.
        kinds: Function that takes the files and tells the kind of each that is read.
        convert: Function that takes the files and returns the SELECT that makes rows of events.
    """

    name: str
    description: str
    log_format: LogFormat = field(default_factory=LogFormat)
    names: Sequence[str] = ()
    unfold: Unfold | None = None
    kinds: Callable[[Sequence[Path]], Mapping[Path, FileKind]] | None = None
    convert: Callable[[Sequence[Path]], str] | None = None

    def completed(self, given: LogFormat) -> LogFormat:
        """Complete what is given of a log's format with what is known of the publisher's."""
        known = self.log_format
        return replace(
            given,
            columns={**known.columns, **given.columns},
            usual_types={**known.usual_types, **given.usual_types},
            own_sessions=known.own_sessions or given.own_sessions,
        )

    @contextmanager
    def opened(
        self, log: str | Path | Sequence[str | Path], encoding: str | None = None, purchases: str = ""
    ) -> Iterator[LogFiles]:
        """Open the log as files that ``log_format`` describes, for the time of a ``with`` block.

        Args:
            log: Files, glob patterns or folders.
            encoding: The encoding of text files; found by default.
            purchases: Files of purchases beside them.

        Raises:
            InputError: If there are none, or they are not the publisher's.
        """
        if self.convert is None:
            paths = log_paths(log)
            kinds = self.kinds(paths) if self.kinds else dict.fromkeys(paths, FileKind(self.names))
            if purchases:
                bought = FileKind(self.names, {"event_type": "purchase"})
                kinds = {**kinds, **dict.fromkeys(log_paths(purchases), bought)}
            yield LogFiles.of(kinds, encoding=encoding, unfold=self.unfold)
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


def _listed(paths: Sequence[Path]) -> str:
    return "[" + ", ".join(map(quoted, paths)) + "]"
