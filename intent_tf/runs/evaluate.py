"""What `evaluate` does: it says how good a trained model is on a labelled table."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from intent_tf.columns.input_facts import InputFacts
from intent_tf.data.adapters import example_table
from intent_tf.data.cleaning import with_labels
from intent_tf.data.facts import Facts
from intent_tf.data.labels import label_rule, read_labels, tell_labels
from intent_tf.data.output_folder import check_output_file
from intent_tf.data.predictions import Labels, Predictions
from intent_tf.data.sample_weights import read_weights
from intent_tf.data.specification import PositiveLabel
from intent_tf.data.tables import Table, TableFile
from intent_tf.errors import InputError
from intent_tf.evaluation.better_baseline import find_better_baseline
from intent_tf.evaluation.metrics import evaluate
from intent_tf.evaluation.monitoring import Monitoring
from intent_tf.evaluation.run_metrics import RunMetrics
from intent_tf.evaluation.table import metrics_table
from intent_tf.evaluation.threshold import choose_threshold
from intent_tf.options.evaluate import EvaluateConfig
from intent_tf.runs.monitor import monitor_rows
from intent_tf.serving.request_logs import is_request_log, read_request_log
from intent_tf.serving.trained_model import ModelFacts, TrainedModel, open_model

#: The threshold where a model does not tell its own.
_THRESHOLD = 0.5


def evaluate_file(model_path: str | Path, config: EvaluateConfig) -> RunMetrics | Monitoring:
    """Evaluate a model on a table, beside the table's constant rate, and say whether to train it again.

    Returns:
        The metrics of the model and of the baseline ``constant_rate``; of rows without labels how far they
        are from those of the training.

    Raises:
        InputError: If the table or the model is not usable.
    """
    given, rejected = config.data or config.events, None
    if config.out is not None:
        rejected = f"{config.out}.rejected.csv"
        for written in (config.out, rejected):
            check_output_file(written, given, model_path)
    model = open_model(model_path, trust=config.trust)
    if is_request_log(config.data):
        rows = read_request_log(config.data, model.specification)
        return _without_labels(model_path, model, rows, Facts(), config)
    learnt, label = model.specification.session, config.label or model.facts.label
    with example_table(
        config.data, config.events, config, learnt=learnt, label=label, rejected=rejected
    ) as data:
        file = TableFile(data, model.specification.file, encoding=config.encoding, name=given)
        table = Table(file.frame(), file)
    if config.unlabelled:
        facts = Facts()
        table.file.tell(facts)
        return _without_labels(model_path, model, table.frame, facts, config)
    return _evaluate_table(model_path, model, table, config)


def _without_labels(
    model_path: str | Path, model: TrainedModel, frame: pd.DataFrame, facts: Facts, config: EvaluateConfig
) -> Monitoring:
    facts.tell("file", config.data or config.events)
    facts.tell("rows", len(frame))
    probability = _probabilities(model, frame, facts, ())
    weight = _weights(frame, model.facts, config)
    monitoring = monitor_rows(model_path, model, frame, probability, weight, None, config)
    _write({"monitoring": asdict(monitoring)}, config)
    return monitoring


def _probabilities(
    model: TrainedModel, frame: pd.DataFrame, facts: Facts, known: Sequence[str | None]
) -> np.ndarray:
    """Score rows, and print what was found of them; columns that are known are read otherwise."""
    counted = InputFacts(model.specification)
    with facts.taking_warnings():
        counted.add(frame)
        probability = model.scorer.predict(frame)
    counted.tell(facts, [name for name in frame.columns if name not in known])
    print(f"{facts.written()}\n")
    return probability


def _write(metrics: dict[str, Any], config: EvaluateConfig) -> None:
    if config.out is not None:
        Path(config.out).write_text(json.dumps(metrics, indent=2, ensure_ascii=False) + "\n", "utf-8")
        print(config.out)


def _evaluate_table(
    model_path: str | Path, model: TrainedModel, table: Table, config: EvaluateConfig
) -> RunMetrics:
    facts = Facts()
    frame, label = _labelled(table.frame, model.facts, config, facts)
    labels = Labels(label, _weights(frame, model.facts, config))
    threshold = model.facts.threshold if config.threshold is None else config.threshold
    if threshold is None:
        print(f"note: {model_path} does not tell the model's threshold, so it is {_THRESHOLD} (--threshold)")
        threshold = _THRESHOLD
    table.file.tell(facts)
    known = (config.label or model.facts.label, config.weight or model.facts.weight)
    probability = _probabilities(model, frame, facts, known)
    # Learnt from this table, as its threshold is.
    rate = Predictions.of(labels, np.full(len(labels), labels.rate))
    predicted = Predictions.of(labels, probability)
    test = evaluate(predicted, threshold)
    baselines = {"constant_rate": evaluate(rate, choose_threshold(rate))}
    compared = {"intent_tf": predicted.probability, "constant_rate": rate.probability}
    better = find_better_baseline(labels, compared, test, baselines)
    print(metrics_table(test, baselines))
    if better:
        print(f"note: {better}")
    print()
    monitoring = monitor_rows(model_path, model, frame, probability, labels.weight, predicted, config)
    metrics = RunMetrics(test=test, baselines=baselines, better_baseline=better, monitoring=monitoring)
    _write(metrics.as_dict(), config)
    return metrics


def _weights(frame: pd.DataFrame, facts: ModelFacts, config: EvaluateConfig) -> np.ndarray:
    """Read the weights of the training's column, or of the one that the options name."""
    name = config.weight or facts.weight
    if name is None or (name not in frame.columns and config.weight is None):
        if name is not None:
            print(f"note: no column {name!r} of sample weights, as in training: rows count alike (--weight)")
        return np.ones(len(frame))
    if name not in frame.columns:
        expected = ", ".join(map(str, frame.columns))
        raise InputError(f"no column {name!r}", file=config.data or config.events, expected=expected)
    return read_weights(frame[name], config.data or config.events)


def _labelled(
    frame: pd.DataFrame, model: ModelFacts, config: EvaluateConfig, facts: Facts
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the rows with a label, which is read as in training, or as the options say."""
    name = config.label or model.label
    if not name:
        raise InputError("the model does not tell its label", expected="--label COLUMN")
    if name not in frame.columns:
        raise InputError(
            f"no label column {name!r}",
            file=config.data or config.events,
            expected=", ".join(map(str, frame.columns)),
        )
    facts.tell("rows", len(frame))
    labelled = with_labels(frame, name, file=config.data or config.events)
    if len(labelled) < len(frame):
        facts.tell("rows excluded: without a label", len(frame) - len(labelled))
    rule: tuple[PositiveLabel, tuple[str, ...] | None] = model.positive, model.negative
    if config.positive or not model.label:
        rule = label_rule(labelled[name], name, config.positive, file=config.data or config.events)
    labels = read_labels(labelled[name], name, *rule, file=config.data or config.events)
    tell_labels(facts, labelled[name], labels)
    return labelled, labels
