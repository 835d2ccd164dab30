"""`python -m intent_tf.prepare LOG --out DIR`: from an event log to examples, with a manifest."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from tqdm import tqdm

from intent_tf.data.adapters import ADAPTERS
from intent_tf.data.engines.duckdb import DuckDBEngine
from intent_tf.data.engines.engine import Engine
from intent_tf.data.engines.spark import SparkEngine
from intent_tf.data.event_log import LogFormat
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import Prepared, prepare_examples
from intent_tf.data.log_files import LogFiles
from intent_tf.errors import InputError
from intent_tf.nearest import nearest
from intent_tf.options.prepare import PrepareConfig


def prepare(
    log: str, log_format: LogFormat, definition: ExampleDefinition, config: PrepareConfig
) -> Prepared:
    """Write the examples of a log to ``config.out``; the verb's work, without its printing.

    Args:
        log: Where the log is.
        log_format: What its columns mean, beside what the adapter knows.
        definition: What an example is.
        config: How to run, and where to write.

    Raises:
        InputError: If the log cannot be used.
    """
    engine: Engine = DuckDBEngine(config.memory, config.threads)
    if config.engine == "spark":
        engine = SparkEngine(config.spark_master)
    files, log_format = _open(log, log_format, config)
    with (
        files as opened,
        tqdm(disable=config.quiet, bar_format="{desc:<14}{percentage:3.0f}%|{bar}| {elapsed}") as bar,
    ):

        def show(what: str, done: int, steps: int) -> None:
            bar.set_description(what)
            bar.total, bar.n = steps, done
            bar.refresh()

        return prepare_examples(
            opened,
            definition,
            log_format,
            out=config.out,
            overwrite=config.overwrite,
            engine=engine,
            progress=show,
        )


def _open(
    log: str, log_format: LogFormat, config: PrepareConfig
) -> tuple[AbstractContextManager[LogFiles], LogFormat]:
    if config.adapter is None:
        return nullcontext(LogFiles.find(log, config.names)), log_format
    if config.adapter not in ADAPTERS:
        raise InputError(
            f"no adapter {config.adapter!r}{nearest(config.adapter, ADAPTERS)}", expected=", ".join(ADAPTERS)
        )
    adapter = ADAPTERS[config.adapter]
    merged = replace(
        log_format,
        columns={**adapter.log_format.columns, **log_format.columns},
        event_types={**adapter.log_format.event_types, **log_format.event_types},
    )
    return adapter.opened(log), merged


def _report(prepared: Prepared, config: PrepareConfig, label: str) -> None:
    counts = prepared.counts
    names = {
        "events": "events used",
        "double_fired": "double-fired events removed",
        "rejected": "rows rejected",
        "sessions": "sessions",
        "bot_sessions": "of them, bots'",
        "examples": "examples",
        "positives": "of them, positive",
    }
    for count, words in names.items():
        print(f"{counts[count]:>14,}  {words}")
        if count == "rejected":
            for reason, rows in prepared.reasons.items():
                print(f"{rows:>14,}    {reason}")
    if prepared.reasons:
        print(f"rows rejected are in {prepared.folder}/rejected.csv")
    if not counts["positives"]:
        print(
            f"no example is positive ({label}): do the log's event types mean purchases? Map them with "
            "--event-types, such as transaction=purchase"
        )


def prepare_and_report(
    log: str, log_format: LogFormat, definition: ExampleDefinition, config: PrepareConfig
) -> None:
    """Prepare, print counts and, as the last line, the folder; see `prepare`."""
    prepared = prepare(log, log_format, definition, config)
    if not config.quiet:
        _report(prepared, config, definition.label)
    print(prepared.folder)
