"""How soon intent is seen: quality after the first events of a session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from intent_tf.evaluation.metrics import Metrics, evaluate

STEPS = (1, 3, 5, 10)


def early_quality(
    session: ArrayLike,
    events: ArrayLike,
    label: ArrayLike,
    probabilities: Mapping[str, ArrayLike],
    steps: Sequence[int] = STEPS,
) -> dict[str, dict[str, Metrics]]:
    """Evaluate models by their probabilities after the first events of each session.

    Of every session its latest example with no more visible events is taken, so that each session counts
    once at every step, a short one with all that it has.

    Args:
        session: Session of each example, shape `(rows,)`.
        events: Number of visible events of each example, shape `(rows,)`.
        label: 0 or 1, shape `(rows,)`.
        probabilities: Probabilities of each model by name, shape `(rows,)` each.
        steps: Numbers of events. Defaults to 1, 3, 5 and 10.

    Returns:
        The metrics by step, as text, and by model; steps at which no example is, or one class only, are
        excluded.

    Raises:
        InputError: As `intent_tf.evaluation.metrics.evaluate`.

    Example:
        >>> early = early_quality(
        ...     ["a", "a", "b", "b"], [1, 3, 1, 2], [1, 1, 0, 0], {"intent_tf": [0.4, 0.9, 0.5, 0.2]}, (1, 3))
        >>> {step: models["intent_tf"].auroc for step, models in early.items()}
        {'1': 0.0, '3': 1.0}
    """
    frame = pd.DataFrame({"session": np.asarray(session), "events": np.asarray(events)})
    label, metrics = np.asarray(label), {}
    for step in steps:
        seen = frame[frame["events"] <= step]
        rows = seen.sort_values("events", kind="stable").groupby("session").tail(1).index.to_numpy()
        if len(np.unique(label[rows])) == 2:
            metrics[str(step)] = {
                name: evaluate(label[rows], np.asarray(probability)[rows])
                for name, probability in probabilities.items()
            }
    return metrics
