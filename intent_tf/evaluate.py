"""`python -m intent_tf.evaluate MODEL --data FILE`: how good a trained model is on a labelled table.

Of a version folder, also one that an earlier version of intent_tf wrote, the SavedModel runs. It is a
program: take it from those you trust only. All figures come from its probabilities; docs/compatibility.md
tells what else a report shows that needs the model itself.
"""

from intent_tf.options.command_line import run_verb
from intent_tf.options.evaluate import EvaluateConfig
from intent_tf.options.input_file import existing_model
from intent_tf.options.verb import Verb

main = Verb(
    "evaluate",
    __doc__,
    (EvaluateConfig,),
    "intent_tf.runs.evaluate.evaluate_file",
    ("model", "folder that `train` wrote, or .keras file", existing_model),
)


if __name__ == "__main__":
    run_verb(main)
