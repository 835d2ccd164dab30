"""How soon intent is seen: quality after the first events of a session."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from intent_tf.data.predictions import Labels
from intent_tf.evaluation.metrics import Metrics, evaluate_all

STEPS = (1, 3, 5, 10)


def early_quality(
    session: ArrayLike,
    events: ArrayLike,
    labels: Labels,
    probabilities: Mapping[str, ArrayLike],
    thresholds: Mapping[str, float] | None = None,
    steps: Sequence[int] = STEPS,
) -> dict[str, dict[str, Metrics]]:
    """Evaluate models by their probabilities after the first events of each session.

    Of every session its latest example with no more visible events is taken, so that each session counts
    once at every step, a short one with all that it has.

    Args:
        session: Session of each example, shape `(rows,)`.
        events: Number of visible events of each example, shape `(rows,)`.
        labels: Labels and weights.
        probabilities: Probabilities of each model by name, shape `(rows,)` each.
        steps: Numbers of events. Defaults to 1, 3, 5 and 10.
        thresholds: Decision threshold of each model by name. Defaults to 0.5 each.

    Returns:
        The metrics by step, as text, and by model; steps at which no example is, or one class only, are
        excluded.

    Raises:
        InputError: If probabilities do not match the labels.

    Example:
        >>> said = {"intent_tf": [0.4, 0.9, 0.5, 0.2]}
        >>> labels = Labels.unweighted([1, 1, 0, 0])
        >>> early = early_quality(["a", "a", "b", "b"], [1, 3, 1, 2], labels, said, steps=(1, 3))
        >>> {step: models["intent_tf"].auroc for step, models in early.items()}
        {'1': 0.0, '3': 1.0}
    """
    frame = pd.DataFrame({"session": np.asarray(session), "events": np.asarray(events)})
    metrics = {}
    for step in steps:
        seen = frame[frame["events"] <= step]
        rows = seen.sort_values("events", kind="stable").groupby("session").tail(1).index.to_numpy()
        if len(np.unique(labels.label[rows])) == 2:
            metrics[str(step)] = evaluate_all(labels, probabilities, thresholds, rows)
    return metrics
