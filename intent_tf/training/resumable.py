"""Early stopping that survives a restart: a checkpoint after each epoch, written whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import keras

from intent_tf.errors import InputError


class ResumableEarlyStopping(keras.callbacks.EarlyStopping):
    """`keras.callbacks.EarlyStopping` with the best weights restored, that can go on after a crash.

    After each epoch it writes the model's weights, its optimiser's, the best weights so far, the random seeds
    of dropout and its own state to a folder. A new one that `resume` finds there goes on as if nothing had
    happened: training ends with the weights of a run that was never interrupted. With an optimiser that
    averages weights, it comes after `keras.callbacks.SwapEMAWeights(swap_on_epoch=True)` in the list of
    callbacks, and judges and keeps the averaged weights.

    Args:
        folder: Where the checkpoint is kept.
        monitor: Validation metric to lower. Default ``"val_log_loss"``.
        patience: Epochs without improvement before training stops.
    """

    def __init__(self, folder: Path, monitor: str = "val_log_loss", patience: int = 5) -> None:
        super().__init__(monitor=monitor, mode="min", patience=patience, restore_best_weights=True)
        self.folder = folder
        self.history: dict[str, list[float]] = {}
        self._resumed: dict[str, Any] | None = None

    def resume(self, model: keras.Model) -> int:
        """Load the checkpoint, if there is one, into a compiled model.

        Args:
            model: Built and compiled as the interrupted one was.

        Returns:
            Epochs done; 0 where there is no checkpoint.

        Raises:
            InputError: If the checkpoint belongs to another model.
        """
        state_file = self.folder / "state.json"
        if not state_file.is_file():
            return 0
        state = json.loads(state_file.read_text())
        model.optimizer.build(model.trainable_variables)
        try:
            model.load_weights(self.folder / f"best-{state['best_epoch']}.weights.h5")
            self.best_weights = model.get_weights()
            model.load_weights(self.folder / f"epoch-{state['epoch']}.weights.h5")
        except (OSError, ValueError) as error:
            raise InputError(
                f"the checkpoint does not fit the model ({error})", file=self.folder,
                remedy="resume with the options of the interrupted run, or remove the folder",
            ) from error  # fmt: skip
        for seed, value in zip(_seeds(model), state["seeds"], strict=True):
            seed.assign(value)
        if model.optimizer.use_ema:
            # An epoch ends with the averaged weights in the model: this puts those that are trained back.
            swap = keras.callbacks.SwapEMAWeights(swap_on_epoch=True)
            swap.set_model(model)
            swap.on_test_begin()
        self.history, self._resumed = state["history"], state
        return int(state["epoch"]) + 1

    @property
    def finished(self) -> bool:
        """Whether the run that was resumed had lost its patience already."""
        return self._resumed is not None and self._resumed["wait"] >= self.patience

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Start afresh, or with the state that was resumed."""
        resumed, best_weights = self._resumed, self.best_weights if self._resumed else None
        super().on_train_begin(logs)
        self.folder.mkdir(parents=True, exist_ok=True)
        if resumed is not None:
            self.best, self.wait, self.best_epoch = resumed["best"], resumed["wait"], resumed["best_epoch"]
            self.best_weights = best_weights

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Decide whether to stop, and write the checkpoint."""
        super().on_epoch_end(epoch, logs)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(float(value))
        if self.best_epoch == epoch:
            self._write_weights(f"best-{epoch}")
        self._write_weights(f"epoch-{epoch}")
        state = {
            "epoch": epoch, "best": float(self.best), "best_epoch": self.best_epoch, "wait": self.wait,
            "history": self.history, "seeds": [seed.numpy().tolist() for seed in _seeds(self.model)],
        }  # fmt: skip
        self._replace("state.json", json.dumps(state).encode())
        current = {f"best-{self.best_epoch}.weights.h5", f"epoch-{epoch}.weights.h5"}
        for old in self.folder.glob("*.weights.h5"):
            if old.name not in current:
                old.unlink()

    def _write_weights(self, name: str) -> None:
        temporary = self.folder / f"writing-{name}.weights.h5"
        self.model.save_weights(temporary)
        temporary.replace(self.folder / f"{name}.weights.h5")

    def _replace(self, name: str, content: bytes) -> None:
        temporary = self.folder / f"writing-{name}"
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.folder / name)


def _seeds(model: keras.Model) -> list[keras.Variable]:
    """List the states of random numbers, which Keras counts among a layer's variables but does not save."""
    return [
        variable
        for layer in model.layers
        for variable in layer.variables
        if not any(variable is weight for weight in layer.weights)
    ]
