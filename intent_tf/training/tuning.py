"""Searches for the options of training that validate best, with KerasTuner."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from intent_tf.columns.prepared import PreparedData
from intent_tf.errors import require
from intent_tf.options.training import TrainingConfig
from intent_tf.options.tune import Search
from intent_tf.training.training import create_model, train_model

#: Epochs that every trial may have before it is compared with the others.
GRACE = 3


def search_space(data: PreparedData, parameters: Any) -> dict[str, Any]:
    """Name the options that are searched, each with its default first, and draw a value of each.

    Args:
        data: Rows that decide which parts the model has: tokens bring options of their extractor.
        parameters: KerasTuner's ``HyperParameters``.

    Returns:
        Values by name, fields of `TrainingConfig`.
    """
    default = TrainingConfig()
    chosen: dict[str, Any] = {
        "learning_rate": parameters.Float(
            "learning_rate", 5e-4, 1e-2, sampling="log", default=default.learning_rate
        )
    }
    chosen["dropout"] = parameters.Float("dropout", 0.0, 0.5, step=0.05, default=default.dropout)
    chosen["batch_size"] = parameters.Choice("batch_size", [128, 256, 512], default=default.batch_size or 256)
    chosen["ensemble_size"] = parameters.Choice("ensemble_size", [8, 16, 32], default=default.ensemble_size)
    if data.preprocessor.vocabularies:
        chosen["token_learning_rate_multiplier"] = parameters.Float(
            "token_learning_rate_multiplier",
            0.02,
            1.0,
            sampling="log",
            default=default.token_learning_rate_multiplier,
        )
        chosen["filters"] = parameters.Choice("filters", [32, 64, 128], default=default.filters)
        sizes = parameters.Choice("kernel_sizes", ["2", "3", "2,3", "1,2,3,5"], default="3")
        chosen["kernel_sizes"] = tuple(int(size) for size in sizes.split(","))
    return chosen


def validation_loss(
    folds: Sequence[PreparedData],
    config: TrainingConfig,
    seed: int,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> float:
    """Train with a configuration on each fold, and return the mean of the lowest validation log losses.

    Args:
        folds: One, or the folds of a cross-validation. Only train and validation rows are read.
        config: The model and how it is trained.
        seed: Seed of weights and order of rows.
        callbacks: Further callbacks of the first training, which may stop it; the others are then excluded.
    """
    losses = []
    for data in folds:
        keras.utils.set_random_seed(seed)
        model = create_model(data, config)
        with tempfile.TemporaryDirectory() as folder:
            history = train_model(
                model, data, config, Path(folder), seed=seed, verbose=0, callbacks=callbacks
            )
        losses.append(min(history["val_log_loss"]))
        if any(getattr(callback, "gave_up", False) for callback in callbacks):
            break
        callbacks = ()
    return float(np.mean(losses))


class MedianStopping(keras.callbacks.Callback):
    """Stops a training that does worse than half of those before it did after as many epochs.

    Args:
        before: Validation log losses by epoch of each training before; this one's are added to it.

    Reference:
        Golovin et al. (2017), Google Vizier, section 3.2.2.
    """

    def __init__(self, before: list[list[float]]) -> None:
        super().__init__()
        self.gave_up = False
        self.own: list[float] = []
        self.before = [*before]
        before.append(self.own)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Compare the best loss so far with the others' best after as many epochs."""
        self.own.append(float((logs or {})["val_log_loss"]))
        others = [min(losses[: len(self.own)]) for losses in self.before if len(losses) >= GRACE]
        if len(self.own) >= GRACE and len(others) >= GRACE and min(self.own) > np.median(others):
            self.gave_up = self.model.stop_training = True


def tune(
    folds: Sequence[PreparedData],
    config: TrainingConfig,
    folder: str | Path,
    *,
    search: Search = "bayesian",
    trials: int = 20,
    seed: int = 0,
    done: Callable[[dict[str, Any]], object] = lambda trial: None,
) -> list[dict[str, Any]]:
    """Search for better options; goes on where an interrupted search in the same folder stopped.

    Hyperband gives many configurations a few epochs and the better ones more; the other two give each the
    configuration's epochs, and stop those that do worse than the median (`MedianStopping`).

    Args:
        folds: One, or the folds of a cross-validation; test rows are not read.
        config: Options that are not searched, and epochs at most.
        folder: Where KerasTuner keeps its state.
        search: The strategy.
        trials: Configurations at most; Hyperband, which counts one that it goes on with as another, may need
            less.
        seed: Seed of the search and of each training.
        done: Function that is called with each finished trial.

    Returns:
        The trials, best first: ``{"val_log_loss": …, "trial": …, **values}``.

    Raises:
        MissingExtraError: If KerasTuner is not installed.

    References:
        - O'Malley et al. (2019), KerasTuner.
        - Li et al. (2018), Hyperband.
    """
    package: Any = require("keras_tuner", "tune")
    base: Any = require("keras_tuner.engine.base_tuner", "tune")
    space = package.HyperParameters()
    search_space(folds[0], space)
    options = {
        "objective": package.Objective("val_log_loss", "min"),
        "seed": seed,
        "hyperparameters": space,
    }
    if search == "hyperband":
        oracle = package.oracles.HyperbandOracle(max_epochs=config.epochs, **options)
        oracle.max_trials = trials
    elif search == "bayesian":
        oracle = package.oracles.BayesianOptimizationOracle(max_trials=trials, **options)
    else:
        oracle = package.oracles.RandomSearchOracle(max_trials=trials, **options)
    losses: list[list[float]] = []

    class Tuner(base.BaseTuner):
        def run_trial(self, trial: Any, **options: Any) -> float:
            drawn = trial.hyperparameters
            epochs = drawn.values.get("tuner/epochs", config.epochs)
            tried = replace(config, epochs=epochs, **search_space(folds[0], drawn))
            stop = [] if search == "hyperband" else [MedianStopping(losses)]
            return validation_loss(folds, tried, seed, callbacks=stop)

        def on_trial_end(self, trial: Any) -> None:
            super().on_trial_end(trial)
            done(_described(self.oracle.get_trial(trial.trial_id)))

    tuner = Tuner(oracle, directory=str(folder), project_name="search", overwrite=False)
    tuner.search(verbose=0)
    finished = [_described(trial) for trial in tuner.oracle.trials.values() if trial.score is not None]
    return sorted(finished, key=lambda trial: float(trial["val_log_loss"]))


def _described(trial: Any) -> dict[str, Any]:
    values = {key: value for key, value in trial.hyperparameters.values.items() if "/" not in key}
    epochs = trial.hyperparameters.values.get("tuner/epochs")
    return {
        "trial": trial.trial_id,
        "val_log_loss": trial.score,
        **values,
        **({} if epochs is None else {"epochs": epochs}),
    }
