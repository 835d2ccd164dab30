"""Finishes a trained model on its validation rows and measures it on its test rows, beside baselines."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from intent_tf.columns.prepared import PreparedData
from intent_tf.data.example_source import ExampleSource
from intent_tf.evaluation.actions import evaluate_actions
from intent_tf.evaluation.baseline_rows import baseline_table
from intent_tf.evaluation.baselines import fit_baselines
from intent_tf.evaluation.calibration import fit_calibrator
from intent_tf.evaluation.diagnosis import diagnose
from intent_tf.evaluation.early import early_quality
from intent_tf.evaluation.metrics import evaluate
from intent_tf.evaluation.ngrams import strongest_ngrams
from intent_tf.evaluation.threshold import choose_threshold
from intent_tf.models.intent_model import IntentModel


@dataclass(frozen=True)
class Evaluation:
    """What `evaluate_model` found.

    Args:
        model: The model with its calibrator and threshold.
        metrics: The content of ``metrics.json``: ``test``, ``baselines``, ``optimum`` (where it is known),
            ``actions`` (graded labels), ``slices``, ``early`` (event logs), ``cleaning``, ``split``,
            ``calibration``, ``throughput``.
        probabilities: On the test rows, by name: ``intent_tf``, ``uncalibrated``, each baseline, ``optimum``.
    """

    model: IntentModel
    metrics: dict[str, Any]
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
    """Calibrate and choose the threshold on validation rows, then measure on test rows.

    Args:
        model: Trained; it stays as it is.
        data: The rows.
        examples: Where they came from: counts, the optimum's column, the column of slices.
        cost_fp: Cost of acting on a shopper who does not buy.
        cost_fn: Cost of missing one who buys. With both, the threshold has the least expected cost;
            without, the largest F1.
        diagnosis: Find out how sure the figures are and what they rest on too, which takes many predictions.
        seed: Of the baselines.
        teacher: A model that this one learnt from: one more baseline.
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
    test = evaluate(label, probabilities["intent_tf"], threshold)
    test["ece_uncalibrated"] = evaluate(label, uncalibrated)["ece"]
    metrics: dict[str, Any] = {"test": test, "baselines": {}}
    known, asked = (baseline_table(rows, data.preprocessor) for rows in (data.train, data.test))
    for name, baseline in fit_baselines(known, data.train.label, seed).items():
        probabilities[name] = baseline.predict(asked)
        metrics["baselines"][name] = evaluate(label, probabilities[name])
    if teacher is not None:
        probabilities["teacher"] = teacher.predict(frame)
        metrics["baselines"]["teacher"] = evaluate(label, probabilities["teacher"], teacher.threshold)
    if examples.optimum is not None:
        probabilities["optimum"] = frame[examples.optimum].to_numpy(float)
        metrics["optimum"] = evaluate(label, probabilities["optimum"])
    if data.test.grade is not None and data.train.grade is not None:
        actions = model.predict_actions(data.test).to_numpy()
        metrics["actions"] = evaluate_actions(data.test.grade, actions, data.train.grade)
    if examples.slice_by is not None:
        metrics["slices"] = {
            str(value): {
                name: evaluate(label[rows], probability[rows], threshold)
                for name, probability in probabilities.items()
                if name != "uncalibrated"
            }
            for value, rows in frame.groupby(examples.slice_by).indices.items()
        }
    if {"session_id", "events"} <= examples.excluded.keys():
        said = {name: probability for name, probability in probabilities.items() if name != "uncalibrated"}
        metrics["early"] = early_quality(frame["session_id"], frame["events"], label, said)
    metrics |= {
        "cleaning": {**examples.counts, **data.cleaning},
        "split": data.split,
        "calibration": calibration,
        "throughput": {"predict_rows_per_second": round(len(label) / seconds)},
    }
    if diagnosis:
        metrics = _diagnosed(metrics, model, data, probabilities, seed)
    return Evaluation(model, metrics, probabilities)


def _diagnosed(
    metrics: dict[str, Any],
    model: IntentModel,
    data: PreparedData,
    probabilities: dict[str, np.ndarray],
    seed: int,
) -> dict[str, Any]:
    group = data.split.get("group")
    found = diagnose(
        model.predict,
        (data.train.frame, data.train.label),
        (data.test.frame, data.test.label),
        {
            name: probability
            for name, probability in probabilities.items()
            if name not in ("uncalibrated", "optimum")
        },
        {column.name: column.kind for column in data.specification.columns},
        model.threshold,
        data.test.frame[group] if group else None,
        seed,
    )
    found["ngrams"] = {part: strongest_ngrams(model, data.test, part) for part in ("text", "session")}
    return {**found, **metrics, "slices": {**found.get("slices", {}), **metrics.get("slices", {})}}
