"""Early stopping that survives a restart: a checkpoint after each epoch, written whole or not at all."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from intent_tf.training.checkpoints import Checkpoints


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
        writes: Whether this process writes it: of several that train together, one does.
    """

    def __init__(
        self, folder: Path, monitor: str = "val_log_loss", patience: int = 5, *, writes: bool = True
    ) -> None:
        super().__init__(monitor=monitor, mode="min", patience=patience, restore_best_weights=True)
        self.checkpoints = Checkpoints(folder, writes=writes)
        self.history: dict[str, list[float]] = {}
        self.first_batch = 0
        self._resumed: dict[str, Any] | None = None
        self._epoch = -1

    def resume(self, model: keras.Model) -> int:
        """Load the checkpoint, if there is one, into a compiled model.

        Args:
            model: Built and compiled as the interrupted one was.

        Returns:
            Epochs done; 0 where there is no checkpoint. Of the next epoch, ``first_batch`` batches are done.

        Raises:
            InputError: If the checkpoint belongs to another model.
        """
        state = self.checkpoints.state()
        if state is None:
            return 0
        with model.distribute_strategy.scope():
            model.optimizer.build(model.trainable_variables)
        if state["epoch"] >= 0:
            self.checkpoints.load_weights(model, f"best-{state['best_epoch']}")
            self.best_weights = model.get_weights()
        self.checkpoints.load_weights(model, state["weights"])
        for seed, value in zip(_seeds(model), state["seeds"], strict=True):
            seed.assign(value)
        self.first_batch = state["batch"]
        if model.optimizer.use_ema and not self.first_batch:
            # An epoch ends with the averaged weights in the model: this puts those that are trained back.
            swap = keras.callbacks.SwapEMAWeights(swap_on_epoch=True)
            swap.set_model(model)
            swap.on_test_begin()
        self.history, self._resumed, self._epoch = state["history"], state, state["epoch"]
        return int(state["epoch"]) + 1

    @property
    def is_finished(self) -> bool:
        """Whether the run that was resumed had lost its patience already."""
        return self._resumed is not None and self._resumed["wait"] >= self.patience

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Start afresh, or with the state that was resumed."""
        resumed, best_weights = self._resumed, self.best_weights if self._resumed else None
        super().on_train_begin(logs)
        if resumed is not None:
            self.best, self.wait, self.best_epoch = resumed["best"], resumed["wait"], resumed["best_epoch"]
            self.best_weights = best_weights

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Go on counting where an epoch was interrupted."""
        super().on_train_batch_end(batch, logs)
        if self.first_batch and self._resumed is not None:
            # Not earlier: the first batch creates the variables. All of them are sums over rows.
            for variable, value in zip(self.model.metrics_variables, self._resumed["metrics"], strict=True):
                variable.assign(variable.numpy() + np.asarray(value, variable.dtype))
            self.first_batch = 0

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Decide whether to stop, and write the checkpoint."""
        super().on_epoch_end(epoch, logs)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(float(value))
        self._epoch = epoch
        if self.best_epoch == epoch:
            self.checkpoints.write_weights(self.model, f"best-{epoch}")
        self._write(f"epoch-{epoch}")

    def write_partial(self, epoch: int, batches: int) -> None:
        """Write a checkpoint in mid-epoch.

        Args:
            epoch: The present one.
            batches: How many of its batches are done.
        """
        # Every process has a part of each metric; reading it takes all of them.
        metrics = [variable.numpy().tolist() for variable in self.model.metrics_variables]
        self._write(f"epoch-{epoch}-batch-{batches}", batches, metrics)

    def _write(self, name: str, batch: int = 0, metrics: Sequence[Any] = ()) -> None:
        self.checkpoints.write_weights(self.model, name)
        state = {
            "weights": name,
            "epoch": self._epoch,
            "batch": batch,
            "metrics": metrics,
            "best": None if self.best is None else float(self.best),
            "best_epoch": self.best_epoch,
            "wait": self.wait,
            "history": self.history,
            "seeds": [seed.numpy().tolist() for seed in _seeds(self.model)],
        }
        self.checkpoints.write_state(state, weights=(name, f"best-{self.best_epoch}"))


def part_seeds(model: keras.Model) -> None:
    """Give each replica random numbers of its own: Keras drops the same units on all of them.

    The first replica's, which checkpoints keep, stay as they are.
    """
    if model.distribute_strategy.num_replicas_in_sync == 1:
        return

    def shift() -> None:
        replica = tf.distribute.get_replica_context().replica_id_in_sync_group
        for seed in _seeds(model):
            seed.value.assign_add(tf.cast(tf.stack([replica, 0]), seed.value.dtype))

    # Outside a function TensorFlow would run the replicas one after the other, and say so.
    tf.function(lambda: model.distribute_strategy.run(shift), autograph=False)()


def _seeds(model: keras.Model) -> list[keras.Variable]:
    """List the states of random numbers, which Keras counts among a layer's variables but does not save."""
    return [
        variable
        for layer in model.layers
        for variable in layer.variables
        if not any(variable is weight for weight in layer.weights)
    ]
