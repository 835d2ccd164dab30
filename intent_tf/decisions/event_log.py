"""The event log of a decision: read or simulated, checked, and cut by time; and where the results go."""

import functools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

from intent_tf.data.adapters import opened_log
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import prepare_examples
from intent_tf.data.output_folder import OutputFolder
from intent_tf.errors import InputError
from intent_tf.options.decide import LogConfig
from intent_tf.simulator.simulator import FIRST_VISITS, OPENING, simulate

_Config = TypeVar("_Config")
_NEEDED = ("user_id", "session_id", "timestamp", "event_type", "item_id")

#: Every event of every session: what `prepare` reads and cleans, with nothing cut off.
WHOLE_SESSIONS = ExampleDefinition(prediction_times="last", cut="none", max_events=1_000_000)


def writes_results(
    decision: str, *files: str
) -> Callable[[Callable[[LogConfig, _Config, Path], None]], Callable[[LogConfig, _Config], Path]]:
    """Let a decision write its files to a new folder, which becomes the one asked for when all is done.

    Args:
        decision: Name of the decision.
        *files: The files that it writes.

    Returns:
        A decorator: what it returns takes the options and returns the folder with the files.
    """

    def decorate(run: Callable[[LogConfig, _Config, Path], None]) -> Callable[[LogConfig, _Config], Path]:
        @functools.wraps(run)
        def write(log_config: LogConfig, config: _Config) -> Path:
            out = Path(log_config.out or f"decisions/{decision}")
            target = OutputFolder(out, f"decide {decision}", files, overwrite=log_config.overwrite)
            with target.written() as folder:
                run(log_config, config, folder)
            return out

        return write

    return decorate


def read_log(config: LogConfig) -> pd.DataFrame:
    """Read the log, or simulate one, and tell what was found of it; see `clean_log`.

    Raises:
        InputError: If the log cannot be used. The rows rejected are written beside the results in any case.
    """
    if config.log is None:
        return clean_log(simulate(config.sessions, config.seed))
    definition = replace(WHOLE_SESSIONS, bot_events=config.bot_events, bot_speed=config.bot_speed)
    with opened_log(config.log, config) as (files, log_format):
        rejected = Path(f"{config.out or 'decisions/log'}.rejected.csv")
        prepared = prepare_examples(files, definition, log_format, rejected=rejected)
    counts, facts = prepared.counts, prepared.facts
    facts.tell("sessions", counts["sessions"])
    facts.tell("sessions left out, of bots", counts["sessions"] - counts["examples"])
    facts.tell("duplicate events removed", counts["double_fired"])
    facts.tell("rows rejected", counts["rejected"])
    print(facts.written())
    return _events(prepared.examples)


def read_busy_log(config: LogConfig) -> pd.DataFrame:
    """Read the log as `read_log` does; a simulated one without its end, when ever fewer shoppers come."""
    log = read_log(config)
    closing = pd.Timestamp(OPENING, tz="UTC") + pd.Timedelta(days=FIRST_VISITS)
    return log if config.log is not None else log[log["timestamp"] < closing]


def clean_log(log: pd.DataFrame) -> pd.DataFrame:
    """Read an event log as `prepare` reads it: checked, sessionised, without bots and double-fired events.

    Args:
        log: The events, whose columns have our names.

    Returns:
        Events in the order of time: ``user_id, session_id, timestamp`` (UTC), ``event_type, item_id, text,
        query`` (empty where there is none) and ``price`` (NaN where there is none).

    Raises:
        InputError: If the log cannot be read, or no row of it is usable.

    Example:
        >>> clean_log(pd.DataFrame({"user_id": "ann", "timestamp": [0, 60], "event_type": "detail"})).shape
        (2, 8)
    """
    return _events(prepare_examples(log, WHOLE_SESSIONS).examples)


def _events(sessions: pd.DataFrame) -> pd.DataFrame:
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


def split_by_time(log: pd.DataFrame, share: float = 0.7) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cut a log at the time by which a share of its events has happened.

    Args:
        log: The event log.
        share: Share of the events that are known, in (0, 1).

    Returns:
        The events strictly before that time, and those from it on.

    Raises:
        InputError: If a column is missing, or one of the parts would be empty.

    Example:
        >>> log = pd.DataFrame({"user_id": "a", "session_id": "s", "event_type": "click", "item_id": "",
        ...                     "timestamp": pd.to_datetime([1, 2, 3, 4], unit="s", utc=True)})
        >>> [len(part) for part in split_by_time(log, 0.75)]
        [3, 1]
    """
    check_log(log)
    if not 0 < share < 1:
        raise InputError(f"the share of known events is {share}", expected="a share in (0, 1)")
    prediction_time = log["timestamp"].sort_values().iloc[int(share * len(log))]
    past, future = log[log["timestamp"] < prediction_time], log[log["timestamp"] >= prediction_time]
    if past.empty:
        raise InputError(f"no event is before {prediction_time}", expected="a log that spans some time")
    return past, future


def check_log(log: pd.DataFrame) -> None:
    """Refuse what is no event log.

    Raises:
        InputError: If a column is missing, the timestamps are no times, or there are no events.
    """
    for name in _NEEDED:
        if name not in log.columns:
            raise InputError(f"the log has no column {name!r}", expected=", ".join(_NEEDED))
    if not pd.api.types.is_datetime64_any_dtype(log["timestamp"]):
        raise InputError("found no times", column="timestamp", expected="datetime64, such as clean_log gives")
    if log.empty:
        raise InputError("the log has no events", expected="at least one")


def later_events(log: pd.DataFrame, examples: pd.DataFrame) -> pd.DataFrame:
    """Collect what came after the prediction times of examples, in the order of the log.

    Args:
        log: Events as `clean_log` gives them.
        examples: Prepared from that log: ``session_id`` and ``events`` (how many are visible).

    Returns:
        One row an example, with its index: the lists ``event_type`` and ``item_id`` of the later events of
        its session.

    Example:
        >>> log = pd.DataFrame({"user_id": "ann", "session_id": "s", "item_id": ["7", "8", "8"],
        ...     "event_type": ["click", "detail", "cart"],
        ...     "timestamp": pd.to_datetime([0, 60, 90], unit="s", utc=True)})
        >>> later_events(log, prepare_examples(log).examples)["item_id"].tolist()
        [['8', '8'], ['8']]
    """
    whole = prepare_examples(log, WHOLE_SESSIONS).examples.set_index("session_id")
    columns = {}
    for name in ("event_type", "item_id"):
        of_session = whole[name].to_dict()
        pairs = zip(examples["session_id"], examples["events"], strict=True)
        later = [list(of_session[session][events:]) for session, events in pairs]
        columns[name] = pd.Series(later, examples.index, dtype=object)
    return pd.DataFrame(columns)
