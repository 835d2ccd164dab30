"""Several workers on this machine."""

from dataclasses import dataclass

from intent_tf.options.checked import Checked, Count, Natural


@dataclass(frozen=True)
class LaunchConfig(Checked):
    """Workers.

    Args:
        workers: How many to start.
        restarts: How often all start again after one has failed; train gets --resume then.
    """

    workers: Count = 2
    restarts: Natural = 0
