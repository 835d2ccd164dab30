"""`python -m intent_tf.serve MODEL`: a development stand-in for TF Serving on this machine.

It speaks TF Serving's REST and gRPC APIs, for development and tests. In production run TF Serving itself:

    docker run -p 8501:8501 -p 8500:8500 -v "$PWD/MODEL":/models/NAME -e MODEL_NAME=NAME tensorflow/serving
"""

from __future__ import annotations

from collections.abc import Sequence

from intent_tf.options.command_line import parse_configuration, run_verb
from intent_tf.options.quiet_start import quiet_start
from intent_tf.options.serve import ServeConfig


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and serve until interrupted."""
    (config,), given = parse_configuration(
        "serve", __doc__ or "", (ServeConfig,), arguments, {"model": "folder of versions that `train` wrote"}
    )
    with quiet_start(given.debug):
        from intent_tf.runs.serve import serve_until_interrupted
    serve_until_interrupted(given.model, config)


if __name__ == "__main__":
    run_verb(main)
