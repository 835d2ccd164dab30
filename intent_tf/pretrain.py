"""`python -m intent_tf.pretrain`: an encoder that has read a shop's sessions and texts, without labels."""

from __future__ import annotations

from collections.abc import Sequence

from intent_tf.options.command_line import parse_configuration, run_verb
from intent_tf.options.pretrain import PretrainingConfig, PretrainRunConfig, UnlabelledConfig
from intent_tf.options.quiet_start import quiet_start


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and run."""
    kinds = (UnlabelledConfig, PretrainingConfig, PretrainRunConfig)
    configurations, given = parse_configuration("pretrain", __doc__ or "", kinds, arguments)
    with quiet_start(given.debug):
        from intent_tf.runs.pretrain import run
    run(*configurations)


if __name__ == "__main__":
    run_verb(main)
