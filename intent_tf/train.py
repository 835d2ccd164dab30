"""`python -m intent_tf.train`: from raw data to a served model, in one command."""

from intent_tf.options.command_line import run_verb
from intent_tf.options.devices import StrategyConfig
from intent_tf.options.distillation import DistillationConfig
from intent_tf.options.encoder import EncoderConfig
from intent_tf.options.preprocessing import PreprocessingConfig
from intent_tf.options.run import RunConfig
from intent_tf.options.source import SourceConfig
from intent_tf.options.training import TrainingConfig
from intent_tf.options.verb import Verb

#: The options that --help shows; --help-all shows all.
COMMON = """
data dataset events update label positive test_data drop kinds columns weight group time sessions tokenizer
stop_language preset epochs batch_size learning_rate encoder out seed resume cost_fp
cost_fn diagnosis quiet
"""

main = Verb(
    "train",
    __doc__,
    (
        SourceConfig,
        PreprocessingConfig,
        TrainingConfig,
        EncoderConfig,
        DistillationConfig,
        RunConfig,
        StrategyConfig,
    ),
    "intent_tf.runs.train.run",
    examples=(
        "train --data visits.csv --label bought",
        "train --events log.csv.gz --columns user_id=visitor,timestamp=ts,event_type=action",
        "train --dataset online_shoppers --drop PageValues --diagnosis",
    ),
    common=COMMON.split(),
)


if __name__ == "__main__":
    run_verb(main)
