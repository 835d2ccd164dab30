from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from intent_tf.errors import InputError
from intent_tf.features.prepared import PreparedData
from intent_tf.models.intent_model import IntentModel
from intent_tf.training.resumable import ResumableEarlyStopping
from intent_tf.training.training import TrainingConfig, create_model, train_model

SEED = 5


class Crash(keras.callbacks.Callback):
    """Interrupts training while an epoch runs, as a power cut would."""

    def __init__(self, epoch: int) -> None:
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        if epoch == self.epoch:
            raise KeyboardInterrupt


@pytest.fixture(scope="module", params=[0.9, 0.0], ids=["averaged weights", "plain weights"])
def config(request: pytest.FixtureRequest, tiny: TrainingConfig) -> TrainingConfig:
    return replace(tiny, epochs=5, patience=3, dropout=0.5, averaging=request.param, learning_rate=0.05)


def train(
    data: PreparedData, config: TrainingConfig, folder: Path, *, resume: bool = False
) -> tuple[IntentModel, dict[str, list[float]]]:
    keras.utils.set_random_seed(SEED)
    model = create_model(data, config)
    return model, train_model(model, data, config, folder, seed=SEED, resume=resume, verbose=0)


def interrupt(
    data: PreparedData, config: TrainingConfig, folder: Path, monkeypatch: pytest.MonkeyPatch, epoch: int
) -> None:
    """Train up to the beginning of an epoch, and leave behind what a killed run leaves."""
    fit = IntentModel.fit

    def crashing_fit(model: IntentModel, *arguments: object, **options: object) -> object:
        options["callbacks"] = [*options["callbacks"], Crash(epoch)]  # type: ignore[misc]
        return fit(model, *arguments, **options)  # type: ignore[arg-type]

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(IntentModel, "fit", crashing_fit)
        train(data, config, folder)


@pytest.fixture(scope="module")
def undisturbed(
    shop_data: PreparedData, config: TrainingConfig, tmp_path_factory: pytest.TempPathFactory
) -> tuple[IntentModel, dict[str, list[float]]]:
    return train(shop_data, config, tmp_path_factory.mktemp("undisturbed"))


def assert_same_weights(model: IntentModel, expected: IntentModel) -> None:
    for weight, other in zip(model.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, other)


def test_the_same_seed_gives_the_same_weights(
    shop_data: PreparedData, config: TrainingConfig, undisturbed: tuple[IntentModel, object], tmp_path: Path
) -> None:
    model, _ = train(shop_data, config, tmp_path)
    assert_same_weights(model, undisturbed[0])


def test_a_resumed_run_ends_with_the_weights_and_history_of_an_undisturbed_one(
    shop_data: PreparedData,
    config: TrainingConfig,
    undisturbed: tuple[IntentModel, dict[str, list[float]]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    interrupt(shop_data, config, tmp_path, monkeypatch, epoch=2)
    model, history = train(shop_data, config, tmp_path, resume=True)
    assert history == undisturbed[1]
    assert_same_weights(model, undisturbed[0])


def test_a_run_that_had_ended_is_not_trained_on_when_resumed(
    shop_data: PreparedData,
    config: TrainingConfig,
    tmp_path: Path,
) -> None:
    hasty = replace(config, patience=1, epochs=20, learning_rate=1.0)
    model, history = train(shop_data, hasty, tmp_path)
    again, same = train(shop_data, hasty, tmp_path, resume=True)
    assert len(history["loss"]) < 20 and same == history
    assert_same_weights(again, model)


def test_the_best_weights_are_restored(
    shop_data: PreparedData, undisturbed: tuple[IntentModel, dict[str, list[float]]]
) -> None:
    model, history = undisturbed
    found = model.evaluate(shop_data.validation, return_dict=True, verbose=0)["log_loss"]
    assert found == pytest.approx(min(history["val_log_loss"]), rel=1e-5)


def test_without_a_checkpoint_training_starts_afresh(shop_model: IntentModel, tmp_path: Path) -> None:
    assert ResumableEarlyStopping(tmp_path / "none").resume(shop_model) == 0


def test_a_folder_holds_the_last_and_the_best_weights_only(
    shop_data: PreparedData, tiny: TrainingConfig, tmp_path: Path
) -> None:
    train(shop_data, replace(tiny, epochs=4), tmp_path)
    folder = tmp_path / "checkpoint"
    best = json.loads((folder / "state.json").read_text())["best_epoch"]
    names = {path.name for path in folder.iterdir()}
    assert names == {"state.json", "epoch-3.weights.h5", f"best-{best}.weights.h5"}


def test_a_checkpoint_of_another_model_is_refused(
    shop_data: PreparedData, tiny: TrainingConfig, tmp_path: Path
) -> None:
    train(shop_data, tiny, tmp_path)
    with pytest.raises(InputError, match=r"checkpoint: the checkpoint does not fit the model"):
        train(shop_data, replace(tiny, filters=5), tmp_path, resume=True)


def test_a_checkpoint_cut_short_is_refused(
    shop_data: PreparedData, tiny: TrainingConfig, tmp_path: Path
) -> None:
    train(shop_data, tiny, tmp_path)
    weights = tmp_path / "checkpoint" / "epoch-1.weights.h5"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(InputError, match="the checkpoint does not fit the model"):
        train(shop_data, replace(tiny, epochs=3), tmp_path, resume=True)
