"""The models of a comparison, each fitted on the training part of one fold."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np

from intent_tf.columns.prepared import PreparedData
from intent_tf.errors import InputError
from intent_tf.evaluation.baseline_rows import baseline_table
from intent_tf.evaluation.baselines import BaselineTable, fit_baselines
from intent_tf.evaluation.boosters import fit_booster
from intent_tf.evaluation.calibration import fit_calibrator
from intent_tf.evaluation.metrics import FloatArray
from intent_tf.options.compare import BASELINES, BOOSTERS, MODELS
from intent_tf.options.training import TrainingConfig
from intent_tf.training.training import create_model, train_model

#: The row of the boosters' mean probability, where there are several.
MEAN = "mean_of_boosters"


def choose_models(names: Sequence[str], data: PreparedData) -> list[str]:
    """Take those models that can read what a table has: boosters read no text.

    Raises:
        InputError: If a name is unknown.
    """
    for name in names:
        if name not in MODELS:
            raise InputError(f"no model {name!r}", expected=", ".join(MODELS))
    kinds = {column.kind for column in data.specification.columns}
    only_text = kinds <= {"text"}
    return [name for name in names if not (only_text and name in (*BOOSTERS, "hist_gradient_boosting"))]


def fit_models(
    names: Sequence[str],
    data: PreparedData,
    training: TrainingConfig,
    seed: int = 0,
    store: Path | None = None,
    done: Callable[[str], object] = lambda name: None,
) -> tuple[dict[str, FloatArray], dict[str, float]]:
    """Fit models on train rows, choose by validation rows, and predict test rows.

    `intent_tf` learns from train rows; validation rows decide when to stop and how to calibrate. Boosters and
    baselines learn from train and validation rows, which helps them more than the other way round. All get
    the same columns: numbers with derived columns and session statistics, categories, texts.

    Args:
        names: Names of the models to fit, out of `MODELS`.
        data: The rows of one fold.
        training: Options of the model `intent_tf`.
        seed: Seed of weights, order of rows and samples.
        store: Folder in which the probabilities of each model are kept, and from which they are taken where
            an interrupted comparison left them.
        done: Function that is called with the name of each model that is ready.

    Returns:
        Probabilities on the test rows, shape `(rows,)`, and seconds, by name.
    """
    probabilities: dict[str, FloatArray] = {}
    seconds: dict[str, float] = {}

    def add(name: str, fit: Callable[[], FloatArray]) -> None:
        kept = None if store is None else store / f"{name}.npz"
        if kept is not None and kept.is_file():
            with np.load(kept) as stored:
                probabilities[name], seconds[name] = stored["probability"], float(stored["seconds"])
        else:
            started = time.perf_counter()
            probabilities[name] = fit()
            seconds[name] = time.perf_counter() - started
            if kept is not None:
                _write(kept, probabilities[name], seconds[name])
        done(name)

    if "intent_tf" in names:
        add("intent_tf", lambda: _fit_model(data, training, seed))
    rivals = set(names) - {"intent_tf"}
    tables = {
        part: baseline_table(getattr(data, part), data.preprocessor)
        for part in ("train", "validation", "test")
        if rivals
    }
    boosters = [name for name in names if name in BOOSTERS]
    for name in boosters:
        add(name, lambda kind=name: _fit_booster(kind, data, tables, seed))  # type: ignore[misc]
    if len(boosters) > 1:
        probabilities[MEAN] = np.mean([probabilities[name] for name in boosters], axis=0)
        seconds[MEAN] = sum(seconds[name] for name in boosters)
    learnt = [data.train, data.validation]
    for name in (name for name in names if name in BASELINES):
        add(
            name,
            lambda kind=name: fit_baselines(  # type: ignore[misc]
                _joined(tables["train"], tables["validation"]),
                np.concatenate([rows.label for rows in learnt]),
                seed,
                np.concatenate([rows.weight for rows in learnt]),
                only=(kind,),
            )[kind].predict(tables["test"]),
        )
    return probabilities, seconds


def _write(path: Path, probability: FloatArray, seconds: float) -> None:
    """Write whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npz", delete=False) as file:
        np.savez(file, probability=probability, seconds=seconds)
    Path(file.name).replace(path)


def _fit_model(data: PreparedData, training: TrainingConfig, seed: int) -> FloatArray:
    keras.utils.set_random_seed(seed)
    model = create_model(data, training)
    with tempfile.TemporaryDirectory() as folder:
        train_model(model, data, training, Path(folder), seed=seed, verbose=0)
    validation = model.predict(data.validation)
    calibrator, _ = fit_calibrator(data.validation.label, validation, data.validation.weight)
    return np.asarray(calibrator(model.predict(data.test)), np.float64)


def _fit_booster(kind: str, data: PreparedData, tables: dict[str, BaselineTable], seed: int) -> FloatArray:
    train, validation = data.train, data.validation
    booster = fit_booster(
        kind,
        tables["train"],
        train.label,
        tables["validation"],
        validation.label,
        weight=train.weight,
        validation_weight=validation.weight,
        seed=seed,
        # On a busy machine threads that wait for each other take far longer.
        threads=1 if len(train) < 20_000 else 2,
    )
    return booster.predict(tables["test"])


def _joined(one: BaselineTable, other: BaselineTable) -> BaselineTable:
    texts = None if one.texts is None else [*one.texts, *(other.texts or ())]
    numbers = np.concatenate([one.numbers, other.numbers])
    return BaselineTable(numbers, np.concatenate([one.categories, other.categories]), texts, one.names)
