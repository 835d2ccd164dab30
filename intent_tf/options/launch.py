"""Several workers on this machine."""

from __future__ import annotations

from dataclasses import dataclass

from intent_tf.errors import InputError


@dataclass(frozen=True)
class LaunchConfig:
    """Workers.

    Args:
        workers: How many to start.
        restarts: How often all start again after one has failed; train gets --resume then.
    """

    workers: int = 2
    restarts: int = 0

    def __post_init__(self) -> None:
        if self.workers < 1 or self.restarts < 0:
            raise InputError(
                f"workers, restarts are {self.workers}, {self.restarts}",
                expected="at least 1 and 0",
            )
