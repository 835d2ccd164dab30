"""What several models reach on the same folds: means, intervals, and whether they really differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intent_tf.evaluation.bootstrap import BOOTSTRAPPED, bootstrap_intervals, compare
from intent_tf.evaluation.metrics import FloatArray, evaluate, expected_calibration_error
from intent_tf.evaluation.paired_test import corrected_t_test

MODEL, WHOLE = "intent_tf", "all"
FIGURES = ("auroc", "auprc", "log_loss", "brier", "f1_negative")


@dataclass(frozen=True)
class Trial:
    """What the models predict for the test rows of one fold, trained with one seed.

    Args:
        fold: Index of the fold.
        seed: Seed of the training.
        label: 0 or 1, shape `(rows,)`.
        probabilities: Probabilities of each model by name, shape `(rows,)` each.
        seconds: Seconds that each model took to fit and to predict.
        slices: Part of the test rows of each row, shape `(rows,)`, whose figures stand for themselves; None
            for one part.
        groups: Rows of the same value are no independent evidence, shape `(rows,)`; None for each alone.
    """

    fold: int
    seed: int
    label: NDArray[np.floating]
    probabilities: Mapping[str, FloatArray]
    seconds: Mapping[str, float]
    slices: NDArray[np.object_] | None = None
    groups: NDArray[np.generic] | None = None


def summarise(trials: Sequence[Trial]) -> dict[str, Any]:
    """Evaluate all models on all folds.

    With several folds, intervals and p-values are those of `corrected_t_test` over the folds (figures of a
    fold are means over its seeds); with one, those of the paired bootstrap over its test rows. The expected
    calibration error is taken over the test rows of all folds together, since that of few rows is mostly
    chance.

    Args:
        trials: One trial of every fold with every seed; all have the same models.

    Returns:
        In plain Python: `models`: by slice (`all` where there are none) and model, for each figure `mean`,
        `low`, `high` (interval of 95 %) and `deviation` (over the seeds; 0 for one), and `ece` and `seconds`
        (a fit); `tests`: by slice and rival, for AUROC, AUPRC and log loss `difference` (intent_tf minus
        rival), `low`, `high` and `p_value`.
    """
    first = trials[0]
    names = [WHOLE] if first.slices is None else list(dict.fromkeys(first.slices.tolist()))
    seconds = {
        name: float(np.mean([trial.seconds[name] for trial in trials])) for name in first.probabilities
    }
    models: dict[str, Any] = {}
    tests: dict[str, Any] = {}
    for name in names:
        chosen = [_part(trial, name) for trial in trials]
        figures = {model: _figures(chosen, model) for model in first.probabilities}
        single = len({trial.fold for trial in trials}) == 1
        models[name] = {
            model: _described(chosen, model, values, single) | {"seconds": seconds[model]}
            for model, values in figures.items()
        }
        if MODEL in figures:
            tests[name] = {
                rival: _tested(chosen, rival, figures, single) for rival in figures if rival != MODEL
            }
    return {"models": models, "tests": tests}


def _part(trial: Trial, name: str) -> Trial:
    if trial.slices is None:
        return trial
    rows = trial.slices == name
    probabilities = {model: probability[rows] for model, probability in trial.probabilities.items()}
    groups = None if trial.groups is None else trial.groups[rows]
    return Trial(trial.fold, trial.seed, trial.label[rows], probabilities, trial.seconds, None, groups)


def _figures(trials: Sequence[Trial], model: str) -> dict[str, FloatArray]:
    """Every figure of a model, shape `(seeds, folds)`."""
    seeds, folds = (sorted({getattr(trial, key) for trial in trials}) for key in ("seed", "fold"))
    values = {name: np.full((len(seeds), len(folds)), np.nan) for name in FIGURES}
    for trial in trials:
        metrics = evaluate(trial.label, trial.probabilities[model])
        for name in FIGURES:
            if (value := getattr(metrics, name)) is not None:
                values[name][seeds.index(trial.seed), folds.index(trial.fold)] = value
    return values


def _described(
    trials: Sequence[Trial], model: str, figures: Mapping[str, FloatArray], single: bool
) -> dict[str, Any]:
    intervals: dict[str, Any] = {}
    if single:
        intervals = bootstrap_intervals(trials[0].label, _runs(trials, model), groups=trials[0].groups)
    described: dict[str, Any] = {}
    for name, values in figures.items():
        each = {"mean": float(values.mean()), "deviation": _deviation(values.mean(axis=1))}
        if not single:
            tested = corrected_t_test(values.mean(axis=0))
            each |= {key: tested[key] for key in ("low", "high")}
        elif name in intervals:
            each |= dict(zip(("low", "high"), intervals[name], strict=True))
        described[name] = each
    seeds = sorted({trial.seed for trial in trials})
    described["ece"] = float(np.mean([_calibration(trials, model, seed) for seed in seeds]))
    return described


def _tested(
    trials: Sequence[Trial], rival: str, figures: Mapping[str, Mapping[str, FloatArray]], single: bool
) -> dict[str, dict[str, float]]:
    if single:
        own, other = _runs(trials, MODEL), _runs(trials, rival)
        return compare(trials[0].label, own, other, groups=trials[0].groups)
    return {
        name: corrected_t_test((figures[MODEL][name] - figures[rival][name]).mean(axis=0))
        for name in BOOTSTRAPPED
    }


def _runs(trials: Sequence[Trial], model: str) -> FloatArray:
    return np.stack([trial.probabilities[model] for trial in trials])


def _calibration(trials: Sequence[Trial], model: str, seed: int) -> float:
    own = [trial for trial in trials if trial.seed == seed]
    label = np.concatenate([trial.label for trial in own])
    return expected_calibration_error(label, np.concatenate([trial.probabilities[model] for trial in own]))


def _deviation(values: FloatArray) -> float:
    return float(values.std(ddof=1)) if len(values) > 1 else 0.0
