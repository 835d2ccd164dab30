"""Whom an advertisement persuades: T- and X-learner, over any model that states probabilities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from intent_tf.decisions.intent import SMALL, fit_model
from intent_tf.errors import InputError
from intent_tf.options.training import TrainingConfig

#: From features to probabilities in [0, 1], ``(rows,)``.
Predict = Callable[[pd.DataFrame], np.ndarray]
#: Fits such a model on features, labels 0 or 1, and positive weights of the rows.
Fit = Callable[[pd.DataFrame, np.ndarray, np.ndarray], Predict]


def intent_fit(training: TrainingConfig = SMALL, seed: int = 0) -> Fit:
    """Return what fits an `IntentModel`, for `TLearner` and `XLearner`.

    Args:
        training: The model and how it is trained.
        seed: Of the split, the weights and the order of rows.
    """

    def fit(features: pd.DataFrame, label: np.ndarray, weight: np.ndarray) -> Predict:
        table = features.assign(_label=label, _weight=weight)
        model = fit_model(table, "_label", weight="_weight", training=training, seed=seed)
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
    def fit(cls, features: pd.DataFrame, treated: np.ndarray, outcome: np.ndarray, fit: Fit) -> TLearner:
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
        arms = [
            fit(features[treated == arm], outcome[treated == arm], np.ones(int((treated == arm).sum())))
            for arm in (0, 1)
        ]
        return cls(*arms)

    def effect(self, features: pd.DataFrame) -> np.ndarray:
        """Return what the treatment adds to the probability of the outcome, in [-1, 1], ``(rows,)``."""
        return self.treated(features) - self.untreated(features)


@dataclass(frozen=True)
class XLearner:
    r"""The effect as a model of its own, fitted to what each shopper's outcome says of it.

    A treated shopper's outcome less what the model of the untreated says is a noisy effect, and so is what
    the model of the treated says less an untreated shopper's outcome. One model is fitted to each kind, and

    .. math:: \tau(x) = e \, \tau_0(x) + (1 - e) \, \tau_1(x)

    with :math:`e` the share of treated shoppers: where few are, it leans on :math:`\tau_1`, whose
    differences are to the model fitted on many. An effect is in [-1, 1], and ``(effect + 1) / 2`` a
    probability: a model that fits labels fits it, if each row comes twice, as a 1 and as a 0 that weigh as
    much as it says.

    Args:
        by_untreated: :math:`(\tau_0 + 1) / 2`.
        by_treated: :math:`(\tau_1 + 1) / 2`.
        share: Share of treated shoppers, in (0, 1).

    Reference:
        Künzel, Sekhon, Bickel & Yu (2019); see `TLearner`.
    """

    by_untreated: Predict
    by_treated: Predict
    share: float

    @classmethod
    def fit(
        cls, features: pd.DataFrame, treated: np.ndarray, outcome: np.ndarray, fit: Fit, first: TLearner
    ) -> XLearner:
        """Fit the models of the effect.

        Args:
            features: What was known before the treatment, one shopper a row.
            treated: 0 or 1, ``(rows,)``, assigned at random.
            outcome: 0 or 1, ``(rows,)``.
            fit: Fits a model, such as `intent_fit` returns.
            first: The models of the outcome, fitted on the same rows.

        Raises:
            InputError: If an arm is empty or its outcomes are all alike.
        """
        treated, outcome = check_arms(treated, outcome)
        told = np.where(treated == 1, outcome - first.untreated(features), first.treated(features) - outcome)
        by_untreated, by_treated = (
            _fit_effect(features[treated == arm], told[treated == arm], fit) for arm in (0, 1)
        )
        return cls(by_untreated, by_treated, float(treated.mean()))

    def effect(self, features: pd.DataFrame) -> np.ndarray:
        """Return what the treatment adds to the probability of the outcome, in [-1, 1], ``(rows,)``."""
        mixed = self.share * self.by_untreated(features) + (1 - self.share) * self.by_treated(features)
        return 2 * mixed - 1


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


def _fit_effect(features: pd.DataFrame, told: np.ndarray, fit: Fit) -> Predict:
    share = (np.clip(told, -1, 1) + 1) / 2
    twice = pd.concat([features, features], ignore_index=True)
    label = np.repeat([1, 0], len(features))
    weight = np.concatenate([share, 1 - share])
    counts = weight > 0
    return fit(twice[counts], label[counts], weight[counts])
