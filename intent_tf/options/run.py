"""A training run: where it writes, and what else it does."""

from dataclasses import dataclass
from typing import Literal

Storage = Literal["float32", "bfloat16", "int8"]
"""Types of a table of products."""


@dataclass(frozen=True)
class RunConfig:
    """The run.

    Args:
        out: Folder for the versions of this model; the default is saved_models/ and the name of the data.
        seed: Of everything random: simulator, split, weights, order of rows, dropout.
        resume: Go on with the run in the same folder that was interrupted.
        tensorboard: Write TensorBoard logs too (pip install 'intent_tf[tensorboard]').
        cost_fp: Cost of acting on a shopper who does not buy; with cost_fn, chooses the threshold.
        cost_fn: Cost of missing a shopper who buys.
        diagnosis: Add to the report how sure the figures are, which columns they rest on, leaks, drift and
            weak slices; takes minutes on large tables.
        precompute: Serve texts and sessions from tables of products, faster; float32 gives the same, bfloat16
            and int8 are smaller; prints what it costs on the test rows.
        quiet: Print the last line only.
        preempted_status: Exit status when the run is told to end (SIGTERM) and has written its checkpoint;
            one other than 0 makes schedulers start it again.
    """

    out: str | None = None
    seed: int = 0
    resume: bool = False
    tensorboard: bool = False
    cost_fp: float | None = None
    cost_fn: float | None = None
    diagnosis: bool = False
    precompute: Storage | None = None
    quiet: bool = False
    preempted_status: int = 0
