"""`python -m intent_tf.serve MODEL`: a stand-in for TF Serving on this machine, for development.

It speaks TF Serving's REST API on the loopback interface, without authentication, encryption or batches, and
needs `pip install 'intent_tf[serving]'`. A new version in the folder takes over by itself. In production run
TF Serving, which speaks gRPC too:

    docker run -p 8501:8501 -p 8500:8500 -v "$PWD/MODEL":/models/NAME -e MODEL_NAME=NAME tensorflow/serving
"""

from intent_tf.options.command_line import run_verb
from intent_tf.options.input_file import existing_model
from intent_tf.options.serve import ServeConfig
from intent_tf.options.verb import Verb

main = Verb(
    "serve",
    __doc__,
    (ServeConfig,),
    "intent_tf.runs.serve.serve",
    ("model", "folder of versions that `train` wrote", existing_model),
)


if __name__ == "__main__":
    run_verb(main)
