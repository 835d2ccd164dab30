"""What is told of a log whose examples are made: its facts, its rules, and the rows rejected."""

from pathlib import Path

import pandas as pd

from intent_tf.data.engines.engine import Preparation
from intent_tf.data.event_log import REMEDIES
from intent_tf.data.facts import Facts
from intent_tf.data.log_files import LogFiles
from intent_tf.data.session_rules import DAY, MICROS, SessionRules, fold
from intent_tf.errors import InputError

REJECTED = "rejected.csv"


def read_rejected(folder: str | Path) -> pd.DataFrame | None:
    """Read the rows rejected, and write them again with the options that would read them."""
    path = Path(folder, REJECTED)
    if not path.exists():
        return None
    rows = pd.read_csv(path, dtype={"line": "Int64"}, keep_default_na=False, na_values={"line": [""]})
    if rows.empty:
        path.unlink()
        return None
    rows.insert(4, "remedy", rows["reason"].map(_remedy))
    rows.to_csv(path, index=False)
    return rows


def counted(rejected: pd.DataFrame) -> dict[str, int]:
    """Count the rows rejected by their reasons."""
    return {str(reason): int(rows) for reason, rows in rejected["reason"].value_counts().items()}


def _remedy(reason: str) -> str:
    return next((remedy for begins, remedy in REMEDIES.items() if reason.startswith(begins)), "")


def facts_of(task: Preparation, sessions: int, rejected: pd.DataFrame | None) -> Facts:
    """Collect what is told of the log."""
    facts = Facts()
    if isinstance(task.log, LogFiles):
        task.log.tell(facts)
    task.survey.tell(facts, task.numbers)
    facts.tell("events a session", f"{task.survey.events / max(1, sessions):.1f}")
    for told in _told(rejected):
        facts.warn(f"rows rejected: {told}")
    return facts


def _told(rejected: pd.DataFrame | None) -> list[str]:
    """Tell the reasons of rejection, each with how many rows, one of them, and what would read it."""
    if rejected is None:
        return []
    told = []
    for reason, rows in rejected.groupby("reason", sort=False):
        first = rows.iloc[0]
        where = f"{first['file'] or 'the DataFrame'}, line {first['line']}"
        value = f"{first['value']!r} in " if first["value"] else ""
        told.append(
            f"{reason}: {len(rows):,} (such as {value}{where})"
            + (f": {first['remedy']}" if first["remedy"] else "")
        )
    return told


def rules_of(task: Preparation) -> SessionRules:
    """Collect the rules by which live sessions are read likewise."""
    log_format, definition = task.log_format, task.definition
    mapped = {**log_format.usual_types, **log_format.event_types}
    return SessionRules(
        {
            **{fold(given): meant for given, meant in mapped.items()},
            **{given: meant for given, meant, _ in task.survey.types},
        },
        task.numbers,
        log_format.time_format,
        log_format.timezone,
        definition.max_events,
        definition.double_fire_window,
    )


def nothing_made(
    log: LogFiles | pd.DataFrame,
    counts: dict[str, int],
    rejected: pd.DataFrame | None,
    task: Preparation,
    kept: str | Path | None,
) -> InputError:
    """Say why a log makes no example."""
    reasons = "; ".join(_told(rejected)) or "none"
    what = f"{counts['sessions']} sessions make no example" if counts["events"] else "no row is usable"
    horizon, days = task.definition.horizon, (task.survey.end - task.survey.first) / DAY
    if counts["events"] and horizon and horizon * MICROS > task.survey.end - task.survey.first:
        what += f": the horizon of {horizon / 86_400:g} days is longer than the log's {days:.3g} days"
    return InputError(
        f"{what} (rows rejected: {reasons})",
        file=None if isinstance(log, pd.DataFrame) else log,
        expected="sessions with an event before the first cart or purchase" if counts["events"] else None,
        remedy=f"the rows rejected are in {kept}" if kept and rejected is not None else None,
    )
