"""The search for better options."""

from dataclasses import dataclass
from typing import Literal

from intent_tf.options.checked import Checked, Count

Search = Literal["hyperband", "bayesian", "random"]


@dataclass(frozen=True)
class TuneConfig(Checked):
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
        overwrite: Write into a folder that holds other files too, which stay as they are.
    """

    search: Search = "bayesian"
    trials: Count = 20
    folds: Count = 1
    seeds: Count = 3
    out: str = "tuning"
    seed: int = 0
    resume: bool = False
    overwrite: bool = False
