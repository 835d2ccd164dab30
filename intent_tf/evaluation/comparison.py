"""What several models reach on the same folds: means, intervals, and whether they really differ."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intent_tf.data.predictions import FloatArray, Labels, Predictions
from intent_tf.evaluation.bootstrap import BOOTSTRAPPED, bootstrap_intervals, compare
from intent_tf.evaluation.calibration_check import CalibrationCheck, check_calibration
from intent_tf.evaluation.difference import Difference
from intent_tf.evaluation.metrics import evaluate, expected_calibration_error
from intent_tf.evaluation.paired_test import corrected_t_test

MODEL, WHOLE = "intent_tf", "all"
FIGURES = ("auroc", "auprc", "log_loss", "brier", "f1_negative")


@dataclass(frozen=True)
class Trial:
    """What the models predict for the test rows of one fold, trained with one seed.

    Args:
        fold: Index of the fold.
        seed: Seed of the training.
        labels: Labels and weights.
        probabilities: Probabilities of each model by name, shape `(rows,)` each.
        thresholds: Threshold of each model by name, chosen on validation rows.
        seconds: Seconds that each model took to fit and to predict.
        slices: Part of the test rows of each row, shape `(rows,)`, whose figures stand for themselves; None
            for one part.
        groups: Rows of the same value are no independent evidence, shape `(rows,)`; None for each alone.
    """

    fold: int
    seed: int
    labels: Labels
    probabilities: Mapping[str, FloatArray]
    thresholds: Mapping[str, float]
    seconds: Mapping[str, float]
    slices: NDArray[np.object_] | None = None
    groups: NDArray[np.generic] | None = None


@dataclass(frozen=True)
class Figure:
    """A figure of a model.

    Args:
        mean: Mean over folds and seeds.
        deviation: Standard deviation over the seeds; 0 for one.
        low: Lower end of the interval of 95 %, where it is known.
        high: Upper end.
    """

    mean: float
    deviation: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class ComparedModel:
    """The figures of a model on all folds.

    Args:
        figures: Each of `FIGURES` by name.
        ece: Expected calibration error over the test rows of all folds together, since that of few rows is
            mostly chance.
        calibration: The check of the same rows, trained with the first seed; None where one cannot be made.
        seconds: Mean seconds of a fit.
    """

    figures: Mapping[str, Figure]
    ece: float
    calibration: CalibrationCheck | None
    seconds: float


@dataclass(frozen=True)
class Comparison:
    """What `summarise` found.

    Args:
        data: Name of the data.
        rows: Number of test rows, those of all folds together.
        folds: Number of folds.
        seeds: Trainings of every model on every fold.
        dropped: Columns that no model gets.
        models: The figures by slice (`all` where there are none) and model.
        tests: Our model minus each rival, by slice, rival and AUROC, AUPRC or log loss.
    """

    data: str
    rows: int
    folds: int
    seeds: int
    dropped: Sequence[str]
    models: Mapping[str, Mapping[str, ComparedModel]]
    tests: Mapping[str, Mapping[str, Mapping[str, Difference]]]

    def as_dict(self) -> dict[str, Any]:
        """Lay it out as ``comparison.json`` has it: figures beside `ece`, without ends that are unknown."""
        written = asdict(self)
        for models in written["models"].values():
            for name, model in models.items():
                figures = {
                    key: {part: value for part, value in figure.items() if value is not None}
                    for key, figure in model.pop("figures").items()
                }
                models[name] = figures | model
        return written


def summarise(trials: Sequence[Trial], data: str = "", dropped: Sequence[str] = ()) -> Comparison:
    """Evaluate all models on all folds.

    With several folds, intervals and p-values are those of `corrected_t_test` over the folds (figures of a
    fold are means over its seeds); with one, those of the paired bootstrap over its test rows.

    Args:
        trials: One trial of every fold with every seed; all have the same models.
        data: Name of the data.
        dropped: Columns that no model got.
    """
    first = trials[0]
    names = [WHOLE] if first.slices is None else list(dict.fromkeys(first.slices.tolist()))
    folds, seeds = len({trial.fold for trial in trials}), sorted({trial.seed for trial in trials})
    models: dict[str, dict[str, ComparedModel]] = {}
    tests: dict[str, dict[str, dict[str, Difference]]] = {}
    for name in names:
        chosen = [_part(trial, name) for trial in trials]
        figures = {model: _figures(chosen, model) for model in first.probabilities}
        models[name] = {}
        for model, values in figures.items():
            joined = [_joined(chosen, model, seed) for seed in seeds]
            models[name][model] = ComparedModel(
                _intervals(chosen, model, values, folds),
                float(np.mean([expected_calibration_error(each) for each in joined])),
                check_calibration(joined[0], _joined_groups(chosen, seeds[0]), seeds[0]),
                float(np.mean([trial.seconds[model] for trial in trials])),
            )
        rivals = [rival for rival in figures if MODEL in figures and rival != MODEL]
        tests[name] = {rival: _tested(chosen, rival, figures, folds) for rival in rivals}
    rows = sum(len(trial.labels) for trial in trials) // len(seeds)
    return Comparison(data, rows, folds, len(seeds), list(dropped), models, tests)


def _part(trial: Trial, name: str) -> Trial:
    if trial.slices is None:
        return trial
    rows = trial.slices == name
    probabilities = {model: probability[rows] for model, probability in trial.probabilities.items()}
    groups = None if trial.groups is None else trial.groups[rows]
    part = replace(trial, labels=trial.labels.take(rows), probabilities=probabilities)
    return replace(part, slices=None, groups=groups)


def _figures(trials: Sequence[Trial], model: str) -> dict[str, FloatArray]:
    """Every figure of a model, shape `(seeds, folds)`."""
    seeds, folds = (sorted({getattr(trial, key) for trial in trials}) for key in ("seed", "fold"))
    values = {name: np.full((len(seeds), len(folds)), np.nan) for name in FIGURES}
    for trial in trials:
        predictions = Predictions.of(trial.labels, trial.probabilities[model])
        metrics = evaluate(predictions, trial.thresholds[model])
        for name in FIGURES:
            if (value := getattr(metrics, name)) is not None:
                values[name][seeds.index(trial.seed), folds.index(trial.fold)] = value
    return values


def _intervals(
    trials: Sequence[Trial], model: str, figures: Mapping[str, FloatArray], folds: int
) -> dict[str, Figure]:
    if folds == 1:
        known = bootstrap_intervals(trials[0].labels, _runs(trials, model), groups=trials[0].groups)
        ends = {name: tuple(known.get(name, (None, None))) for name in figures}
    else:
        tested = {name: corrected_t_test(values.mean(axis=0)) for name, values in figures.items()}
        ends = {name: (test.low, test.high) for name, test in tested.items()}
    return {
        name: Figure(float(values.mean()), _deviation(values.mean(axis=1)), *ends[name])
        for name, values in figures.items()
    }


def _tested(
    trials: Sequence[Trial], rival: str, figures: Mapping[str, Mapping[str, FloatArray]], folds: int
) -> dict[str, Difference]:
    if folds == 1:
        own, other = _runs(trials, MODEL), _runs(trials, rival)
        return compare(trials[0].labels, own, other, groups=trials[0].groups)
    return {
        name: corrected_t_test((figures[MODEL][name] - figures[rival][name]).mean(axis=0))
        for name in BOOTSTRAPPED
    }


def _runs(trials: Sequence[Trial], model: str) -> FloatArray:
    return np.stack([trial.probabilities[model] for trial in trials])


def _joined(trials: Sequence[Trial], model: str, seed: int) -> Predictions:
    own = [trial for trial in trials if trial.seed == seed]
    labels = own[0].labels.joined(*(trial.labels for trial in own[1:]))
    return Predictions.of(labels, np.concatenate([trial.probabilities[model] for trial in own]))


def _joined_groups(trials: Sequence[Trial], seed: int) -> NDArray[np.generic] | None:
    groups = [trial.groups for trial in trials if trial.seed == seed and trial.groups is not None]
    return np.concatenate(groups) if groups else None


def _deviation(values: FloatArray) -> float:
    return float(values.std(ddof=1)) if len(values) > 1 else 0.0
