"""`python -m intent_tf.tune`: search for better options, and write them for `train --config`.

The defaults were measured on five data sets; most tables need no search. No test row is read.
"""

from intent_tf.options.command_line import run_verb
from intent_tf.options.preprocessing import PreprocessingConfig
from intent_tf.options.source import SourceConfig
from intent_tf.options.training import TrainingConfig
from intent_tf.options.tune import TuneConfig
from intent_tf.options.verb import Verb

main = Verb(
    "tune",
    __doc__,
    (SourceConfig, PreprocessingConfig, TrainingConfig, TuneConfig),
    "intent_tf.runs.tune.tune_options",
)


if __name__ == "__main__":
    run_verb(main)
