"""`python -m intent_tf.train`: from raw data to a served model, in one command."""

from __future__ import annotations

from collections.abc import Sequence

from intent_tf.options.command_line import parse_configuration, run_verb
from intent_tf.options.devices import StrategyConfig
from intent_tf.options.distillation import DistillationConfig
from intent_tf.options.encoder import EncoderConfig
from intent_tf.options.preprocessing import PreprocessingConfig
from intent_tf.options.quiet_start import quiet_start
from intent_tf.options.run import RunConfig
from intent_tf.options.source import SourceConfig
from intent_tf.options.training import TrainingConfig

EXAMPLES = (
    "train --data visits.csv --label bought",
    "train --events log.csv.gz --columns user_id=visitor,timestamp=ts,event_type=action",
    "train --dataset online_shoppers --drop PageValues --diagnosis",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and run."""
    kinds = (
        SourceConfig,
        PreprocessingConfig,
        TrainingConfig,
        EncoderConfig,
        DistillationConfig,
        RunConfig,
        StrategyConfig,
    )
    configurations, given = parse_configuration("train", __doc__ or "", kinds, arguments, examples=EXAMPLES)
    with quiet_start(given.debug):
        from intent_tf.runs.train import run
    run(*configurations)


if __name__ == "__main__":
    run_verb(main)
