"""Whether probabilities come true: in the large, by tenth, and by week, with intervals."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from intent_tf.data.predictions import FloatArray, Predictions

_Z = 1.96
#: Weeks of fewer rows say too little.
_LEAST = 30


@dataclass(frozen=True)
class Reliability:
    """What some rows promise, and what happened.

    Args:
        rows: Number of rows.
        promised: Mean probability, by weight.
        rate: Share of the rows with label 1, by weight.
        low: Lower end of its 95 % interval.
        high: Upper end.
        title: What the rows are, such as the Monday of their week.
    """

    rows: int
    promised: float
    rate: float
    low: float
    high: float
    title: str = ""

    @property
    def holds(self) -> bool:
        """Whether the interval holds what was promised."""
        return self.low <= self.promised <= self.high

    @classmethod
    def of(cls, predictions: Predictions, groups: ArrayLike | None = None, title: str = "") -> "Reliability":
        """Check rows together.

        The interval is Wilson's for as many independent rows of equal weight as tell as much: by Kish's
        effective number, divided by the design effect of the groups.

        Args:
            predictions: Labels, probabilities and weights.
            groups: Rows of the same value, such as those of one shopper, are no independent evidence.
                Default: each row for itself.
            title: What the rows are.

        References:
            - Wilson (1927), Probable Inference, the Law of Succession, and Statistical Inference.
            - Kish (1965), Survey Sampling, on effective numbers and design effects.

        Example:
            >>> Reliability.of(Predictions.unweighted([0, 1] * 50, [0.5] * 100)).holds
            True
        """
        residual = predictions.weight * (predictions.label - predictions.rate)
        alone = float(residual @ residual)
        together = pd.Series(residual).groupby(np.asarray(groups)).sum() if groups is not None else residual
        effect = max(1.0, float((together**2).sum()) / alone) if alone else 1.0
        low, high = wilson_interval(predictions.rate, predictions.effective_rows / effect)
        promised = float(np.average(predictions.probability, weights=predictions.weight))
        return cls(len(predictions), promised, predictions.rate, float(low), float(high), title)


def by_decile(predictions: Predictions, groups: ArrayLike | None = None) -> list[Reliability]:
    """Check each tenth of the rows by weight, from the lowest probability to the highest."""
    order = np.argsort(predictions.probability, kind="stable")
    ends = np.cumsum(predictions.weight[order]) / predictions.weight.sum()
    tenth = np.empty(len(order), np.int64)
    tenth[order] = np.minimum((ends * 10 - 1e-9).astype(np.int64), 9)
    return list(_each(predictions, tenth, groups, [str(number) for number in range(1, 11)]))


def by_week(predictions: Predictions, times: pd.Series, groups: ArrayLike | None) -> list[Reliability]:
    """Check the rows of each week, which begins on a Monday (UTC).

    Args:
        predictions: Labels, probabilities and weights.
        times: Seconds since 1970-01-01T00:00 UTC of each row.
        groups: As in `Reliability.of`.
    """
    mondays = pd.to_datetime(times, unit="s").dt.to_period("W").dt.start_time.dt.strftime("%Y-%m-%d")
    titles, week = np.unique(mondays.to_numpy(), return_inverse=True)
    checks = _each(predictions, week, groups, [str(title) for title in titles])
    return [check for check in checks if check.rows >= _LEAST]


def wilson_interval(rate: ArrayLike, count: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return the 95 % interval of a rate that was found in so many rows.

    Example:
        >>> [round(float(end), 3) for end in wilson_interval(0.5, 100)]
        [0.404, 0.596]
    """
    y, n = np.asarray(rate, np.float64), np.asarray(count, np.float64)
    middle = (y + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * np.sqrt(y * (1 - y) / n + _Z**2 / (4 * n**2))
    return np.minimum(middle - half, y), np.maximum(middle + half, y)


def _each(
    predictions: Predictions, part: np.ndarray, groups: ArrayLike | None, titles: list[str]
) -> Iterator[Reliability]:
    for number, title in enumerate(titles):
        rows = np.flatnonzero((part == number) & (predictions.weight > 0))
        if len(rows):
            own = None if groups is None else np.asarray(groups)[rows]
            yield Reliability.of(predictions.take(rows), own, title)
