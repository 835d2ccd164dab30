"""Checkpoints in mid-epoch: every so many batches, and when the machine is taken away (SIGTERM)."""

import functools
import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

import keras
import tensorflow as tf

from intent_tf.training.resumable import ResumableEarlyStopping

#: With several workers, batches from one question whether any of them is to end to the next.
EVERY = 10


class Preempted(Exception):  # noqa: N818  it is no error
    """Training ended on request; the checkpoint is written."""


class Preemption(keras.callbacks.Callback):
    """On SIGTERM writes a checkpoint after the present batch, in mid-epoch, and raises `Preempted`.

    What kills without a word (SIGKILL, a power cut) costs the batches since the last checkpoint; long epochs
    can have some of their own.

    Schedulers send SIGTERM some seconds before they kill. It may reach one worker of several, at any time,
    while all must stop after the same batch: they ask each other every `EVERY` batches.

    It is a context manager too, inside which SIGTERM is caught (in the main thread; elsewhere Python
    cannot).

    Args:
        stopping: Writes the checkpoint.
        first_batch: Batches of the first epoch that were done before.
        every: Batches from one checkpoint to the next; by default there is one after each epoch only.
    """

    def __init__(
        self, stopping: ResumableEarlyStopping, first_batch: int = 0, every: int | None = None
    ) -> None:
        super().__init__()
        self.stopping = stopping
        self.every = every
        self.requested = False
        self._done = first_batch
        self._epoch = 0
        self._asked = 0
        self._previous: Any = None

    def __enter__(self) -> "Preemption":
        if threading.current_thread() is threading.main_thread():
            self._previous = signal.signal(signal.SIGTERM, self._request)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._previous is not None:
            signal.signal(signal.SIGTERM, self._previous)

    def _request(self, number: int, frame: FrameType | None) -> None:
        self.requested = True

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Remember where training is."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Write a checkpoint where one is due, and stop, if any worker is to stop."""
        self._done += 1
        self._asked += 1
        if self.every and self._done % self.every == 0:
            self.stopping.write_partial(self._epoch, self._done)
        strategy = self.model.distribute_strategy
        if strategy.cluster_resolver is not None and self._asked % EVERY:
            return
        if any_worker(strategy, self.requested):
            self.stopping.write_partial(self._epoch, self._done)
            raise Preempted(
                f"stopped in epoch {self._epoch + 1} after batch {self._done}; go on with --resume"
            )

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Count anew."""
        self._done = 0


def barrier(strategy: tf.distribute.Strategy) -> None:
    """Wait until every process of a strategy has come here."""
    any_worker(strategy, False)


def any_worker(strategy: tf.distribute.Strategy, wish: bool) -> bool:
    """Whether any process of a strategy has a wish. All must ask; none goes on before all have asked."""
    if strategy.cluster_resolver is None:
        return wish
    return bool(_question(strategy)(tf.constant(float(wish))) > 0)


@functools.cache
def _question(strategy: tf.distribute.Strategy) -> Callable[[tf.Tensor], tf.Tensor]:
    """Trace the sum over all processes, once."""
    return tf.function(
        lambda wish: strategy.reduce("SUM", strategy.run(tf.identity, args=(wish,)), axis=None),
        autograph=False,
    )
