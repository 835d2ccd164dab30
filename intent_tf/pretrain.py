"""`python -m intent_tf.pretrain`: an encoder that has read a shop's sessions and texts, without labels."""

from intent_tf.options.command_line import run_verb
from intent_tf.options.pretrain import PretrainingConfig, PretrainRunConfig, UnlabelledConfig
from intent_tf.options.verb import Verb

main = Verb(
    "pretrain",
    __doc__,
    (UnlabelledConfig, PretrainingConfig, PretrainRunConfig),
    "intent_tf.runs.pretrain.run",
)


if __name__ == "__main__":
    run_verb(main)
