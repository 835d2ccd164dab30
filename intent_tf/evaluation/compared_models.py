"""The models of a comparison, each fitted on the training part of one fold."""

import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np

from intent_tf.columns.prepared import PreparedData
from intent_tf.data.predictions import FloatArray, Labels, Predictions
from intent_tf.data.splitting import PARTS
from intent_tf.errors import InputError
from intent_tf.evaluation.baseline_rows import baseline_table
from intent_tf.evaluation.baseline_table import BaselineTable
from intent_tf.evaluation.baselines import fit_on_all
from intent_tf.evaluation.boosters import fit_booster
from intent_tf.evaluation.threshold import choose_threshold
from intent_tf.evaluation.tuned_lightgbm import tune_lightgbm
from intent_tf.options.compare import BASELINES, BOOSTERS, MODELS, TUNED
from intent_tf.options.training import TrainingConfig
from intent_tf.training.calibration import fit_calibrator
from intent_tf.training.parts import fit_parts
from intent_tf.training.training import create_model, train_model

#: The row of the boosters' mean probability, where there are several.
MEAN = "mean_of_boosters"
MODEL = "intent_tf"
#: Probabilities of the validation rows, which are not learnt from for them, and of the test rows.
_Pair = tuple[FloatArray, FloatArray]


def choose_models(names: Sequence[str], data: PreparedData) -> list[str]:
    """Take those models that can read what a table has: boosters read no text.

    Raises:
        InputError: If a name is unknown.
    """
    for name in names:
        if name not in MODELS:
            raise InputError(f"no model {name!r}", expected=", ".join(MODELS))
    only_text = not (data.preprocessor.number_names or data.preprocessor.category_names)
    return [
        name for name in names if not (only_text and name in (*BOOSTERS, TUNED, "hist_gradient_boosting"))
    ]


def fit_models(
    names: Sequence[str],
    data: PreparedData,
    training: TrainingConfig,
    seed: int = 0,
    store: str | Path | None = None,
    done: Callable[[str], object] = lambda name: None,
) -> tuple[dict[str, FloatArray], dict[str, float], dict[str, float]]:
    """Fit models on train rows, choose by validation rows, and predict test rows.

    The network of `intent_tf` learns from train rows; validation rows decide when to stop and how to
    calibrate. Its other parts, boosters and baselines learn from train and validation rows; thresholds are
    chosen by fits that have not seen the validation rows. All get the same columns: numbers with derived
    columns and session statistics, categories, texts.

    Args:
        names: Names of the models to fit, out of `MODELS`.
        data: The rows of one fold.
        training: Options of the model `intent_tf`.
        seed: Seed of weights, order of rows and samples.
        store: Folder in which the predictions of each model are kept, and from which they are taken where an
            interrupted comparison left them.
        done: Function that is called with the name of each model that is ready.

    Returns:
        Probabilities on the test rows, shape `(rows,)`, thresholds of the largest F1 on validation rows, and
        seconds, by name.
    """
    tables = {} if set(names) <= {MODEL} else _tables(data)
    fits: dict[str, Callable[[], _Pair]] = {MODEL: partial(_fit_model, data, training, seed)}
    fits |= {name: partial(_fit_booster, name, data, tables, seed) for name in (*BOOSTERS, TUNED)}
    fits |= {name: partial(_fit_baseline, name, data, tables, seed) for name in BASELINES}
    predictions: dict[str, _Fit] = {}
    for name, fit in fits.items():
        if name in names:
            predictions[name] = _fit_once(fit, None if store is None else Path(store, f"{name}.npz"))
            done(name)
    boosters = [predictions[name] for name in predictions if name in BOOSTERS]
    if len(boosters) > 1:
        validation, test, seconds = zip(*boosters, strict=True)
        predictions[MEAN] = _Fit(np.mean(validation, axis=0), np.mean(test, axis=0), sum(seconds))
    labels = Labels(data.validation.label, data.validation.weight)
    return (
        {name: each.test for name, each in predictions.items()},
        {
            name: choose_threshold(Predictions.of(labels, each.validation))
            for name, each in predictions.items()
        },
        {name: float(each.seconds) for name, each in predictions.items()},
    )


class _Fit(NamedTuple):
    """What was `_Pair`, and the seconds that it took."""

    validation: FloatArray
    test: FloatArray
    seconds: float


def _fit_once(fit: Callable[[], _Pair], kept: Path | None) -> _Fit:
    """Take what an interrupted comparison kept, or fit and keep: whole or not at all."""
    if kept is not None and kept.is_file():
        with np.load(kept) as stored:
            return _Fit(*(stored[key] for key in _Fit._fields))
    started = time.perf_counter()
    predictions = _Fit(*fit(), time.perf_counter() - started)
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=kept.parent, suffix=".npz", delete=False) as file:
            np.savez(file, **predictions._asdict())
        Path(file.name).replace(kept)
    return predictions


def _tables(data: PreparedData) -> dict[str, BaselineTable]:
    return {name: baseline_table(getattr(data, name), data.preprocessor) for name in PARTS}


def _fit_model(data: PreparedData, training: TrainingConfig, seed: int) -> _Pair:
    keras.utils.set_random_seed(seed)
    model = create_model(data, training)
    with tempfile.TemporaryDirectory() as folder:
        train_model(model, data, training, Path(folder), seed=seed, verbose=0)
    model, held_out = fit_parts(model, data, training.fitted_parts, seed)
    calibrator, _ = fit_calibrator(Predictions(data.validation.label, held_out, data.validation.weight))
    own, test = (np.asarray(calibrator(each), np.float64) for each in (held_out, model.predict(data.test)))
    return own, test


def _fit_booster(kind: str, data: PreparedData, tables: dict[str, BaselineTable], seed: int) -> _Pair:
    train, validation = (Labels(rows.label, rows.weight) for rows in (data.train, data.validation))
    # On a busy machine threads that wait for each other take far longer.
    options: dict[str, Any] = {"seed": seed, "threads": 1 if len(train) < 20_000 else 2}
    if kind == TUNED:
        kind, group = "lightgbm", data.split.group
        groups = None if group is None else data.train.frame[group].astype(str).factorize()[0]
        options["settings"] = tune_lightgbm(tables["train"], train, groups, **options)
    booster = fit_booster(kind, tables["train"], train, tables["validation"], validation, **options)
    return booster.validation, booster.predict(tables["test"])


def _fit_baseline(kind: str, data: PreparedData, tables: dict[str, BaselineTable], seed: int) -> _Pair:
    train, validation = (Labels(rows.label, rows.weight) for rows in (data.train, data.validation))
    given = (tables["train"], train, tables["validation"], validation)
    held_out, final = fit_on_all(*given, seed, (kind,))[kind]
    return held_out, final.predict(tables["test"])
