"""Calibrates a trained model on its validation rows and evaluates it on its test rows, beside baselines."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from intent_tf.columns.prepared import PreparedData
from intent_tf.data.example_source import ExampleSource
from intent_tf.evaluation.actions import evaluate_actions
from intent_tf.evaluation.baseline_rows import baseline_table
from intent_tf.evaluation.baselines import fit_baselines
from intent_tf.evaluation.calibration import fit_calibrator
from intent_tf.evaluation.diagnosis import Diagnosis, diagnose
from intent_tf.evaluation.early import early_quality
from intent_tf.evaluation.metrics import evaluate
from intent_tf.evaluation.ngrams import strongest_ngrams
from intent_tf.evaluation.run_metrics import RunMetrics
from intent_tf.evaluation.slices import evaluate_slices
from intent_tf.evaluation.threshold import choose_threshold
from intent_tf.models.intent_model import IntentModel


@dataclass(frozen=True)
class Evaluation:
    """What `evaluate_model` found.

    Args:
        model: The model with its calibrator and threshold.
        metrics: The figures of the model, of the baselines and of the data.
        probabilities: Probabilities on the test rows by name: ``intent_tf``, ``uncalibrated``, each baseline,
            ``optimum`` (where it is known).
    """

    model: IntentModel
    metrics: RunMetrics
    probabilities: Mapping[str, np.ndarray]


def evaluate_model(
    model: IntentModel,
    data: PreparedData,
    examples: ExampleSource,
    *,
    cost_fp: float | None = None,
    cost_fn: float | None = None,
    diagnosis: bool = False,
    seed: int = 0,
    teacher: IntentModel | None = None,
) -> Evaluation:
    """Calibrate and choose the threshold on validation rows, then evaluate on test rows.

    Args:
        model: A trained model, which stays as it is.
        data: Training, validation and test rows.
        examples: The source of the rows, which names counts, the optimum's column and the column of slices.
        cost_fp: Cost of acting on a shopper who does not buy.
        cost_fn: Cost of missing one who buys. With both, the threshold has the least expected cost;
            without, the largest F1.
        diagnosis: Whether to find out how sure the figures are and what they rest on too, which takes many
            predictions.
        seed: Seed of the baselines.
        teacher: A model that this one learnt from, which is one more baseline.

    Returns:
        The calibrated model, its metrics, and the probabilities that they are of.
    """
    label, frame = data.test.label, data.test.frame
    uncalibrated = model.predict(data.test)
    validation = model.predict(data.validation)
    calibrator, calibration = fit_calibrator(data.validation.label, validation)
    threshold = choose_threshold(data.validation.label, calibrator(validation), cost_fp, cost_fn)
    model = model.with_calibration(calibrator, threshold)

    model.predict(frame.iloc[:1])  # traces the graph, which says nothing about the rows a second
    started = time.perf_counter()
    probabilities = {"intent_tf": model.predict(frame), "uncalibrated": uncalibrated}
    seconds = time.perf_counter() - started
    baselines = {}
    train_inputs, test_inputs = (baseline_table(rows, data.preprocessor) for rows in (data.train, data.test))
    for name, baseline in fit_baselines(train_inputs, data.train.label, seed).items():
        probabilities[name] = baseline.predict(test_inputs)
        baselines[name] = evaluate(label, probabilities[name])
    if teacher is not None:
        probabilities["teacher"] = teacher.predict(frame)
        baselines["teacher"] = evaluate(label, probabilities["teacher"], teacher.threshold)
    if examples.optimum is not None:
        probabilities["optimum"] = frame[examples.optimum].to_numpy(float)
    actions = None
    if data.test.grade is not None and data.train.grade is not None:
        predicted = model.predict_actions(data.test).to_numpy()
        actions = evaluate_actions(data.test.grade, predicted, data.train.grade)
    compared = {name: each for name, each in probabilities.items() if name != "uncalibrated"}
    slices = early = None
    if examples.slice_by is not None:
        parts = frame.groupby(examples.slice_by).indices
        slices = evaluate_slices(
            {str(value): np.asarray(rows) for value, rows in parts.items()}, label, compared, threshold
        )
    if {"session_id", "events"} <= examples.excluded.keys():
        early = early_quality(frame["session_id"], frame["events"], label, compared)
    metrics = RunMetrics(
        test=evaluate(label, probabilities["intent_tf"], threshold),
        ece_uncalibrated=evaluate(label, uncalibrated).ece,
        baselines=baselines,
        optimum=evaluate(label, probabilities["optimum"]) if "optimum" in probabilities else None,
        actions=actions,
        slices=slices,
        early=early,
        source_counts=examples.counts,
        cleaning=data.cleaning,
        split=data.split,
        calibration=calibration,
        throughput={"predict_rows_per_second": round(len(label) / seconds)},
    )
    if diagnosis:
        findings = _diagnose(model, data, compared, seed)
        metrics = replace(
            metrics,
            diagnosis=findings,
            ngrams={part: strongest_ngrams(model, data.test, part) for part in ("text", "session")},
            slices={**(findings.slices if findings else {}), **(slices or {})},
        )
    return Evaluation(model, metrics, probabilities)


def _diagnose(
    model: IntentModel, data: PreparedData, probabilities: Mapping[str, np.ndarray], seed: int
) -> Diagnosis | None:
    group = data.split.group
    return diagnose(
        model.predict,
        (data.train.frame, data.train.label),
        (data.test.frame, data.test.label),
        {name: probability for name, probability in probabilities.items() if name != "optimum"},
        {column.name: column.kind for column in data.specification.columns},
        model.threshold,
        data.test.frame[group] if group else None,
        seed,
    )
