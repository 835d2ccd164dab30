"""All that is worth knowing of an evaluated model beside its metrics, in one call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from intent_tf.columns.column_bins import binning_of
from intent_tf.columns.kinds.registry import kind_of
from intent_tf.columns.leaks import Leak, find_leaks
from intent_tf.data.predictions import Labels, Predictions
from intent_tf.evaluation.bootstrap import bootstrap_intervals, compare
from intent_tf.evaluation.difference import Difference
from intent_tf.evaluation.drift import ColumnDrift, evaluate_drift
from intent_tf.evaluation.importance import Importance, permutation_importance
from intent_tf.evaluation.metrics import Metrics, evaluate_all
from intent_tf.evaluation.slices import find_slices, missing_slices

MODEL, NOT_COMPARED = "intent_tf", ("uncalibrated", "constant_rate", "optimum")


@dataclass(frozen=True)
class Diagnosis:
    """How sure figures are, on what they rest, where they are weak and what looks wrong.

    Args:
        intervals: `bootstrap_intervals` of the model and the baselines, by name.
        comparison: `compare` of the model with each baseline but the constant one, by name.
        leaks: `find_leaks` on the training rows.
        drift: `evaluate_drift` from training to test rows.
        slices: `evaluate_all` on slices by the number of missing columns, categories, lengths of texts and
            sequences, and columns of times.
        importance: `permutation_importance`, all sequences shuffled together as `session`.
    """

    intervals: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    comparison: dict[str, dict[str, Difference]] = field(default_factory=dict)
    leaks: list[Leak] = field(default_factory=list)
    drift: list[ColumnDrift] = field(default_factory=list)
    slices: dict[str, dict[str, Metrics]] = field(default_factory=dict)
    importance: list[Importance] = field(default_factory=list)


def diagnose(
    predict: Callable[[pd.DataFrame], ArrayLike],
    train: tuple[pd.DataFrame, Labels],
    test: tuple[pd.DataFrame, Labels],
    probabilities: Mapping[str, ArrayLike],
    kinds: Mapping[str, str],
    thresholds: Mapping[str, float] | None = None,
    groups: ArrayLike | None = None,
    seed: int = 0,
) -> Diagnosis | None:
    """Find how sure figures are, on what they rest, where they are weak and what looks wrong.

    Args:
        predict: Function that gives probabilities, shape `(rows,)`, of a DataFrame with the raw columns.
        train: Train rows with the raw columns, and their labels and weights.
        test: Test rows with the same columns, and their labels and weights.
        probabilities: Probabilities on the test rows by name, shape `(rows,)` each: `intent_tf` and the
            baselines.
        kinds: The columns that the model takes, and their kinds.
        thresholds: Decision threshold of each model by name. Defaults to 0.5 each.
        groups: Test rows that are no independent evidence, such as the prefixes of one session, have the same
            value, shape `(rows,)`. Defaults to each row for itself.
        seed: Seed of draws and shuffles. Defaults to 0.

    Returns:
        The findings, in plain Python; None with less than 10 rows of a class among train or test rows (of
        rows of different weight the effective number), which say too little.

    Raises:
        InputError: If labels and probabilities do not match, or a column does not exist.

    Example:
        >>> frame = pd.DataFrame({"pages": np.linspace(0, 1, 200)})
        >>> rows = (frame, Labels.unweighted(frame["pages"] > 0.5))
        >>> probabilities = {"intent_tf": frame["pages"], "constant_rate": [0.5] * 200}
        >>> diagnosis = diagnose(lambda rows: rows["pages"], rows, rows, probabilities, {"pages": "number"})
        >>> diagnosis.leaks[0].column
        'pages'
    """
    (train_frame, train_labels), (frame, labels) = train, test
    for rows, own in (train, test):
        Predictions.of(own, np.zeros(len(rows)))  # refuses labels of other rows
    if min(*train_labels.effective_sizes, *labels.effective_sizes) < 10:
        return None
    # As many draws as take some seconds: with more rows, intervals are narrower and need fewer.
    draws: dict[str, Any] = {
        "groups": groups,
        "seed": seed,
        "resamples": int(np.clip(2e7 / len(labels), 200, 1000)),
    }
    named = {name: probability for name, probability in probabilities.items() if name not in NOT_COMPARED}
    rivals = [name for name in named if name != MODEL]

    sequences = [column for column, kind in kinds.items() if kind_of(kind).is_list]
    # The sequences of a session are equally long: one of them tells all.
    told_apart = {column: kind for column, kind in kinds.items() if column not in sequences[1:]}
    times = frame.columns.difference(list(kinds)).intersection(frame.select_dtypes("datetimetz").columns)
    # Slices of a bare number say little: categories and lengths do.
    sliced = {
        column: kind
        for column, kind in told_apart.items()
        if (binning := binning_of(kind)).unit or not binning.measure
    }
    slices = missing_slices(frame, labels.weight, told_apart)
    slices |= find_slices(frame, labels.weight, {**sliced, **dict.fromkeys(times, "time")})

    alone = {column: [column] for column in kinds if column not in sequences}
    shuffled = {**alone, "session": sequences} if sequences else alone
    return Diagnosis(
        intervals={
            name: bootstrap_intervals(labels, probability, **draws) for name, probability in named.items()
        },
        comparison={name: compare(labels, named[MODEL], named[name], **draws) for name in rivals},
        leaks=find_leaks(train_frame, train_labels, told_apart, seed=seed),
        drift=evaluate_drift(train_frame, train_labels.weight, frame, labels.weight, told_apart),
        slices={title: evaluate_all(labels, named, thresholds, rows) for title, rows in slices.items()},
        importance=permutation_importance(predict, frame, labels, shuffled, rows=2000, seed=seed),
    )
