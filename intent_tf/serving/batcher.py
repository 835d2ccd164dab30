"""Runs requests that wait at the same time as one batch."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import NamedTuple

import numpy as np

Columns = Mapping[str, np.ndarray]


class _Request(NamedTuple):
    columns: Columns
    rows: int
    answer: Future[dict[str, np.ndarray]]


class Batcher:
    """Joins requests that came while the model was busy, so that it runs once for all of them.

    No request waits for others: alone it runs at once, and under load batches form by themselves. A request
    of more rows than a batch may have runs in parts.

    Args:
        run: Runs the model on columns ``(rows,)`` or ``(rows, events)``; gives outputs of as many rows.
        max_rows: Rows of a batch. Default 256.

    Example:
        >>> batcher = Batcher(lambda columns: {"twice": columns["x"] * 2})
        >>> batcher.submit({"x": np.array([1.0, 2.0])}).result()["twice"]
        array([2., 4.])
        >>> batcher.close()
    """

    def __init__(self, run: Callable[[Columns], dict[str, np.ndarray]], max_rows: int = 256) -> None:
        self._run, self._max_rows = run, max_rows
        self._waiting: deque[_Request] = deque()
        self._change = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="batcher", daemon=True)
        self._thread.start()

    def submit(self, columns: Columns) -> Future[dict[str, np.ndarray]]:
        """Queue a request; the future holds the outputs, or what went wrong."""
        request = _Request(columns, len(next(iter(columns.values()))), Future())
        with self._change:
            self._waiting.append(request)
            self._change.notify()
        return request.answer

    def close(self) -> None:
        """Answer what waits, then stop."""
        with self._change:
            self._closed = True
            self._change.notify()
        self._thread.join()

    def _work(self) -> None:
        while True:
            with self._change:
                self._change.wait_for(lambda: self._waiting or self._closed)
                if not self._waiting:
                    return
                batch = [self._waiting.popleft()]
                rows = batch[0].rows
                while self._waiting and rows + self._waiting[0].rows <= self._max_rows:
                    batch.append(self._waiting.popleft())
                    rows += batch[-1].rows
            self._answer(batch)

    def _answer(self, batch: list[_Request]) -> None:
        try:
            outputs = self._in_parts(_joined([each.columns for each in batch]))
        except Exception as error:
            if len(batch) == 1:
                batch[0].answer.set_exception(error)
                return
            for each in batch:  # one request must not fail for another's fault
                self._answer([each])
            return
        start = 0
        for request in batch:
            part = slice(start, start := start + request.rows)
            request.answer.set_result({name: values[part] for name, values in outputs.items()})

    def _in_parts(self, columns: Columns) -> dict[str, np.ndarray]:
        rows = len(next(iter(columns.values())))
        starts = range(0, max(rows, 1), self._max_rows)
        parts = [
            self._run({name: values[start : start + self._max_rows] for name, values in columns.items()})
            for start in starts
        ]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _joined(requests: list[Columns]) -> Columns:
    if len(requests) == 1:
        return requests[0]
    return {name: _stacked([each[name] for each in requests]) for name in requests[0]}


def _stacked(arrays: list[np.ndarray]) -> np.ndarray:
    """Arrays one below the other, the shorter sequences padded at the end with the missing value."""
    if arrays[0].ndim == 1:
        return np.concatenate(arrays)
    events = max(each.shape[1] for each in arrays)
    missing = np.nan if arrays[0].dtype.kind == "f" else b""
    padding = [((0, 0), (0, events - each.shape[1])) for each in arrays]
    return np.concatenate(
        [np.pad(each, pad, constant_values=missing) for each, pad in zip(arrays, padding, strict=True)]
    )
