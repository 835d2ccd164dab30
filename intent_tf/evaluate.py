"""`python -m intent_tf.evaluate MODEL --data FILE`: how good a trained model is on a labelled table.

Of a version folder, also one that an earlier version of intent_tf wrote, the SavedModel runs. It is a
program: take it from those you trust only. All figures come from its probabilities; docs/compatibility.md
tells what else a report shows that needs the model itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from intent_tf.options.command_line import parse_configuration, run_verb
from intent_tf.options.evaluate import EvaluateConfig
from intent_tf.options.quiet_start import quiet_start


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and evaluate."""
    (config,), given = parse_configuration(
        "evaluate",
        __doc__ or "",
        (EvaluateConfig,),
        arguments,
        {"model": "folder that `train` wrote, or .keras file"},
    )
    with quiet_start(given.debug):
        from intent_tf.runs.evaluate import evaluate_file
    evaluate_file(given.model, config)


if __name__ == "__main__":
    run_verb(main)
