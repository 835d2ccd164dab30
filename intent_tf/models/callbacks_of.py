"""Callbacks of one model's training that see another, whose layers it shares."""

from collections.abc import Sequence
from typing import Any

import keras
from keras.callbacks import CallbackList


def callbacks_of(
    model: keras.Model,
    fitted: keras.Model,
    callbacks: Sequence[keras.callbacks.Callback],
    verbose: int,
    **options: Any,
) -> CallbackList:
    """Make the callbacks that `keras.Model.fit` of a model calls, with another as their ``model``.

    What they write is then a model that people can use, and what stops the one stops the other.

    Args:
        model: The one that callbacks see.
        fitted: The one that is trained.
        callbacks: They are called in this order.
        verbose: 0, 1 or 2; see `keras.Model.fit`.
        **options: ``epochs`` and ``steps``, for the progress bar.
    """
    model.stop_training = False
    own = [*callbacks, _StopTogether(fitted)]
    options |= {"add_history": True, "add_progbar": verbose != 0, "verbose": verbose}
    called = CallbackList(own, model=model, **options)
    fitted.history = model.history  # which Keras returns
    return called


class _StopTogether(keras.callbacks.Callback):
    def __init__(self, fitted: keras.Model) -> None:
        super().__init__()
        self.fitted = fitted

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.fitted.stop_training = self.model.stop_training

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.fitted.stop_training = self.model.stop_training
