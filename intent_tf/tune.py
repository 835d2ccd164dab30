"""`python -m intent_tf.tune`: search for better options, and write them for `train --config`.

The defaults were measured on five data sets; most tables need no search. No test row is read.
"""

from __future__ import annotations

from collections.abc import Sequence

from intent_tf.options.command_line import parse_configuration, run_verb
from intent_tf.options.preprocessing import PreprocessingConfig
from intent_tf.options.quiet_start import quiet_start
from intent_tf.options.source import SourceConfig
from intent_tf.options.training import TrainingConfig
from intent_tf.options.tune import TuneConfig


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and search."""
    kinds = (SourceConfig, PreprocessingConfig, TrainingConfig, TuneConfig)
    configurations, given = parse_configuration("tune", __doc__ or "", kinds, arguments)
    with quiet_start(given.debug):
        from intent_tf.runs.tune import tune_options
    tune_options(*configurations)


if __name__ == "__main__":
    run_verb(main)
