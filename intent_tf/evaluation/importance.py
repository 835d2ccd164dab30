"""Which raw columns a model's probabilities rest on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.metrics import log_loss, roc_auc_score

from intent_tf.data.predictions import FloatArray, Labels, Predictions
from intent_tf.errors import InputError


@dataclass(frozen=True)
class Importance:
    """What is lost when a column, or a group of them, is shuffled.

    Args:
        column: Its name.
        auroc_drop: Mean loss of AUROC.
        auroc_drop_deviation: Standard deviation of the loss over the shuffles.
        log_loss_rise: Mean rise of the log loss, in nats.
    """

    column: str
    auroc_drop: float
    auroc_drop_deviation: float
    log_loss_rise: float


def permutation_importance(
    predict: Callable[[pd.DataFrame], ArrayLike],
    frame: pd.DataFrame,
    labels: Labels,
    groups: Mapping[str, Sequence[str]] | None = None,
    repeats: int = 3,
    rows: int = 5000,
    seed: int = 0,
) -> list[Importance]:
    """Evaluate what is lost when the values of a column are shuffled among the rows.

    Shuffling leaves a column as it is but takes away what it says of its row, without training again. It
    says what *this* model reads from a column; where two columns say the same, it may read either, and both
    seem unimportant: put them into one group.

    Args:
        predict: Gives probabilities, shape `(rows,)`, of a DataFrame with the columns of `frame`.
        frame: Test rows with the raw columns.
        labels: Labels, of both classes, and weights.
        groups: Columns to shuffle together, by a name for them. The columns of one sequence (event types,
            times, items) belong in one group, since their entries belong together. Defaults to each column
            for itself.
        repeats: Number of shuffles, each another. Defaults to 3.
        rows: At most so many rows are used, drawn at random: it takes `groups * repeats * rows` predictions.
            Defaults to 5000.
        seed: Seed of draw and shuffles. Defaults to 0.

    Returns:
        What each group is worth, the most important first.

    Raises:
        InputError: If a column of a group does not exist, or the labels do not match or are of one class.

    Reference:
        Breiman (2001), Random Forests, section 10; Fisher, Rudin & Dominici (2019), All Models are Wrong,
        but Many are Useful.

    Example:
        >>> frame = pd.DataFrame({"pages": np.linspace(0, 1, 100), "noise": [0.5] * 100})
        >>> labels = Labels.unweighted(frame["pages"] > 0.5)
        >>> importance = permutation_importance(lambda rows: rows["pages"], frame, labels)
        >>> [each.column for each in importance], importance[1].auroc_drop
        (['pages', 'noise'], 0.0)
    """
    Predictions.of(labels, np.zeros(len(frame)))  # refuses labels of other rows
    groups = {str(column): [column] for column in frame.columns} if groups is None else groups
    for column in (column for columns in groups.values() for column in columns):
        if column not in frame.columns:
            raise InputError(f"no column {column!r} to shuffle", expected=", ".join(map(str, frame.columns)))
    rng = np.random.default_rng(seed)
    chosen = np.sort(rng.permutation(len(frame))[:rows])
    frame, labels = frame.iloc[chosen].reset_index(drop=True), labels.take(chosen)
    if not 0 < labels.rate < 1:
        raise InputError(f"all {len(labels)} labels are {labels.label[0]}", expected="both classes")

    def figures(table: pd.DataFrame) -> FloatArray:
        probability = np.asarray(predict(table), np.float64)
        return np.array(
            [of(labels.label, probability, sample_weight=labels.weight) for of in (roc_auc_score, log_loss)]
        )

    whole, importance = figures(frame), []
    for name, columns in groups.items():
        shuffled = []
        for _ in range(repeats):
            table, order = frame.copy(deep=False), rng.permutation(len(frame))
            for column in columns:
                table[column] = frame[column].to_numpy()[order]
            shuffled.append(figures(table))
        drop = whole[0] - np.array(shuffled)[:, 0]
        deviation = float(drop.std(ddof=1)) if repeats > 1 else 0.0
        rise = float(np.array(shuffled)[:, 1].mean() - whole[1])
        importance.append(Importance(name, float(drop.mean()), deviation, rise))
    return sorted(importance, key=lambda each: -each.auroc_drop)
