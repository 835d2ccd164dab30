"""Calibrates a trained model on its validation rows and evaluates it on its test rows, beside baselines."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from intent_tf.columns.prepared import PreparedData
from intent_tf.columns.rows import Rows
from intent_tf.data.example_source import ExampleSource
from intent_tf.data.predictions import FloatArray, Labels, Predictions
from intent_tf.evaluation.actions import evaluate_actions
from intent_tf.evaluation.baseline_rows import baseline_table
from intent_tf.evaluation.baseline_table import BaselineTable
from intent_tf.evaluation.baselines import fit_on_all
from intent_tf.evaluation.better_baseline import find_better_baseline
from intent_tf.evaluation.calibration_check import check_calibration
from intent_tf.evaluation.diagnosis import Diagnosis, diagnose
from intent_tf.evaluation.early import early_quality
from intent_tf.evaluation.metrics import evaluate_all, expected_calibration_error
from intent_tf.evaluation.ngrams import strongest_ngrams
from intent_tf.evaluation.run_metrics import RunMetrics
from intent_tf.evaluation.threshold import choose_threshold
from intent_tf.models.intent_model import IntentModel
from intent_tf.training.calibration import fit_calibrator


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
    held_out: FloatArray | None = None,
) -> Evaluation:
    """Calibrate and choose thresholds on validation rows, then evaluate on test rows.

    Baselines, the teacher and the optimum get their thresholds from the same rows in the same way. Baselines
    learn from train and validation rows, as trees and linear part of a model do.

    Args:
        model: A trained model, which stays as it is.
        data: Training, validation and test rows.
        examples: The source of the rows, which names counts, the optimum's column and the column of slices.
        cost_fp: Cost of acting on a shopper who does not buy.
        cost_fn: Cost of missing one who buys. With both, thresholds have the least expected cost; without,
            the largest F1.
        diagnosis: Whether to find out how sure the figures are and what they rest on too, which takes many
            predictions.
        seed: Seed of the baselines.
        teacher: A model that this one learnt from, which is one more baseline.
        held_out: What the model's parts say of the validation rows without having learnt from them, as
            `intent_tf.training.parts.fit_parts` returns it. Defaults to what the model says of them.

    Returns:
        The calibrated model, its metrics, and the probabilities that they are of.
    """
    labels, frame = _labels(data.test), data.test.frame
    chosen_by = _labels(data.validation)
    uncalibrated = model.predict(data.test)
    validation = model.predict(data.validation) if held_out is None else held_out
    calibrator, calibration = fit_calibrator(Predictions.of(chosen_by, validation))
    tables = [baseline_table(rows, data.preprocessor) for rows in (data.train, data.validation, data.test)]
    rivals = _rivals(tables, data, examples, teacher, seed)
    validations = {"intent_tf": calibrator(validation), **{name: pair[0] for name, pair in rivals.items()}}
    thresholds = {
        name: choose_threshold(Predictions.of(chosen_by, each), cost_fp, cost_fn)
        for name, each in validations.items()
    }
    model = model.with_calibration(calibrator, thresholds["intent_tf"])

    model.predict(frame.iloc[:1])  # traces the graph, which says nothing about the rows a second
    started = time.perf_counter()
    calibrated = model.predict(frame)
    seconds = time.perf_counter() - started
    compared = {"intent_tf": calibrated, **{name: pair[1] for name, pair in rivals.items()}}
    baselines = evaluate_all(labels, compared, thresholds)
    test, optimum = baselines.pop("intent_tf"), baselines.pop("optimum", None)
    actions = None
    if data.test.grade is not None and data.train.grade is not None:
        predicted = model.predict_actions(data.test).to_numpy()
        train = (data.train.grade, data.train.weight)
        actions = evaluate_actions(data.test.grade, labels.weight, predicted, *train)
    slices = early = None
    if examples.slice_by is not None:
        slices = {
            str(value): evaluate_all(labels, compared, thresholds, np.asarray(rows))
            for value, rows in frame.groupby(examples.slice_by).indices.items()
        }
    if {"session_id", "events"} <= examples.excluded.keys():
        early = early_quality(frame["session_id"], frame["events"], labels, compared, thresholds)
    names = (model.preprocessor.category_names, model.preprocessor.number_names)
    metrics = RunMetrics(
        test=test,
        ece_uncalibrated=expected_calibration_error(Predictions.of(labels, uncalibrated)),
        baselines=baselines,
        optimum=optimum,
        actions=actions,
        slices=slices,
        early=early,
        source_counts=examples.counts,
        cleaning=data.cleaning,
        split=data.split,
        parts=None if model.stack is None else model.stack.shares(),
        crosses=tuple(model.stack.cross_names(*names)) or None if model.stack else None,
        calibration=calibration,
        calibration_check=check_calibration(Predictions.of(labels, calibrated), _groups(data), seed),
        throughput={"predict_rows_per_second": round(len(labels) / seconds)},
        better_baseline=find_better_baseline(labels, compared, test, baselines, _groups(data), seed),
        baseline_inputs=tables[0].inputs,
    )
    if diagnosis:
        findings = _diagnose(model, data, compared, thresholds, seed)
        metrics = replace(
            metrics,
            diagnosis=findings,
            ngrams={part: strongest_ngrams(model, data.test, part) for part in ("text", "session")},
            slices={**(findings.slices if findings else {}), **(slices or {})},
        )
    return Evaluation(model, metrics, {"intent_tf": calibrated, "uncalibrated": uncalibrated, **compared})


def _rivals(
    tables: Sequence[BaselineTable],
    data: PreparedData,
    examples: ExampleSource,
    teacher: IntentModel | None,
    seed: int,
) -> dict[str, list[np.ndarray]]:
    """Probabilities on validation and on test rows of the baselines, the teacher and the optimum, by name."""
    parts = (data.validation, data.test)
    train, validation, test = tables
    fitted = fit_on_all(train, _labels(data.train), validation, _labels(data.validation), seed)
    rivals = {name: [held_out, final.predict(test)] for name, (held_out, final) in fitted.items()}
    if teacher is not None:
        rivals["teacher"] = [teacher.predict(rows.frame) for rows in parts]
    if examples.optimum is not None:
        rivals["optimum"] = [rows.frame[examples.optimum].to_numpy(np.float64) for rows in parts]
    return rivals


def _diagnose(
    model: IntentModel,
    data: PreparedData,
    probabilities: Mapping[str, np.ndarray],
    thresholds: Mapping[str, float],
    seed: int,
) -> Diagnosis | None:
    return diagnose(
        model.predict,
        (data.train.frame, _labels(data.train)),
        (data.test.frame, _labels(data.test)),
        {name: probability for name, probability in probabilities.items() if name != "optimum"},
        {column.name: column.kind for column in data.specification.columns},
        thresholds,
        _groups(data),
        seed,
    )


def _groups(data: PreparedData) -> pd.Series | None:
    return data.test.frame[data.split.group] if data.split.group else None


def _labels(rows: Rows) -> Labels:
    return Labels(rows.label, rows.weight)
