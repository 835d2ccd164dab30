"""`python -m intent_tf.predict MODEL --data FILE --out FILE`: the probability of every row of a table.

Of a version folder, also one that an earlier version of intent_tf wrote, the SavedModel runs. It is a
program: take it from those you trust only.
"""

from intent_tf.options.command_line import run_verb
from intent_tf.options.input_file import existing_model
from intent_tf.options.predict import PredictConfig
from intent_tf.options.verb import Verb


def _check(model: str) -> None:
    if "://" not in model:  # else a server answers
        existing_model(model)


main = Verb(
    "predict",
    __doc__,
    (PredictConfig,),
    "intent_tf.runs.predict.predict_file",
    ("model", "folder that `train` wrote, .keras file, or URL of a served model", _check),
)


if __name__ == "__main__":
    run_verb(main)
