"""Watches a folder of versions as TF Serving does: loads the newest, then lets go of the one before."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from intent_tf.errors import InputError
from intent_tf.serving.batcher import Batcher, Columns
from intent_tf.serving.rest_json import to_tensors
from intent_tf.serving.served_model import ServedModel
from intent_tf.serving.versions import versions

_LOG = logging.getLogger("intent_tf.serving")


class LoadedVersion:
    """A version in memory, with its queue of requests.

    Args:
        number: The version.
        folder: Its folder.
        max_rows: Rows of a batch.
    """

    def __init__(self, number: int, folder: Path, max_rows: int) -> None:
        self.number = number
        self.model = ServedModel(folder)
        self.users = 0
        self._warm_up(folder / "assets.extra/golden_request_columnar.json")
        self._batchers = {name: Batcher(self._runner(name), max_rows) for name in self.model.signatures}

    def run(self, columns: Columns, signature: str) -> dict[str, np.ndarray]:
        """Queue a request and wait for its outputs."""
        return self._batchers[signature].submit(columns).result()

    def close(self) -> None:
        """Answer what waits, then stop."""
        for batcher in self._batchers.values():
            batcher.close()

    def _runner(self, signature: str) -> Callable[[Columns], dict[str, np.ndarray]]:
        return lambda columns: self.model.run(columns, signature)

    def _warm_up(self, golden: Path) -> None:
        if golden.is_file():
            request = json.loads(golden.read_text(encoding="utf-8"))
            self.model.run(to_tensors(request, self.model.signatures["serving_default"])[0])


@dataclass(frozen=True)
class VersionState:
    """What is known of a version: its state as TF Serving calls it, and the error if it cannot be loaded."""

    number: int
    state: str
    error: str = ""


class ModelVersions:
    """The newest version in a folder, swapped while requests run.

    A new version takes requests when it is loaded and warm; the one before answers what it has and goes.
    A version that cannot be loaded changes nothing.

    Args:
        base: The folder of versions, or one version's folder.
        max_rows: Rows of a batch.
        poll: Seconds between two looks at the folder. Default 1.

    Raises:
        InputError: If there is no version that can be loaded.
    """

    def __init__(self, base: Path, max_rows: int = 256, poll: float = 1.0) -> None:
        self._base, self._max_rows, self._poll = Path(base), max_rows, poll
        self._current: LoadedVersion | None = None
        self._states: dict[int, VersionState] = {}
        self._change = threading.Condition()
        self._stop = threading.Event()
        self.refresh()
        if self._current is None:
            errors = "; ".join(state.error for state in self._states.values())
            raise InputError(
                f"holds no version of a model{': ' * bool(errors)}{errors}",
                file=base,
                expected="a folder that `python -m intent_tf.train` wrote",
            )
        self._thread: threading.Thread = threading.Thread(target=self._watch, name="versions", daemon=True)
        self._thread.start()

    @property
    def current(self) -> int:
        """The version that answers requests."""
        with self.use() as version:
            return version.number

    @property
    def states(self) -> list[VersionState]:
        """What is known of each version, the newest first."""
        with self._change:
            return [self._states[number] for number in sorted(self._states, reverse=True)]

    @contextmanager
    def use(self, number: int | None = None) -> Iterator[LoadedVersion]:
        """Hold the version that answers requests; it stays loaded within the block.

        Raises:
            LookupError: If another version is asked for.
        """
        with self._change:
            version = self._current
            if version is None or number not in (None, version.number):
                raise LookupError(f"version {number} is not loaded")
            version.users += 1
        try:
            yield version
        finally:
            with self._change:
                version.users -= 1
                self._change.notify_all()

    def refresh(self) -> None:
        """Look at the folder now; load the newest version if it is another one."""
        folders = self._folders()
        newest = max(folders, default=None)
        state = self._states.get(newest or 0)
        if newest is None or (state is not None and (state.error or state.state != "END")):
            return  # it is loaded, or failed before
        self._set(VersionState(newest, "LOADING"))
        try:
            loaded = LoadedVersion(newest, folders[newest], self._max_rows)
        except Exception as error:  # whatever is wrong with it, the version before goes on
            _LOG.warning("version %d cannot be loaded: %s", newest, error)
            self._set(VersionState(newest, "END", str(error)))
            return
        with self._change:
            before, self._current = self._current, loaded
        self._set(VersionState(newest, "AVAILABLE"))
        _LOG.info("version %d answers requests", newest)
        if before is not None:
            self._let_go(before)

    def close(self) -> None:
        """Stop watching; answer what waits."""
        self._stop.set()
        self._thread.join()
        with self._change:
            last, self._current = self._current, None
        if last is not None:
            self._let_go(last)

    def _watch(self) -> None:
        while not self._stop.wait(self._poll):
            self.refresh()

    def _folders(self) -> dict[int, Path]:
        if (self._base / "saved_model.pb").is_file():
            return {int(self._base.name) if self._base.name.isdigit() else 1: self._base}
        return {number: self._base / str(number) for number in versions(self._base)}

    def _let_go(self, version: LoadedVersion) -> None:
        self._set(VersionState(version.number, "UNLOADING"))
        with self._change:
            self._change.wait_for(lambda: version.users == 0)
        version.close()
        self._set(VersionState(version.number, "END"))

    def _set(self, state: VersionState) -> None:
        with self._change:
            self._states[state.number] = state
