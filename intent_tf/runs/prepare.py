"""What `prepare` does: it makes examples of an event log, with a manifest."""

from tqdm import tqdm

from intent_tf.data.adapters import find_adapter
from intent_tf.data.engines.duckdb import DuckDBEngine
from intent_tf.data.engines.engine import Engine
from intent_tf.data.engines.spark import SparkEngine
from intent_tf.data.event_log import LogFormat
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import Prepared, prepare_examples
from intent_tf.options.prepare import PrepareConfig


def prepare(
    log: str, log_format: LogFormat, definition: ExampleDefinition, config: PrepareConfig
) -> Prepared:
    """Write the examples of a log to ``config.out``, print counts and, as the last line, the folder.

    Raises:
        InputError: If the log cannot be used.
    """
    engine: Engine = DuckDBEngine(config.memory, config.threads)
    if config.engine == "spark":
        engine = SparkEngine(config.spark_master)
    adapter = find_adapter(config.adapter, config.names)
    with (
        adapter.opened(log, config.encoding, config.purchases) as files,
        tqdm(disable=config.quiet, bar_format="{desc:<14}{percentage:3.0f}%|{bar}| {elapsed}") as bar,
    ):

        def show(what: str, done: int, steps: int) -> None:
            bar.set_description(what)
            bar.total, bar.n = steps, done
            bar.refresh()

        prepared = prepare_examples(
            files,
            definition,
            adapter.completed(log_format),
            out=config.out,
            overwrite=config.overwrite,
            engine=engine,
            progress=show,
        )
    if not config.quiet:
        print(prepared.facts.written())
        _report(prepared, definition.label)
    print(prepared.folder)
    return prepared


def _report(prepared: Prepared, label: str) -> None:
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
