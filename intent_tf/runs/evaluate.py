"""`python -m intent_tf.evaluate MODEL --data FILE`: how good a trained model is on a labelled table.

Of a version folder, also one that an earlier version of intent_tf wrote, the SavedModel runs. It is a
program: take it from those you trust only. All figures come from its probabilities; docs/compatibility.md
tells what else a report shows that needs the model itself.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from intent_tf.data.labels import find_positive, read_labels
from intent_tf.data.tables import read_table
from intent_tf.errors import InputError
from intent_tf.evaluation.metrics import evaluate
from intent_tf.evaluation.run_metrics import RunMetrics
from intent_tf.evaluation.table import metrics_table
from intent_tf.options.evaluate import EvaluateConfig
from intent_tf.serving.model_facts import ModelFacts
from intent_tf.serving.trained_model import open_model

#: The threshold where a model does not tell its own.
_THRESHOLD = 0.5


def evaluate_file(model_path: str | Path, config: EvaluateConfig) -> RunMetrics:
    """Evaluate a model on a table, beside the table's constant rate.

    Args:
        model_path: A version folder, a folder of versions, or a ``.keras`` file.
        config: The table, its label column and the threshold.

    Returns:
        The metrics of the model and of the baseline ``constant_rate``.

    Raises:
        InputError: If the table or the model is not usable.
    """
    model = open_model(model_path, trust=config.trust)
    frame = read_table(config.data).frame
    label = _labels(frame, model.facts, config)
    threshold = model.facts.threshold if config.threshold is None else config.threshold
    if threshold is None:
        print(f"note: {model_path} does not tell the model's threshold, so it is {_THRESHOLD} (--threshold)")
        threshold = _THRESHOLD
    rate = np.full(len(label), label.mean())
    metrics = RunMetrics(
        test=evaluate(label, model.scorer.predict(frame), threshold),
        baselines={"constant_rate": evaluate(label, rate)},
    )
    print(metrics_table(metrics.test, metrics.baselines))
    if config.out is not None:
        Path(config.out).write_text(json.dumps(metrics.as_dict(), indent=2) + "\n")
        print(config.out)
    return metrics


def _labels(frame: pd.DataFrame, facts: ModelFacts, config: EvaluateConfig) -> np.ndarray:
    """Read the label column as the training did, or as the options say."""
    name = config.label or facts.label
    if not name:
        raise InputError("the model does not tell its label", expected="--label COLUMN")
    if name not in frame.columns:
        raise InputError(
            f"no label column {name!r}", file=config.data, expected=", ".join(map(str, frame.columns))
        )
    positive = config.positive or facts.positive
    if positive is None and not facts.label:
        positive = find_positive(frame[name], name, file=config.data)
    return read_labels(frame[name], name, positive, file=config.data)
