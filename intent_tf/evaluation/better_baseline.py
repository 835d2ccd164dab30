"""A baseline whose log loss is lower than the model's, in a sentence that a run must not keep to itself."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from intent_tf.data.predictions import Labels
from intent_tf.evaluation.bootstrap import compare
from intent_tf.evaluation.difference import Difference
from intent_tf.evaluation.metrics import Metrics


@dataclass(frozen=True)
class BetterBaseline:
    """The best baseline, and how much higher the model's log loss is (paired bootstrap).

    Example:
        >>> str(BetterBaseline("logistic_regression", Difference(0.02, 0.01, 0.03, 0.004)))[:74]
        'logistic_regression is better than the model: its log loss is 0.0200 lower'
    """

    name: str
    log_loss: Difference

    def __str__(self) -> str:
        loss = self.log_loss
        found = (
            f"its log loss is {loss.difference:.4f} lower (95 % interval {loss.low:.4f} to {loss.high:.4f})"
        )
        if loss.low <= 0:
            return (
                f"{self.name} may be better than the model: {found}, which chance may explain. "
                "intent_tf.compare tells on several folds."
            )
        return (
            f"{self.name} is better than the model: {found}. Use it, or give the model more rows and "
            "columns, or options that intent_tf.tune finds."
        )


def find_better_baseline(
    labels: Labels,
    probabilities: Mapping[str, ArrayLike],
    test: Metrics,
    baselines: Mapping[str, Metrics],
    groups: ArrayLike | None = None,
    seed: int = 0,
) -> BetterBaseline | None:
    """Find the baseline of the lowest log loss, if that is lower than the model's.

    Args:
        labels: Labels and weights of the test rows.
        probabilities: Those of the model, ``intent_tf``, and of each baseline, shape ``(rows,)`` each.
        test: Metrics of the model.
        baselines: Metrics of each baseline.
        groups: Rows of the same value are no independent evidence, shape ``(rows,)``.
        seed: Seed of the draws.
    """
    best = min(baselines, key=lambda name: baselines[name].log_loss, default=None)
    if best is None or baselines[best].log_loss >= test.log_loss:
        return None
    draws = int(np.clip(2e7 / len(labels), 200, 1000))
    model, other = probabilities["intent_tf"], probabilities[best]
    found = compare(labels, model, other, groups=groups, resamples=draws, seed=seed)
    return BetterBaseline(best, found["log_loss"])
