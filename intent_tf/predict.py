"""`python -m intent_tf.predict MODEL --data FILE --out FILE`: the probability of every row of a table.

Of a version folder, also one that an earlier version of intent_tf wrote, the SavedModel runs. It is a
program: take it from those you trust only.
"""

from __future__ import annotations

from collections.abc import Sequence

from intent_tf.options.command_line import parse_configuration, run_verb
from intent_tf.options.predict import PredictConfig
from intent_tf.options.quiet_start import quiet_start


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and predict."""
    (config,), given = parse_configuration(
        "predict",
        __doc__ or "",
        (PredictConfig,),
        arguments,
        {"model": "folder that `train` wrote, .keras file, or URL of a served model"},
    )
    with quiet_start(given.debug):
        from intent_tf.runs.predict import predict_file
    predict_file(given.model, config)


if __name__ == "__main__":
    run_verb(main)
