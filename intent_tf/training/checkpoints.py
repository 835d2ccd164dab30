"""Weights and state of a run in a folder, each written whole or not at all."""

import contextlib
import io
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import keras

from intent_tf.errors import InputError

_SUFFIX = ".weights.h5"


class Checkpoints:
    """A folder of weights, and of a state that says which of them count.

    A file is written under another name, flushed to the disk, and renamed; the state comes last. So a process
    that is killed at any time, and a disk that is full, leave the previous checkpoint as it was.

    Args:
        folder: Created when something is written.
        writes: Whether this process writes at all: of several that train together one does, all read.
    """

    def __init__(self, folder: Path, *, writes: bool = True) -> None:
        self.folder = folder
        self.writes = writes

    def write_weights(self, model: keras.Model, name: str) -> None:
        """Write a model's weights and its optimiser's.

        Raises:
            InputError: If the folder cannot be written, or its disk is full.
        """
        if self.writes:
            weights = _WeightsInMemory()
            model.save_weights(weights)
            self._write(f"{name}{_SUFFIX}", weights.getbuffer())

    def write_state(self, state: dict[str, Any], weights: Iterable[str]) -> None:
        """Write the state, and remove weights other than those named.

        Raises:
            InputError: If the folder cannot be written, or its disk is full.
        """
        if not self.writes:
            return
        self._write("state.json", memoryview(json.dumps(state).encode()))
        current = {f"{name}{_SUFFIX}" for name in weights}
        for old in self.folder.glob(f"*{_SUFFIX}"):
            if old.name not in current:
                old.unlink()

    def state(self) -> dict[str, Any] | None:
        """Read the state; None if there is none."""
        file = self.folder / "state.json"
        return json.loads(file.read_text()) if file.is_file() else None

    def load_weights(self, model: keras.Model, name: str) -> None:
        """Load weights into a model.

        Raises:
            InputError: If they belong to another model, or are cut short.
        """
        try:
            model.load_weights(self.folder / f"{name}{_SUFFIX}")
        except (OSError, ValueError) as error:
            raise InputError(
                f"the checkpoint does not fit the model ({error})",
                file=self.folder,
                remedy="resume with the options of the interrupted run, or remove the folder",
            ) from error

    def _write(self, name: str, content: memoryview) -> None:
        temporary = self.folder / f"writing-{name}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.folder / name)
        except OSError as error:
            with contextlib.suppress(OSError):  # such as where there is no folder either
                temporary.unlink()
            raise InputError(
                f"the checkpoint cannot be written ({error.strerror}); the previous one is as it was",
                file=self.folder,
                remedy="make room, or give another --out, and go on with --resume",
            ) from error


class _WeightsInMemory(io.BytesIO):
    """A file for `keras.Model.save_weights`.

    HDF5 that meets a full disk leaves its library in a state that crashes the process at a later file.
    """

    def __str__(self) -> str:
        return f"memory{_SUFFIX}"
