from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from intent_tf.columns.prepared import PreparedData
from intent_tf.errors import InputError
from intent_tf.models.intent_model import IntentModel
from intent_tf.options.training import TrainingConfig
from intent_tf.training.resumable import ResumableEarlyStopping
from intent_tf.training.training import create_model, train_model

SEED = 5


class Crash(keras.callbacks.Callback):
    """Interrupts training while an epoch runs, as a power cut would."""

    def __init__(self, epoch: int) -> None:
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        if epoch == self.epoch:
            raise KeyboardInterrupt


@dataclass(frozen=True)
class Run:
    """A run that was never interrupted."""

    config: TrainingConfig
    folder: Path
    model: IntentModel
    history: dict[str, list[float]]


def train(data: PreparedData, config: TrainingConfig, folder: Path, *, resume: bool = False) -> Run:
    keras.utils.set_random_seed(SEED)
    model = create_model(data, config)
    history = train_model(model, data, config, folder, seed=SEED, resume=resume, verbose=0)
    return Run(config, folder, model, history)


def interrupt(
    data: PreparedData, config: TrainingConfig, folder: Path, monkeypatch: pytest.MonkeyPatch, epoch: int
) -> None:
    """Train up to the beginning of an epoch, and leave behind what a killed run leaves."""
    fit = IntentModel.fit

    def crashing_fit(model: IntentModel, *arguments: Any, **options: Any) -> object:
        options["callbacks"] = [*options["callbacks"], Crash(epoch)]
        return fit(model, *arguments, **options)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(IntentModel, "fit", crashing_fit)
        train(data, config, folder)


@pytest.fixture(
    scope="module",
    params=[0.9, pytest.param(0.0, marks=pytest.mark.guard)],
    ids=["averaged weights", "plain weights"],
)
def undisturbed(
    request: pytest.FixtureRequest,
    table_data: PreparedData,
    tiny: TrainingConfig,
    tmp_path_factory: pytest.TempPathFactory,
) -> Run:
    config = replace(tiny, epochs=4, dropout=0.5, ema_momentum=request.param, learning_rate=0.05)
    return train(table_data, config, tmp_path_factory.mktemp("undisturbed"))


def assert_same_weights(model: IntentModel, expected: IntentModel) -> None:
    for weight, other in zip(model.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, other)


def test_a_resumed_run_ends_with_the_weights_and_history_of_an_undisturbed_one(
    table_data: PreparedData, undisturbed: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt(table_data, undisturbed.config, tmp_path, monkeypatch, epoch=2)
    resumed = train(table_data, undisturbed.config, tmp_path, resume=True)
    assert resumed.history == undisturbed.history
    assert_same_weights(resumed.model, undisturbed.model)


def test_the_best_weights_are_restored(table_data: PreparedData, undisturbed: Run) -> None:
    found = undisturbed.model.evaluate(table_data.validation, return_dict=True, verbose=0)["log_loss"]
    assert found == pytest.approx(min(undisturbed.history["val_log_loss"]), rel=1e-5)


def test_the_folder_holds_the_last_and_the_best_weights_only(undisturbed: Run) -> None:
    folder = undisturbed.folder / "checkpoint"
    best = json.loads((folder / "state.json").read_text())["best_epoch"]
    names = {path.name for path in folder.iterdir()}
    assert names == {"state.json", "epoch-3.weights.h5", f"best-{best}.weights.h5"}


@pytest.mark.guard
def test_a_run_that_had_lost_its_patience_is_not_trained_on_when_resumed(
    table_data: PreparedData, tiny: TrainingConfig, tmp_path: Path
) -> None:
    hasty = replace(tiny, patience=1, epochs=20, learning_rate=1.0)
    ended = train(table_data, hasty, tmp_path)
    resumed = train(table_data, hasty, tmp_path, resume=True)
    assert len(ended.history["loss"]) < 20 and resumed.history == ended.history
    assert_same_weights(resumed.model, ended.model)


def test_without_a_checkpoint_training_starts_afresh(undisturbed: Run, tmp_path: Path) -> None:
    assert ResumableEarlyStopping(tmp_path / "none").resume(undisturbed.model) == 0


def test_a_checkpoint_of_another_model_is_refused(table_data: PreparedData, undisturbed: Run) -> None:
    other = create_model(table_data, replace(undisturbed.config, ensemble_size=5))
    with pytest.raises(InputError, match=r"checkpoint: the checkpoint does not fit the model"):
        ResumableEarlyStopping(undisturbed.folder / "checkpoint").resume(other)


def test_a_checkpoint_cut_short_is_refused(
    table_data: PreparedData, undisturbed: Run, tmp_path: Path
) -> None:
    shutil.copytree(undisturbed.folder / "checkpoint", tmp_path / "checkpoint")
    weights = tmp_path / "checkpoint" / "epoch-3.weights.h5"
    weights.write_bytes(weights.read_bytes()[:1000])
    model = create_model(table_data, undisturbed.config)
    with pytest.raises(InputError, match="the checkpoint does not fit the model"):
        ResumableEarlyStopping(tmp_path / "checkpoint").resume(model)
