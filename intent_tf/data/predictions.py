"""Labels, probabilities and weights of the same rows: what every evaluation takes, never without weights."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from intent_tf.errors import InputError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Indices = NDArray[np.bool_] | NDArray[np.integer] | slice


@dataclass(frozen=True, eq=False, init=False)
class Labels:
    """Labels and weights of the same rows.

    A log of which a part was drawn, such as by ``prepare --negative-rate``, has probabilities and figures of
    the whole only if every row counts by its weight. So there is no default: rows that count alike are said
    to be `unweighted`.

    Args:
        label: 0 or 1, shape `(rows,)`; kept as int64.
        weight: Weight of each row, not negative, shape `(rows,)`; kept as float64.

    Raises:
        InputError: If there are no rows, shapes differ, or a value is not as described above.

    Example:
        >>> labels = Labels([1, 0, 0], weight=[1, 2, 2])
        >>> labels.rate, labels.effective_rows
        (0.2, 2.777778)
    """

    label: IntArray
    weight: FloatArray

    def __init__(self, label: ArrayLike, weight: ArrayLike) -> None:
        own, weights = np.asarray(label), np.asarray(weight, np.float64)
        if own.ndim != 1 or own.shape != weights.shape:
            shapes = f"labels of shape {own.shape}, weights {weights.shape}"
            raise InputError(shapes, expected="the same shape (rows,) for all")
        if not own.size:
            raise InputError("no rows to evaluate", expected="at least one")
        _refuse_unless(np.isin(own, (0, 1)), own, "label", "0 or 1")
        _refuse_unless(
            (weights >= 0) & (weights < np.inf), weights, "weight", "a finite number, not negative"
        )
        if not weights.any():
            raise InputError("every weight is 0", expected="at least one above 0")
        object.__setattr__(self, "label", own.astype(np.int64))
        object.__setattr__(self, "weight", weights)

    @classmethod
    def unweighted(cls, label: ArrayLike) -> "Labels":
        """Say that all rows count alike."""
        return cls(label, np.ones(np.shape(label)))

    def __len__(self) -> int:
        return len(self.label)

    @property
    def rate(self) -> float:
        """Share of the rows with label 1, by weight."""
        return float(np.average(self.label, weights=self.weight))

    @property
    def effective_rows(self) -> float:
        """Number of rows of equal weight that would tell as much; see `effective_size`."""
        return effective_size(self.weight)

    @property
    def effective_weight(self) -> FloatArray:
        """The weights, in proportion, so that they add up to `effective_rows`, float64 ``(rows,)``."""
        return self.weight * self.effective_rows / self.weight.sum()

    @property
    def effective_sizes(self) -> tuple[float, float]:
        """The same of the rows with label 0 and of those with label 1."""
        negatives, positives = (effective_size(self.weight[self.label == value]) for value in (0, 1))
        return negatives, positives

    def take(self, rows: Indices) -> "Labels":
        """Return some of the rows."""
        return Labels(self.label[rows], self.weight[rows])

    def joined(self, *others: "Labels") -> "Labels":
        """Return these rows and others after them."""
        parts = (self, *others)
        return Labels(
            *(np.concatenate([getattr(each, key) for each in parts]) for key in ("label", "weight"))
        )


@dataclass(frozen=True, eq=False, init=False)
class Predictions(Labels):
    """Labels, the probabilities of one model, and weights of the same rows.

    Args:
        label: 0 or 1, shape `(rows,)`.
        probability: Probability of a purchase in [0, 1], shape `(rows,)`; kept as float64.
        weight: Weight of each row, not negative, shape `(rows,)`.

    Raises:
        InputError: If there are no rows, shapes differ, or a value is not as described above.

    Example:
        >>> Predictions([0, 1], [0.2, 0.7])
        Traceback (most recent call last):
        ...
        TypeError: Predictions.__init__() missing 1 required positional argument: 'weight'
        >>> Predictions.unweighted([0, 1], [0.2, 0.7]).weight
        array([1., 1.])
    """

    probability: FloatArray

    def __init__(self, label: ArrayLike, probability: ArrayLike, weight: ArrayLike) -> None:
        super().__init__(label, weight)
        own = np.asarray(probability, np.float64)
        if own.shape != self.label.shape:
            shapes = f"labels of shape {self.label.shape}, probabilities {own.shape}"
            raise InputError(shapes, expected="the same shape (rows,) for all")
        _refuse_unless((own >= 0) & (own <= 1), own, "probability", "a number in [0, 1]")
        object.__setattr__(self, "probability", own)

    @classmethod
    def of(cls, labels: Labels, probability: ArrayLike) -> "Predictions":
        """Add probabilities to labels and their weights."""
        return cls(labels.label, probability, labels.weight)

    @classmethod
    def unweighted(cls, label: ArrayLike, probability: ArrayLike) -> "Predictions":  # type: ignore[override]
        """Say that all rows count alike."""
        return cls(label, probability, np.ones(np.shape(label)))

    @property
    def labels(self) -> Labels:
        """The labels and weights alone."""
        return Labels(self.label, self.weight)

    def take(self, rows: Indices) -> "Predictions":
        """Return some of the rows."""
        return Predictions(self.label[rows], self.probability[rows], self.weight[rows])


def effective_size(weight: FloatArray) -> float:
    """Count the rows of equal weight that would tell as much: `(sum w)² / sum w²`; 0 of no rows.

    Rounded to six places, so that rows of equal weight count as many as they are.

    Reference:
        Kish (1965), Survey Sampling.
    """
    return round(float(weight.sum() ** 2 / (weight @ weight)), 6) if weight.any() else 0.0


def mean_and_error(values: FloatArray, weight: FloatArray) -> tuple[float, float]:
    """Return the weighted mean of rows, and its standard error.

    Example:
        >>> mean_and_error(np.array([1.0, 3.0]), np.array([1.0, 1.0]))[0]
        2.0
    """
    share = weight / weight.sum()
    mean = float(share @ values)
    return mean, float(np.sqrt(share**2 @ (values - mean) ** 2))


def _refuse_unless(good: NDArray[np.bool_], values: NDArray[Any], what: str, expected: str) -> None:
    if not good.all():
        row = int(good.argmin())
        raise InputError(f"the {what} is {values[row]}", row=row, expected=expected)
