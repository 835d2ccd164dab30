"""From an event log to the example table: `prepare_examples`."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute
import pyarrow.dataset

from intent_tf.data.engines.duckdb import DuckDBEngine
from intent_tf.data.engines.engine import Engine, Progress
from intent_tf.data.event_log import LogFormat
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.log_files import LogFiles
from intent_tf.errors import InputError

__all__ = ["ExampleDefinition", "LogFormat", "Prepared", "prepare_examples"]

MANIFEST, REJECTED, EXAMPLES = "manifest.json", "rejected.csv", "examples"


@dataclass(frozen=True)
class Prepared:
    """The examples of an event log.

    Args:
        counts: ``events`` (usable ones), ``sessions``, ``examples``, ``positives``, and what cleaning did:
            ``double_fired`` (events removed), ``bot_sessions``, ``rejected`` (rows).
        reasons: Rows rejected, by reason.
        folder: Where the examples were written; None if they are in memory.
        table: The examples, if they are in memory.
        label: Their label column.
    """

    counts: dict[str, int]
    reasons: dict[str, int]
    folder: Path | None = None
    table: pd.DataFrame | None = None
    label: str = "purchase"

    @property
    def examples(self) -> pd.DataFrame:
        """The example table, read from the folder if need be; sequences are arrays, one entry an event."""
        if self.table is not None:
            return self.table
        if self.folder is None:
            raise InputError("there are no examples", expected="a folder or a table")
        return _read_examples(self.folder)

    def sample(self, rows: int, seed: int = 0) -> pd.DataFrame:
        """Read about so many examples: all those of some users, chosen by a hash of their ids.

        Args:
            rows: Examples wanted; all of them if there are no more.
            seed: Decides which users.
        """
        share = rows / self.counts["examples"]
        if self.table is not None or self.folder is None or share >= 1:
            return self.examples
        examples = pa.dataset.dataset(self.folder / EXAMPLES)
        users = examples.to_table(columns=["user_id"])["user_id"].unique().to_pylist()
        chosen = [user for user in users if _index(user, seed) < share]
        return _in_order(examples.to_table(filter=pa.dataset.field("user_id").isin(chosen)))

    @classmethod
    def is_at(cls, folder: str | Path) -> bool:
        """Whether a folder is one that `prepare_examples` wrote."""
        return (Path(folder) / MANIFEST).is_file() and (Path(folder) / EXAMPLES).is_dir()

    @classmethod
    def read(cls, folder: str | Path) -> Prepared:
        """Read the manifest of a folder that `prepare_examples` wrote.

        Raises:
            InputError: If it is none, or its manifest is broken.
        """
        path = Path(folder) / MANIFEST
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
            return cls(manifest["counts"], manifest["rejected"], Path(folder), label=manifest["label"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"is no manifest of examples ({error})", file=path, expected="what `prepare` wrote"
            ) from error


def prepare_examples(
    log: pd.DataFrame | LogFiles | str | Path | Sequence[str | Path],
    definition: ExampleDefinition | None = None,
    columns: Mapping[str, str] | LogFormat | None = None,
    *,
    out: str | Path | None = None,
    overwrite: bool = False,
    engine: Engine | None = None,
    progress: Progress = lambda what, done, steps: None,
) -> Prepared:
    """Turn an event log into examples: sessions cut at their prediction times, each with its label.

    An example holds what was known at its prediction time and nothing later: altering any event after the
    prediction time changes none of its features. History numbers count the user's events strictly before the
    session began.

    Args:
        log: A DataFrame, or files, glob patterns or folders of CSV, JSON lines or Parquet (or, of a known
            publisher, the files that one of `ADAPTERS` opens).
        definition: What an example is; the defaults of `ExampleDefinition` if None.
        columns: Which column of the log holds what (``{"user_id": "uid", "text": "category+brand"}``), or
            a whole `LogFormat`; by default the log's columns have our names.
        out: A new folder for the examples as Parquet, partitioned by day, with a manifest; it appears when it
            is complete. By default the examples are returned in memory.
        overwrite: Replace ``out`` if an earlier `prepare_examples` wrote it.
        engine: What runs the SQL; DuckDB by default.
        progress: Called with what is being done, steps done and steps in all.

    Returns:
        The examples and the counts. Columns of the examples: ``user_id``, ``session_id``, ``prediction_time``
        (time of the last visible event, UTC), ``events`` (how many are visible); the sequences
        ``event_type``, ``elapsed`` (seconds since the session's first event), ``item_id``, ``text``,
        ``query``, ``price``, and ``quantity`` if the log has it; the history ``previous_sessions``,
        ``previous_events``, ``previous_purchases``, ``days_since_last_session``, ``days_since_last_purchase``
        (NaN if never); and the label, by default ``purchase`` (0 or 1).

    Raises:
        InputError: If the log cannot be read, no row of it is usable, or it makes no examples.

    Example:
        >>> log = pd.DataFrame({"user_id": "ann", "timestamp": [0, 60, 90, 95],
        ...                     "event_type": ["detail", "detail", "cart", "purchase"]})
        >>> prepared = prepare_examples(log)
        >>> prepared.examples[["events", "elapsed", "purchase"]]
           events      elapsed  purchase
        0       1        [0.0]         1
        1       2  [0.0, 60.0]         1
    """
    definition = definition or ExampleDefinition()
    log_format = columns if isinstance(columns, LogFormat) else LogFormat(columns or {})
    engine = engine or DuckDBEngine()
    source = log if isinstance(log, pd.DataFrame | LogFiles) else LogFiles.find(log)
    target = None if out is None else _free(Path(out), overwrite)
    parent = None if target is None else target.parent
    with tempfile.TemporaryDirectory(dir=parent, prefix=".prepare-") as temporary:
        folder = Path(temporary) / "out"
        folder.mkdir()
        counts = engine.write_examples(source, log_format, definition, folder, progress)
        reasons = _reasons(folder)
        if not any((folder / EXAMPLES).rglob("*.parquet")):
            raise _nothing(source, counts, reasons)
        counts |= _write_manifest(folder, counts, reasons, definition, log_format)
        if target is None:
            return Prepared(counts, reasons, table=_read_examples(folder), label=definition.label)
        _move(folder, target)
    return Prepared(counts, reasons, folder=target, label=definition.label)


def _free(out: Path, overwrite: bool) -> Path:
    out = out.resolve()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        if not (out / MANIFEST).is_file():
            raise InputError("exists and is not empty", file=out, expected="a new folder")
        if not overwrite:
            raise InputError(
                "exists", file=out, expected="a new folder", remedy="give --overwrite to replace it"
            )
    out.parent.mkdir(parents=True, exist_ok=True)
    return out


def _move(folder: Path, target: Path) -> None:
    if target.exists():
        old = folder.with_name("replaced")
        target.rename(old)
    folder.rename(target)


def _reasons(folder: Path) -> dict[str, int]:
    path = folder / REJECTED
    if not path.exists():
        return {}
    counted = pd.read_csv(path, usecols=["reason"], dtype=str)["reason"].value_counts()
    if counted.empty:
        path.unlink()
    return {str(reason): int(rows) for reason, rows in counted.items()}


def _nothing(log: LogFiles | pd.DataFrame, counts: dict[str, int], reasons: dict[str, int]) -> InputError:
    aside = "; ".join(f"{reason}: {rows}" for reason, rows in reasons.items()) or "none"
    what = f"{counts['sessions']} sessions make no example" if counts["events"] else "no row is usable"
    return InputError(
        f"{what} (rows rejected: {aside})",
        file=None if isinstance(log, pd.DataFrame) else log,
        expected="sessions with an event before the first cart or purchase" if counts["events"] else None,
    )


def _write_manifest(
    folder: Path,
    counts: dict[str, int],
    reasons: dict[str, int],
    definition: ExampleDefinition,
    log_format: LogFormat,
) -> dict[str, int]:
    """Write the manifest; returns the counts that only the written examples tell."""
    paths = sorted((folder / EXAMPLES).rglob("*.parquet"))
    files = [
        {
            "path": str(path.relative_to(folder)),
            "rows": pa.parquet.read_metadata(path).num_rows,
            "sha256": _sha256(path),
        }
        for path in paths
    ]
    label = pa.dataset.dataset(folder / EXAMPLES, partitioning="hive").scanner(columns=[definition.label])
    positive = sum(pa.compute.sum(_positive(batch.column(0))).as_py() or 0 for batch in label.to_batches())
    more = {
        "examples": sum(int(file["rows"]) for file in files),
        "positives": positive,
        "rejected": sum(reasons.values()),
    }
    manifest = {
        "label": definition.label,
        "counts": counts | more,
        "rejected": reasons,
        "definition": asdict(definition),
        "log_format": _plain(asdict(log_format)),
        "files": files,
        "sha256": hashlib.sha256("".join(str(file["sha256"]) for file in files).encode()).hexdigest(),
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return more


def _positive(label: pa.Array) -> pa.Array:
    """Whether a purchase (or, for graded probabilities, any action) followed."""
    if pa.types.is_string(label.type):
        return pa.compute.equal(label, "purchase")
    return pa.compute.greater(label, 0)


def _read_examples(folder: Path) -> pd.DataFrame:
    return _in_order(pa.dataset.dataset(folder / EXAMPLES).to_table())


def _index(user: str, seed: int) -> float:
    """Give a user a place in [0, 1) that only the seed and the id decide."""
    return int.from_bytes(hashlib.md5(f"{seed} {user}".encode()).digest()[:8]) / 2**64


def _in_order(table: pa.Table) -> pd.DataFrame:
    frame = table.to_pandas()
    return frame.sort_values(["user_id", "session_id", "events"], ignore_index=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _plain(value: Any) -> Any:
    return {key: _plain(each) for key, each in value.items()} if isinstance(value, Mapping) else value
