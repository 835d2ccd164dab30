"""SIGTERM ends training after the present batch, with a checkpoint that a run goes on from."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from intent_tf.columns.prepared import PreparedData
from intent_tf.models.intent_model import IntentModel
from intent_tf.options.training import TrainingConfig
from intent_tf.training.preemption import Preempted
from intent_tf.training.training import create_model, train_model

pytestmark = pytest.mark.guard


class Terminate(keras.callbacks.Callback):
    """Sends this process SIGTERM while an epoch runs, as a scheduler would."""

    def __init__(self, epoch: int, batch: int) -> None:
        super().__init__()
        self.index = epoch, batch

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        if (self.epoch, batch) == self.index:
            os.kill(os.getpid(), signal.SIGTERM)


def train(
    data: PreparedData, config: TrainingConfig, folder: Path, *callbacks: keras.callbacks.Callback
) -> tuple[IntentModel, dict[str, list[float]]]:
    keras.utils.set_random_seed(5)
    model = create_model(data, config)
    history = train_model(model, data, config, folder, seed=5, resume=True, verbose=0, callbacks=callbacks)
    return model, history


@pytest.mark.parametrize("index", [(0, 1), (1, 3)], ids=["first epoch", "second epoch"])
def test_a_run_ended_in_mid_epoch_goes_on_as_if_it_had_not_been(
    index: tuple[int, int], table_data: PreparedData, tiny: TrainingConfig, tmp_path: Path
) -> None:
    config = replace(tiny, epochs=3, dropout=0.5, learning_rate=0.05)
    expected, history = train(table_data, config, tmp_path / "undisturbed")
    epoch, batch = index
    with pytest.raises(Preempted, match=f"stopped in epoch {epoch + 1} after batch {batch + 1}"):
        train(table_data, config, tmp_path / "ended", Terminate(epoch, batch))
    resumed, found = train(table_data, config, tmp_path / "ended")
    for weight, other in zip(resumed.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, other)
    assert {name: len(values) for name, values in found.items()} == dict.fromkeys(history, 3)
    for name, values in history.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-6)
    rows = (tmp_path / "ended" / "history.csv").read_text().splitlines()
    assert [row.split(",")[0] for row in rows] == ["epoch", "0", "1", "2"]


class Lost(Exception):  # noqa: N818  as an unplugged machine is no error of ours
    pass


class Lose(Terminate):
    """Ends training without a word."""

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        if (self.epoch, batch) == self.index:
            raise Lost


def test_a_run_lost_in_mid_epoch_goes_on_from_the_last_checkpoint_within_it(
    table_data: PreparedData, tiny: TrainingConfig, tmp_path: Path
) -> None:
    config = replace(tiny, epochs=2, dropout=0.5, learning_rate=0.05, checkpoint_batches=2)
    expected, history = train(table_data, config, tmp_path / "undisturbed")
    with pytest.raises(Lost):
        train(table_data, config, tmp_path / "lost", Lose(1, 3))
    state = json.loads((tmp_path / "lost" / "checkpoint" / "state.json").read_text())
    assert (state["epoch"], state["batch"]) == (0, 2)
    resumed, found = train(table_data, config, tmp_path / "lost")
    for weight, other in zip(resumed.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, other)
    for name, values in history.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-6)


def test_sigterm_ends_the_process_again_after_training(
    table_data: PreparedData, tiny: TrainingConfig, tmp_path: Path
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    train(table_data, replace(tiny, epochs=1), tmp_path)
    assert signal.getsignal(signal.SIGTERM) is before
