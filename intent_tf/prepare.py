"""`python -m intent_tf.prepare LOG --out DIR`: from an event log to examples, with a manifest."""

from intent_tf.data.event_log import LogFormat
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.options.command_line import run_verb
from intent_tf.options.input_file import existing_log
from intent_tf.options.prepare import PrepareConfig
from intent_tf.options.verb import Verb

_LOG = (
    "event log: a .csv, .jsonl or .parquet file (.gz too), a folder, or a quoted pattern such as 'logs/*.csv'"
)


main = Verb(
    "prepare",
    __doc__,
    (LogFormat, ExampleDefinition, PrepareConfig),
    "intent_tf.runs.prepare.prepare",
    ("log", _LOG, existing_log),
)


if __name__ == "__main__":
    run_verb(main)
