"""`python -m intent_tf.compare --dataset NAME`: our model and its rivals on the same folds, in one table."""

from intent_tf.options.command_line import run_verb
from intent_tf.options.compare import CompareConfig
from intent_tf.options.preprocessing import PreprocessingConfig
from intent_tf.options.source import SourceConfig
from intent_tf.options.training import TrainingConfig
from intent_tf.options.verb import Verb

main = Verb(
    "compare",
    __doc__,
    (SourceConfig, PreprocessingConfig, TrainingConfig, CompareConfig),
    "intent_tf.runs.compare.compare_models",
)


if __name__ == "__main__":
    run_verb(main)
