"""The search for better options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from intent_tf.errors import InputError

Search = Literal["hyperband", "bayesian", "random"]


@dataclass(frozen=True)
class TuneConfig:
    """The search.

    Args:
        search: Strategy: bayesian learns from the trials before, hyperband gives many options few epochs and
            the better ones more, random draws.
        trials: Options to try at most.
        folds: Folds of a cross-validation on the rows that are not tested; 1 takes the validation rows.
        seeds: Trainings of the best options, and of the defaults, by which the two are compared in the end.
        out: Folder for best.yaml, trials.csv and trials.html.
        seed: Of the split, the search and each training.
        resume: Go on with the search in the same folder that was interrupted.
    """

    search: Search = "bayesian"
    trials: int = 20
    folds: int = 1
    seeds: int = 3
    out: str = "tuning"
    seed: int = 0
    resume: bool = False

    def __post_init__(self) -> None:
        for name in ("trials", "folds", "seeds"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}", expected="at least 1")
