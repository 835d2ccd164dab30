"""Whom an advertisement persuades: a T-learner, over any model that states probabilities."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from intent_tf.decisions.intent import SMALL, fit_model
from intent_tf.errors import InputError
from intent_tf.options.training import TrainingConfig

#: From features to probabilities in [0, 1], ``(rows,)``.
Predict = Callable[[pd.DataFrame], np.ndarray]
#: Fits such a model on features and labels 0 or 1.
Fit = Callable[[pd.DataFrame, np.ndarray], Predict]


def intent_fit(training: TrainingConfig = SMALL, seed: int = 0) -> Fit:
    """Return what fits an `IntentModel`, for `TLearner`.

    Args:
        training: The model and how it is trained.
        seed: Of the split, the weights and the order of rows.
    """

    def fit(features: pd.DataFrame, label: np.ndarray) -> Predict:
        model = fit_model(features.assign(_label=label), "_label", training=training, seed=seed)
        return lambda rows: model.predict(rows).astype(np.float64)

    return fit


@dataclass(frozen=True)
class TLearner:
    """The effect as the difference of two models, of the treated and of the others.

    Args:
        untreated: Probability of the outcome without treatment: what targets the likeliest buyers.
        treated: Probability with it.

    Reference:
        Künzel, Sekhon, Bickel & Yu (2019), Metalearners for Estimating Heterogeneous Treatment Effects Using
        Machine Learning.
    """

    untreated: Predict
    treated: Predict

    @classmethod
    def fit(cls, features: pd.DataFrame, treated: np.ndarray, outcome: np.ndarray, fit: Fit) -> "TLearner":
        """Fit both models.

        Args:
            features: What was known before the treatment, one shopper a row.
            treated: 0 or 1, ``(rows,)``, assigned at random.
            outcome: 0 or 1, ``(rows,)``.
            fit: Fits a model, such as `intent_fit` returns.

        Raises:
            InputError: If an arm is empty or its outcomes are all alike.
        """
        treated, outcome = check_arms(treated, outcome)
        return cls(*(fit(features[treated == arm], outcome[treated == arm]) for arm in (0, 1)))

    def effect(self, features: pd.DataFrame) -> np.ndarray:
        """Return what the treatment adds to the probability of the outcome, in [-1, 1], ``(rows,)``."""
        return self.treated(features) - self.untreated(features)


def check_arms(treated: np.ndarray, outcome: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return both as integers.

    Raises:
        InputError: If one is not 0 or 1, an arm is empty, or its outcomes are all alike.
    """
    treated, outcome = np.asarray(treated), np.asarray(outcome)
    for name, values in (("treated", treated), ("outcome", outcome)):
        wrong = ~np.isin(values, (0, 1))
        if wrong.any():
            row = int(wrong.argmax())
            raise InputError(f"found {values[row]}", row=row, column=name, expected="0 or 1")
    for arm, name in ((0, "untreated"), (1, "treated")):
        outcomes = outcome[treated == arm]
        if not len(outcomes) or outcomes.min() == outcomes.max():
            what = f"all have the outcome {outcomes[0]:g}" if len(outcomes) else "there are none"
            raise InputError(
                f"of the {name} shoppers {what}",
                expected="both outcomes in both arms",
                remedy="give more rows of a trial that treats at random",
            )
    return treated.astype(np.int64), outcome.astype(np.int64)
