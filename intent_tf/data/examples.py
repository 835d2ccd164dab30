"""From an event log to the example table: `prepare_examples`."""

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute
import pyarrow.dataset

from intent_tf.data.engines.duckdb import DuckDBEngine
from intent_tf.data.engines.engine import Engine, Preparation, Progress
from intent_tf.data.event_log import LogFormat
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.facts import Facts
from intent_tf.data.log_files import LogFiles
from intent_tf.data.output_folder import OutputFolder
from intent_tf.data.preparation_facts import (
    REJECTED,
    counted,
    facts_of,
    nothing_made,
    read_rejected,
    rules_of,
)
from intent_tf.data.session_rules import SessionRules
from intent_tf.errors import InputError

__all__ = ["ExampleDefinition", "LogFormat", "Prepared", "prepare_examples"]

MANIFEST, EXAMPLES = "manifest.json", "examples"
_SPARK = f"{EXAMPLES}/_SUCCESS"
_FILES = (MANIFEST, REJECTED, _SPARK, f"{EXAMPLES}/*/*.parquet")


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
        facts: What was found of the log: its times, event types and odd values.
        rules: How the log was read; live sessions are read likewise.
        rejected: The rows rejected, if the examples are in memory and there are any: ``file``, ``line``,
            ``reason``, ``value``, ``remedy`` (the option that would read them) and ``row``.
    """

    counts: dict[str, int]
    reasons: dict[str, int]
    folder: Path | None = None
    table: pd.DataFrame | None = None
    label: str = "purchase"
    facts: Facts = field(default_factory=Facts)
    rules: SessionRules | None = None
    rejected: pd.DataFrame | None = None

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
    def read(cls, folder: str | Path) -> "Prepared":
        """Read the manifest of a folder that `prepare_examples` wrote.

        Raises:
            InputError: If it is none, or its manifest is broken.
        """
        path = Path(folder) / MANIFEST
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
            rules = manifest.get("rules")
            return cls(
                manifest["counts"],
                manifest["rejected"],
                Path(folder),
                label=manifest["label"],
                rules=rules and SessionRules(**rules),
            )
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
    rejected: str | Path | None = None,
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
        overwrite: Replace the examples that an earlier `prepare_examples` wrote to ``out``; what else is in
            the folder stays.
        rejected: File for the rows rejected where the examples go to no folder, or none can be made; by
            default ``<out>.rejected.csv``, if there is an ``out``.
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
        InputError: If the log cannot be read, no row of it is usable, it makes no examples, or ``out`` is in
            use; see `OutputFolder`.

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
    target = None if out is None else Path(out).resolve()
    with _new_folder(out, overwrite) as folder:
        task = Preparation(source, log_format, definition, folder, progress)
        counts = engine.write_examples(task)
        rows = read_rejected(folder)
        reasons = {} if rows is None else counted(rows)
        task.survey.refuse_unmatched(
            log_format.event_types, None if isinstance(source, pd.DataFrame) else source
        )
        is_empty = not any((folder / EXAMPLES).rglob("*.parquet"))
        if target is not None and is_empty and rejected is None:
            rejected = target.with_name(f"{target.name}.{REJECTED}")
        if rejected is not None and rows is not None and (target is None or is_empty):
            Path(rejected).parent.mkdir(parents=True, exist_ok=True)
            rows.to_csv(rejected, index=False)
        if is_empty:
            raise nothing_made(source, counts, rows, task, rejected)
        facts, rules = facts_of(task, counts["sessions"], rows), rules_of(task)
        counts |= _write_manifest(folder, counts, reasons, definition, log_format, rules)
        made = Prepared(counts, reasons, target, None, definition.label, facts, rules)
        return made if target else replace(made, table=_read_examples(folder), rejected=rows)


@contextmanager
def _new_folder(out: str | Path | None, overwrite: bool) -> Iterator[Path]:
    if out is None:
        with tempfile.TemporaryDirectory(prefix="prepare-") as temporary:
            yield Path(temporary)
        return
    target = OutputFolder(out, "prepare", _FILES, overwrite=overwrite, earlier=_files_of_0_1(Path(out)))
    if Prepared.is_at(out) and not overwrite:
        raise InputError("holds examples", file=out, remedy="give --overwrite to replace them")
    with target.written() as folder:
        yield folder


def _files_of_0_1(folder: Path) -> list[str]:
    """List the files of a folder that version 0.1 wrote: its manifest tells them."""
    try:
        written = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = [str(file["path"]) for file in written["files"] if file["sha256"]]
        return [MANIFEST, *files, _SPARK, *([REJECTED] if written["rejected"] else [])]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _write_manifest(
    folder: Path,
    counts: dict[str, int],
    reasons: dict[str, int],
    definition: ExampleDefinition,
    log_format: LogFormat,
    rules: SessionRules,
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
        "log_format": asdict(log_format),
        "rules": asdict(rules),
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
