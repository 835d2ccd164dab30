"""TF Serving's batching around any runner of a SavedModel: what is merged, padded, split and refused.

After its sources: ``batching_session.cc`` and ``batching_util.cc`` of TF Serving, and TensorFlow's
``shared_batch_scheduler.h``. As there, what is wrong with one request of a batch fails all of them.
"""

from __future__ import annotations

import re
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Arrays = Mapping[str, np.ndarray]


class RefusedError(RuntimeError):
    """What TF Serving answers in place of outputs; its ``code`` is that of the status."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


@dataclass(frozen=True)
class BatchingParameters:
    """The file of ``--batching_parameters_file``, with TF Serving's defaults."""

    max_batch_size: int = 1000
    max_execution_batch_size: int = 1000
    batch_timeout_micros: int = 0
    max_enqueued_batches: int = 10
    num_batch_threads: int = 2
    enable_large_batch_splitting: bool = False
    pad_variable_length_inputs: bool = False

    @classmethod
    def read(cls, text: str) -> BatchingParameters:
        """Read the text form of the message."""
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        parts = [re.fullmatch(r"(\w+) *(?:\{ *value: *(\w+) *\}|: *(\w+))", line) for line in lines]
        values = {part[1]: part[2] or part[3] for part in parts}
        return cls(**{name: {"true": True, "false": False}.get(v) or int(v) for name, v in values.items()})

    @property
    def rows_at_once(self) -> int:
        """Rows of a batch."""
        return self.max_execution_batch_size if self.enable_large_batch_splitting else self.max_batch_size


@dataclass
class _Task:
    """A request, or the rows of a large one that run in one batch."""

    inputs: Arrays
    rows: int
    outputs: Future = field(default_factory=Future)


@dataclass
class _Batch:
    opened: float
    tasks: list[_Task] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(task.rows for task in self.tasks)


class BatchingSession:
    """Runs requests of many threads in batches on one thread.

    Args:
        run: Runs a signature: inputs and its name to outputs.
        parameters: How.
    """

    def __init__(self, run: Callable[[Arrays, str], Arrays], parameters: BatchingParameters) -> None:
        self._run, self._parameters = run, parameters
        self._queues: dict[str, deque[_Batch]] = {}
        self._changed, self._closed = threading.Condition(), False
        #: Requests, or parts of large ones, of each batch that ran.
        self.merged: list[int] = []
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def __enter__(self) -> BatchingSession:
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def run(self, inputs: Arrays, signature: str = "serving_default") -> dict[str, np.ndarray]:
        """Run a request in whatever batch it gets into.

        Raises:
            RefusedError: If TF Serving would answer so.
        """
        rows = {len(values) for values in inputs.values()}
        if len(rows) != 1:
            raise RefusedError(
                "INVALID_ARGUMENT", "Batching input tensors must have equal 0th-dimension size"
            )
        parts = [task.outputs.result(60) for task in self._schedule(inputs, rows.pop(), signature)]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def _schedule(self, inputs: Arrays, rows: int, signature: str) -> list[_Task]:
        parameters = self._parameters
        if rows > parameters.max_batch_size:
            limit = parameters.max_batch_size
            raise RefusedError(
                "INVALID_ARGUMENT", f"Task size {rows} is larger than maximum batch size {limit}"
            )
        with self._changed:
            batches = self._queues.setdefault(signature, deque())
            free = parameters.rows_at_once - batches[-1].rows if batches else 0
            first = min(rows, free) if parameters.enable_large_batch_splitting else rows * (rows <= free)
            ends = sorted(
                {first, *range(first + parameters.rows_at_once, rows, parameters.rows_at_once), rows}
            )
            ends = [end for end in ends if end]
            if len(batches) + len(ends) - (first > 0) > parameters.max_enqueued_batches:
                raise RefusedError("UNAVAILABLE", "The batch scheduling queue is full")
            tasks = []
            for start, end in zip([0, *ends], ends, strict=False):
                part = {name: values[start:end] for name, values in inputs.items()}
                tasks.append(_Task(part, end - start))
                if not (start == 0 and first):
                    batches.append(_Batch(time.monotonic()))
                batches[-1].tasks.append(tasks[-1])
            self._changed.notify()
        return tasks

    def _work(self) -> None:
        while True:
            with self._changed:
                while (ready := self._ready()) is None:
                    if self._closed:
                        return
                    self._changed.wait(self._parameters.batch_timeout_micros / 1e6 or None)
            self._process(*ready)

    def _ready(self) -> tuple[str, _Batch] | None:
        """Close the batch that was opened first, if it is full or old enough."""
        opened = [(name, batches[0]) for name, batches in self._queues.items() if batches]
        old = time.monotonic() - self._parameters.batch_timeout_micros / 1e6
        for name, batch in sorted(opened, key=lambda each: each[1].opened):
            if batch.opened <= old or len(self._queues[name]) > 1:
                return name, self._queues[name].popleft()
        return None

    def _process(self, signature: str, batch: _Batch) -> None:
        self.merged.append(len(batch.tasks))
        try:
            outputs = self._run(self._merge([task.inputs for task in batch.tasks]), signature)
            if any(len(values) != batch.rows for values in outputs.values()):
                raise RefusedError("FAILED_PRECONDITION", "an output has not as many rows as the inputs")
            ends = np.cumsum([task.rows for task in batch.tasks])
            for task, end in zip(batch.tasks, ends, strict=True):
                task.outputs.set_result({name: v[end - task.rows : end] for name, v in outputs.items()})
        except Exception as error:
            for task in batch.tasks:
                task.outputs.set_exception(error)

    def _merge(self, requests: list[Arrays]) -> dict[str, np.ndarray]:
        merged: dict[str, np.ndarray] = {}
        for name in requests[0]:
            tensors = [request[name] for request in requests]
            if self._parameters.pad_variable_length_inputs:
                shape = np.max([each.shape[1:] for each in tensors], axis=0).astype(int)
                tensors = [_padded(each, tuple(shape)) for each in tensors]
            elif len({each.shape[1:] for each in tensors}) > 1:
                raise RefusedError(
                    "FAILED_PRECONDITION",
                    f"Tensors with name '{name}' from different tasks have different shapes and padding is "
                    "turned off",
                )
            merged[name] = np.concatenate(tensors)
        return merged


def _padded(values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    if values.shape[1:] == shape:
        return values
    if values.size == 0:
        raise RefusedError("INVALID_ARGUMENT", "Got empty tensor in batch of non-empty tensors.")
    padded: Any = np.full((len(values), *shape), values.flat[0], values.dtype)
    padded[tuple(map(slice, values.shape))] = values
    return padded
