"""What the REST and the gRPC API of the stand-in share: a model by name, checked requests, counts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import meta_graph_pb2

from intent_tf.errors import InputError
from intent_tf.serving.batcher import Columns
from intent_tf.serving.drift import Drift
from intent_tf.serving.model_versions import LoadedVersion, ModelVersions, VersionState
from intent_tf.serving.monitoring import Monitoring


class ModelServer:
    """A development stand-in for TF Serving: one model, its newest version.

    Args:
        base: The folder of versions, or one version's folder.
        name: The model's name; by default the folder's.
        max_rows: Rows of a batch. Default 256.
        poll: Seconds between two looks for new versions. Default 1.

    Raises:
        InputError: If there is no version that can be loaded.
    """

    def __init__(self, base: Path, name: str = "", max_rows: int = 256, poll: float = 1.0) -> None:
        base = Path(base).resolve()
        self.name = name or (base.parent if (base / "saved_model.pb").is_file() else base).name
        self.monitoring = Monitoring()
        self._versions = ModelVersions(base, max_rows, poll)
        self._watched = 0

    def close(self) -> None:
        """Answer what waits, then stop."""
        self._versions.close()

    @property
    def current(self) -> int:
        """The version that answers requests."""
        return self._versions.current

    @property
    def states(self) -> list[VersionState]:
        """What is known of each version, the newest first."""
        return self._versions.states

    @contextmanager
    def use(self, name: str, version: int | None = None) -> Iterator[LoadedVersion]:
        """Hold the model with this name.

        Raises:
            LookupError: If it has another name, or another version is loaded.
        """
        if name != self.name:
            raise LookupError(f"no model {name!r}; this server has {self.name!r}")
        with self._versions.use(version) as loaded:
            yield loaded

    def signature(self, loaded: LoadedVersion, name: str = "") -> tuple[str, meta_graph_pb2.SignatureDef]:
        """Find a signature; the default one if no name is given.

        Raises:
            InputError: If there is none of this name.
        """
        name = name or "serving_default"
        if name not in loaded.model.signatures:
            raise InputError(f"no signature {name!r}", expected=", ".join(loaded.model.signatures))
        return name, loaded.model.signatures[name]

    def run(self, loaded: LoadedVersion, columns: Columns, signature: str) -> dict[str, np.ndarray]:
        """Run a signature on inputs of the right names, types and ranks.

        Raises:
            InputError: If they do not go together.
        """
        rows = {name: len(values) for name, values in columns.items()}
        if len(set(rows.values())) != 1:
            few, many = min(rows, key=rows.__getitem__), max(rows, key=rows.__getitem__)
            raise InputError(
                f"the inputs have different numbers of rows: {few!r} {rows[few]}, {many!r} {rows[many]}"
            )
        try:
            outputs = loaded.run(columns, signature)
        except tf.errors.InvalidArgumentError as error:
            raise InputError(f"the model refuses the inputs ({error.message.splitlines()[0]})") from error
        if "intent_strength" in outputs:
            if self._watched != loaded.number:
                self._watched = loaded.number
                self.monitoring.drift = Drift.read(loaded.model.folder / "assets.extra")
            self.monitoring.probabilities(outputs["intent_strength"])
        return outputs
