"""`python -m intent_tf.prepare LOG --out DIR`: from an event log to examples, with a manifest."""

from __future__ import annotations

from collections.abc import Sequence

from intent_tf.data.event_log import LogFormat
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.options.command_line import parse_configuration, run_verb
from intent_tf.options.prepare import PrepareConfig
from intent_tf.options.quiet_start import quiet_start

_LOG = (
    "event log: a .csv, .jsonl or .parquet file (.gz too), a folder, or a quoted pattern such as 'logs/*.csv'"
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line, prepare, print counts and, as the last line, the folder."""
    configurations, given = parse_configuration(
        "prepare", __doc__ or "", [LogFormat, ExampleDefinition, PrepareConfig], arguments, {"log": _LOG}
    )
    with quiet_start(given.debug):
        from intent_tf.runs.prepare import prepare_and_report
    prepare_and_report(given.log, *configurations)


if __name__ == "__main__":
    run_verb(main)
