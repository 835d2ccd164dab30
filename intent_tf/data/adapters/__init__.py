"""Adapters: how the event logs of known publishers are read."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from intent_tf.data.adapters.adapter import Adapter
from intent_tf.data.adapters.dmc2013 import DMC2013
from intent_tf.data.adapters.ga4 import GA4
from intent_tf.data.adapters.instacart import INSTACART
from intent_tf.data.adapters.named_columns import REES46, RETAILROCKET, TAOBAO
from intent_tf.data.adapters.otto import OTTO
from intent_tf.data.adapters.yoochoose import YOOCHOOSE
from intent_tf.data.event_log import LogFormat
from intent_tf.data.example_definition import LABELS, ExampleDefinition
from intent_tf.data.examples import EXAMPLES, Prepared, prepare_examples
from intent_tf.data.log_files import LogFiles
from intent_tf.data.session_rules import SessionRules
from intent_tf.errors import InputError
from intent_tf.nearest import nearest
from intent_tf.options.log_reading import AdapterName, LogReading

#: All adapters by name.
ADAPTERS = {
    each.name: each for each in (DMC2013, GA4, INSTACART, OTTO, REES46, RETAILROCKET, TAOBAO, YOOCHOOSE)
}

__all__ = ["ADAPTERS", "Adapter", "as_learnt", "example_table", "find_adapter", "opened_log"]


def find_adapter(name: AdapterName | None, names: Sequence[str] = ()) -> Adapter:
    """Find the adapter with a name; without one, take what reads a log as it is.

    Args:
        name: Name of the adapter.
        names: Without one, the columns of CSV files without a header line.

    Raises:
        InputError: If there is no adapter with this name.
    """
    if name is None:
        return Adapter("", "events", names=names)
    if name not in ADAPTERS:
        raise InputError(f"no adapter {name!r}{nearest(name, ADAPTERS)}", expected=", ".join(ADAPTERS))
    return ADAPTERS[name]


@contextmanager
def opened_log(
    log: str | Path | Sequence[str | Path], reading: LogReading
) -> Iterator[tuple[LogFiles, LogFormat]]:
    """Open an event log as the options of a verb say, for the time of a ``with`` block.

    Args:
        log: Files, glob patterns or folders.
        reading: The options.

    Yields:
        The files, and what their columns mean.
    """
    adapter = find_adapter(reading.adapter, reading.names)
    with adapter.opened(log, reading.encoding, reading.purchases) as files:
        yield files, adapter.completed(LogFormat.of(reading))


def as_learnt(
    log_format: LogFormat, learnt: SessionRules | None, label: str
) -> tuple[LogFormat, ExampleDefinition]:
    """Read a log, and make examples of it, as for a model that knows both, where nothing else is said.

    Args:
        log_format: What the log's columns mean.
        learnt: How the log was read that the model learnt from.
        label: The model's label, which the examples have, too, if it is one of `ExampleDefinition`.
    """
    definition = ExampleDefinition(label=next((each for each in LABELS if each == label), "purchase"))
    if learnt is None:
        return log_format, definition
    return log_format.following(learnt), definition.following(learnt)


@contextmanager
def example_table(
    data: str,
    events: str,
    reading: LogReading,
    *,
    learnt: SessionRules | None = None,
    label: str = "",
    rejected: str | Path | None = None,
    quiet: bool = False,
) -> Iterator[str]:
    """Give a table of examples as a file or a folder of them, for the time of a ``with`` block.

    Args:
        data: A table, which is given as it is, or a folder that `prepare_examples` wrote, or nothing.
        events: An event log, of which examples are made, or such a folder.
        reading: How the log is read.
        learnt: How the log was read that a model learnt from, which counts where ``reading`` says nothing.
        label: The model's label, which the examples have, too, if it is one of `ExampleDefinition`.
        rejected: File for the rows of the log that are rejected.
        quiet: Print nothing of what was found of the log.
    """
    if data or Prepared.is_at(events):
        yield str(Path(data or events) / EXAMPLES) if Prepared.is_at(data or events) else data
        return
    with tempfile.TemporaryDirectory(prefix="intent_tf-") as folder:
        path = Path(folder) / "examples.parquet"
        with opened_log(events, reading) as (files, log_format):
            log_format, definition = as_learnt(log_format, learnt, label)
            prepared = prepare_examples(files, definition, log_format, rejected=rejected)
        if not quiet:
            print(prepared.facts.written())
        prepared.examples.to_parquet(path, index=False)
        yield str(path)
