"""`python -m intent_tf.evaluate MODEL --data FILE`: how good a trained model is on a labelled table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from intent_tf.data.labels import read_labels
from intent_tf.data.tables import read_table
from intent_tf.errors import InputError
from intent_tf.evaluation.metrics import evaluate
from intent_tf.evaluation.run_metrics import RunMetrics
from intent_tf.evaluation.table import metrics_table
from intent_tf.options.command_line import parse_configuration, run_verb
from intent_tf.serving.loading import load_model


@dataclass(frozen=True)
class EvaluateConfig:
    """Evaluation.

    Args:
        data: Labelled table with the model's raw columns: .csv, .tsv, .jsonl or .parquet.
        label: Label column; the one that the model was trained on, unless given.
        threshold: Probability from which on a purchase is predicted, in [0, 1]; the model's, unless given.
        out: JSON file to write the metrics to.
        trust: Run the graph of a SavedModel that somebody else made, where the model's encoder is one.
    """

    data: str = ""
    label: str | None = None
    threshold: float | None = None
    out: str | None = None
    trust: bool = False

    def __post_init__(self) -> None:
        if not self.data:
            raise InputError("--data is not given", expected="--data FILE")


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
    model = load_model(model_path, trust=config.trust)
    frame = read_table(config.data).frame
    specification = model.preprocessor.specification
    name = config.label or specification.label
    if name not in frame.columns:
        raise InputError(
            f"no label column {name!r}", file=config.data, expected=", ".join(map(str, frame.columns))
        )
    label = read_labels(frame[name], name, specification.positive, file=config.data)
    threshold = model.threshold if config.threshold is None else config.threshold
    rate = np.full(len(label), label.mean())
    metrics = RunMetrics(
        test=evaluate(label, model.predict(frame), threshold),
        baselines={"constant_rate": evaluate(label, rate)},
    )
    print(metrics_table(metrics.test, metrics.baselines))
    if config.out is not None:
        Path(config.out).write_text(json.dumps(metrics.as_dict(), indent=2) + "\n")
        print(config.out)
    return metrics


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and evaluate."""
    (config,), positional = parse_configuration(
        "evaluate", __doc__ or "", (EvaluateConfig,), arguments, {"model": "folder that `train` wrote"}
    )
    evaluate_file(positional.model, config)


if __name__ == "__main__":
    run_verb(main)
