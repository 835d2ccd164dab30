"""All that is worth knowing of an evaluated model beside its metrics, in one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from intent_tf.evaluation.bootstrap import bootstrap_intervals, compare
from intent_tf.evaluation.column_bins import ColumnKind
from intent_tf.evaluation.drift import evaluate_drift
from intent_tf.evaluation.importance import permutation_importance
from intent_tf.evaluation.leaks import find_leaks
from intent_tf.evaluation.metrics import Metrics, check_arrays
from intent_tf.evaluation.slices import evaluate_slices, find_slices

MODEL, NOT_COMPARED = "intent_tf", ("uncalibrated", "constant_rate", "optimum")


@dataclass(frozen=True)
class Diagnosis:
    """How sure figures are, on what they rest, where they are weak and what looks wrong.

    Args:
        intervals: `bootstrap_intervals` of the model and the baselines, by name.
        comparison: `compare` of the model with each baseline but the constant one, by name.
        leaks: `find_leaks` on the training rows.
        drift: `evaluate_drift` from training to test rows.
        slices: `evaluate_slices` by categories, lengths of texts and sequences, and columns of times.
        importance: `permutation_importance`, all sequences shuffled together as `session`.
    """

    intervals: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    comparison: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)
    leaks: list[dict[str, Any]] = field(default_factory=list)
    drift: list[dict[str, Any]] = field(default_factory=list)
    slices: dict[str, dict[str, Metrics]] = field(default_factory=dict)
    importance: list[dict[str, Any]] = field(default_factory=list)


def diagnose(
    predict: Callable[[pd.DataFrame], ArrayLike],
    train: tuple[pd.DataFrame, ArrayLike],
    test: tuple[pd.DataFrame, ArrayLike],
    probabilities: Mapping[str, ArrayLike],
    kinds: Mapping[str, ColumnKind],
    threshold: float = 0.5,
    groups: ArrayLike | None = None,
    seed: int = 0,
) -> Diagnosis | None:
    """Find how sure figures are, on what they rest, where they are weak and what looks wrong.

    Args:
        predict: Function that gives probabilities, shape `(rows,)`, of a DataFrame with the raw columns.
        train: Train rows with the raw columns, and their labels.
        test: Test rows with the same columns, and their labels.
        probabilities: Probabilities on the test rows by name, shape `(rows,)` each: `intent_tf` and the
            baselines.
        kinds: The columns that the model takes, and their kinds.
        threshold: Decision threshold. Defaults to 0.5.
        groups: Test rows that are no independent evidence, such as the prefixes of one session, have the same
            value, shape `(rows,)`. Defaults to each row for itself.
        seed: Seed of draws and shuffles. Defaults to 0.

    Returns:
        The findings, in plain Python; None with less than 10 rows of a class among train or test rows, which
        say too little.

    Raises:
        InputError: If labels and probabilities do not match, or a column does not exist.

    Example:
        >>> frame = pd.DataFrame({"pages": np.linspace(0, 1, 200)})
        >>> rows = (frame, (frame["pages"] > 0.5).astype(int))
        >>> probabilities = {"intent_tf": frame["pages"], "constant_rate": [0.5] * 200}
        >>> diagnosis = diagnose(lambda rows: rows["pages"], rows, rows, probabilities, {"pages": "number"})
        >>> diagnosis.leaks[0]["column"]
        'pages'
    """
    labels = [check_arrays(label, np.zeros(len(frame)))[0] for frame, label in (train, test)]
    if min(min(label.sum(), (1 - label).sum()) for label in labels) < 10:
        return None
    (train_frame, _), (frame, _), label = train, test, labels[1]
    # As many draws as take some seconds: with more rows, intervals are narrower and need fewer.
    draws: dict[str, Any] = {
        "groups": groups,
        "seed": seed,
        "resamples": int(np.clip(2e7 / len(label), 200, 1000)),
    }
    named = {name: probability for name, probability in probabilities.items() if name not in NOT_COMPARED}
    rivals = [name for name in named if name != MODEL]

    sequences = [column for column, kind in kinds.items() if kind == "sequence"]
    # The sequences of a session are equally long: one of them tells all.
    told_apart = {column: kind for column, kind in kinds.items() if column not in sequences[1:]}
    times = frame.columns.difference(list(kinds)).intersection(frame.select_dtypes("datetimetz").columns)
    sliced = {column: kind for column, kind in told_apart.items() if kind != "number"}
    slices = find_slices(frame, {**sliced, **dict.fromkeys(times, "time")})

    alone = {column: [column] for column in kinds if column not in sequences}
    shuffled = {**alone, "session": sequences} if sequences else alone
    return Diagnosis(
        intervals={
            name: bootstrap_intervals(label, probability, **draws) for name, probability in named.items()
        },
        comparison={name: compare(label, named[MODEL], named[name], **draws) for name in rivals},
        leaks=find_leaks(train_frame, labels[0], told_apart, seed=seed),
        drift=evaluate_drift(train_frame, frame, told_apart),
        slices=evaluate_slices(slices, label, named, threshold),
        importance=permutation_importance(predict, frame, label, shuffled, rows=2000, seed=seed),
    )
