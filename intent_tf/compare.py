"""`python -m intent_tf.compare --dataset NAME`: our model and its rivals on the same folds, in one table."""

from __future__ import annotations

from collections.abc import Sequence

from intent_tf.options.command_line import parse_configuration, run_verb
from intent_tf.options.compare import CompareConfig
from intent_tf.options.preprocessing import PreprocessingConfig
from intent_tf.options.quiet_start import quiet_start
from intent_tf.options.source import SourceConfig
from intent_tf.options.training import TrainingConfig


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and compare."""
    kinds = (SourceConfig, PreprocessingConfig, TrainingConfig, CompareConfig)
    configurations, given = parse_configuration("compare", __doc__ or "", kinds, arguments)
    with quiet_start(given.debug):
        from intent_tf.runs.compare import compare_models
    compare_models(*configurations)


if __name__ == "__main__":
    run_verb(main)
