"""The comparison with other models."""

from dataclasses import dataclass

from intent_tf.options.checked import Checked, Count

BOOSTERS = ("lightgbm", "catboost", "xgboost")
#: LightGBM again, after a search of its settings, which takes minutes a fold.
TUNED = "lightgbm_tuned"
BASELINES = ("hist_gradient_boosting", "logistic_regression", "constant_rate")
#: The models that are compared unless others are asked for, and all that can be.
USUAL = ("intent_tf", *BOOSTERS, *BASELINES)
MODELS = (*USUAL, TUNED)


@dataclass(frozen=True)
class CompareConfig(Checked):
    """The comparison.

    Args:
        folds: Folds of the cross-validation; 1 tests on the split that `train` makes. By default 1 with
            --test-data or --time, what the data set's published figures were measured with, and else 5.
        seeds: Trainings of every model on every fold.
        models: Models to compare: intent_tf, lightgbm, catboost, xgboost (pip install
            'intent_tf[compare]'), hist_gradient_boosting, logistic_regression, constant_rate, and, if named,
            lightgbm_tuned, of whose settings 30 are tried on inner folds (minutes a fold).
        out: Folder for comparison.json and comparison.html; comparisons/ and the name of the data by default.
            What is finished stays in it: a comparison that was interrupted goes on, and one with more seeds
            or models adds to it.
        overwrite: Write into a folder that holds other files too, which stay as they are.
        seed: Of the folds, and the first seed of the trainings.
    """

    folds: Count | None = None
    seeds: Count = 1
    models: tuple[str, ...] = USUAL
    out: str | None = None
    overwrite: bool = False
    seed: int = 0
