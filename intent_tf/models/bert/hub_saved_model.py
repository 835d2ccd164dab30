"""Somebody's TF-Hub style SavedModel as a trainable, self-contained Keras layer."""

import base64
import re
import tempfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf
from keras.src.saving.serialization_lib import in_safe_mode  # as TFSMLayer asks; nothing public tells

from intent_tf.errors import InputError, require
from intent_tf.models.bert.hub_form import INPUTS
from intent_tf.text.configured import Configured

_OUTPUTS = ("pooled_output", "sequence_output")
_EXPECTED = f"a TF-Hub style encoder: a SavedModel from {', '.join(INPUTS)} to {' and '.join(_OUTPUTS)}"
_TRUST = "a SavedModel's graph can read and write files: if you trust who made it, pass trust=True (--trust)"


@keras.saving.register_keras_serializable(package="intent_tf")
class HubSavedModel(Configured, keras.layers.Layer):
    """Runs the graph of a SavedModel, with its variables as this layer's weights.

    Unlike `keras.layers.TFSMLayer` it does not need the folder again: a ``.keras`` file holds the graph in
    its configuration and the variables among its weights. Loading such a file is refused in Keras' safe
    mode, as `TFSMLayer` refuses, unless this process trusted the same graph before.

    Args:
        graph: The file ``saved_model.pb``, compressed with zlib, in base64.
        **kwargs: Those of every Keras layer.

    Call arguments:
        ids: int32 ``(batch, subwords)``, padded with 0.
        mask: 1 for subwords; default where ids are not 0.
        types: Segments; default 0.

    Returns:
        ``pooled_output`` ``(batch, width)`` and ``sequence_output`` ``(batch, subwords, width)``.

    Raises:
        InputError: If the graph is not trusted or is no encoder.
    """

    #: Where the vocabulary is that the SavedModel brought along, and whether it is lower-cased.
    vocabulary_file: tuple[Path, bool] = (Path("vocab.txt"), True)
    lower = True

    def __init__(self, graph: str, **kwargs: Any) -> None:
        super().__init__(**{"autocast": False, **kwargs})
        if in_safe_mode() and graph not in _TRUSTED:
            raise InputError(
                "the model holds the graph of a foreign SavedModel",
                remedy="if you trust who made it, pass trust=True (--trust; to Keras itself safe_mode=False)",
            )
        self.graph = graph
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "saved_model.pb").write_bytes(zlib.decompress(base64.b64decode(graph)))
            self._take(_load(folder, with_variables=False), folder)

    @classmethod
    def load(cls, handle: str | Path, *, trust: bool) -> "HubSavedModel":
        """Read a SavedModel with its variables.

        Args:
            handle: A folder, or a handle that TF-Hub resolves.
            trust: Whether its graph may be run.

        Raises:
            InputError: If it is not trusted, not there, or no encoder.
        """
        folder = Path(handle)
        if not folder.is_dir():
            folder = _fetch(str(handle))
        if not (folder / "saved_model.pb").is_file():
            raise InputError("holds no saved_model.pb", file=folder, expected=_EXPECTED)
        if not trust:
            raise InputError("the SavedModel is not trusted", file=folder, remedy=_TRUST)
        graph = base64.b64encode(zlib.compress((folder / "saved_model.pb").read_bytes())).decode()
        _TRUSTED.add(graph)
        loaded = _load(str(folder), with_variables=True)
        try:
            layer = cls(graph)
        except InputError as error:
            raise InputError(str(error), file=folder) from error
        for weight, variable in zip(layer.weights, _variables(loaded), strict=True):
            weight.assign(variable)
        layer.lower = bool(getattr(loaded, "do_lower_case", True))
        asset = getattr(loaded, "vocab_file", None)
        path = Path(asset.asset_path.numpy().decode()) if asset is not None else folder / "assets/vocab.txt"
        layer.vocabulary_file = (path, layer.lower)
        return layer

    @property
    def vocabulary_size(self) -> int:
        """Rows of the table of word vectors."""
        return self._rows_of("word_embedding|token_embedding")

    @property
    def max_sequence_length(self) -> int:
        """Rows of the table of positions."""
        return self._rows_of("position_embedding")

    def build(self, input_shape: Any = None) -> None:
        """Create nothing: the variables came with the graph."""

    def call(
        self, ids: Any, mask: Any = None, types: Any = None, training: bool | None = None
    ) -> dict[str, tf.Tensor]:
        """Run the graph."""
        ids = tf.cast(ids, tf.int32)
        mask = ids != 0 if mask is None else mask
        types = tf.zeros_like(ids) if types is None else types
        values = (ids, tf.cast(mask, tf.int32), tf.cast(types, tf.int32))
        outputs = self._run(dict(zip(INPUTS, values, strict=True)), bool(training))
        return {name: outputs[name] for name in _OUTPUTS}

    def _take(self, loaded: Any, folder: str) -> None:
        self._loaded = loaded
        for variable in (*_every_variable(loaded), *getattr(loaded, "seeds", ())):
            variable.assign(tf.zeros(variable.shape, variable.dtype))
        for variable in _variables(loaded):
            self._track_variable(
                keras.Variable(
                    initializer=variable,
                    trainable=variable.trainable,
                    dtype=variable.dtype,
                    shape=variable.shape,
                    name=variable.name.split(":")[0].replace("/", "."),
                )
            )
        try:
            outputs = self.call(tf.constant([[2, 3, 0]]))
        except (ValueError, TypeError, KeyError, tf.errors.OpError) as error:
            first = str(error).strip().splitlines()[0]
            raise InputError(f"its signature is another one ({first})", expected=_EXPECTED) from error
        if outputs["sequence_output"].shape.rank != 3:
            raise InputError(
                f"sequence_output has shape {outputs['sequence_output'].shape}", expected=_EXPECTED
            )
        self.hidden_dim = int(outputs["sequence_output"].shape[-1])

    def _run(self, inputs: dict[str, tf.Tensor], training: bool) -> dict[str, tf.Tensor]:
        if callable(self._loaded):
            return self._loaded(inputs, training=training)
        return self._loaded.signatures["serving_default"](**inputs)

    def _rows_of(self, pattern: str) -> int:
        for weight in self.weights:
            if re.search(pattern, weight.name) and len(weight.shape) == 2:
                return int(weight.shape[0])
        raise InputError(f"the SavedModel has no variable named like {pattern!r}", expected=_EXPECTED)


#: Graphs that this process was told to trust.
_TRUSTED: set[str] = set()


def _load(folder: str, *, with_variables: bool) -> Any:
    options = tf.saved_model.LoadOptions(experimental_skip_checkpoint=not with_variables)
    try:
        return tf.saved_model.load(folder, options=options)
    except (OSError, ValueError, tf.errors.OpError) as error:
        first = str(error).strip().splitlines()[0]
        raise InputError(
            f"cannot be loaded as a SavedModel ({first})", file=folder, expected=_EXPECTED
        ) from error


def _variables(loaded: Any) -> list[tf.Variable]:
    """Find the encoder's variables, in an order that only the graph decides."""
    return [variable for variable in _every_variable(loaded) if variable.dtype.is_floating]


def _every_variable(loaded: Any) -> Sequence[tf.Variable]:
    listed = getattr(loaded, "variables", ())
    if listed or "serving_default" not in loaded.signatures:
        return listed
    # TF-Hub wants the list to be there; of a module without it, the graph that serves knows what it reads.
    return loaded.signatures["serving_default"].variables


def _fetch(handle: str) -> Path:
    hub = require("tensorflow_hub", "hub")
    try:
        return Path(hub.resolve(handle))
    # TF-Hub passes on what each of its resolvers and the network raise.
    except Exception as error:
        raise InputError(
            f"{handle!r} is no folder and cannot be fetched ({type(error).__name__}: {error})",
            expected=_EXPECTED,
            remedy="without a network, download the folder elsewhere and give its path",
        ) from error
