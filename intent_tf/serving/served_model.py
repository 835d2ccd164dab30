"""A SavedModel in this process: what TF Serving would load, with the same inputs and outputs."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import tensorflow as tf
from google.protobuf.message import DecodeError
from tensorflow.core.protobuf import meta_graph_pb2, saved_model_pb2

from intent_tf.columns.kinds.registry import prose
from intent_tf.columns.raw_columns import RawColumns, padded, raw_columns
from intent_tf.data.specification import Column, FeatureSpecification
from intent_tf.errors import InputError, require
from intent_tf.serving.specification_signature import NAME, REQUEST, read_specification
from intent_tf.serving.text_ops import op_libraries

_INTERNAL = "__saved_model_init_op"
#: Rows that run at once, and those of an encoder, whose attention needs more memory.
_ROWS_AT_ONCE, _DOCUMENTS_AT_ONCE = 4096, 64


class ServedModel:
    """Loads a SavedModel and runs its signatures.

    One request takes about a millisecond; `IntentModel.predict` is made for many rows and takes a hundred.

    Args:
        folder: A version folder: ``saved_model.pb``, ``variables/``, ``assets/``.

    Raises:
        InputError: If the folder holds no SavedModel.
        MissingExtraError: If its graph cuts documents into subwords, and TF Text is not installed.

    Example:
        >>> served = ServedModel(Path("saved_models/shop/1"))  # doctest: +SKIP
        >>> served.predict(frame)  # doctest: +SKIP
        array([0.0183, 0.7421], dtype=float32)
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        try:
            content = (self.folder / "saved_model.pb").read_bytes()
            saved_model = saved_model_pb2.SavedModel.FromString(content)
            self._has_encoder = bool(op_libraries(self.folder))
            if self._has_encoder:
                require("tensorflow_text", "bert")  # registers the ops
            self._loaded = tf.saved_model.load(str(self.folder))
        except (OSError, ValueError, DecodeError, tf.errors.OpError) as error:
            raise InputError(
                f"cannot be loaded as a SavedModel ({error})",
                file=self.folder,
                expected="a version folder that `python -m intent_tf.train` wrote",
            ) from error
        signatures = saved_model.meta_graphs[0].signature_def
        self.signatures: dict[str, meta_graph_pb2.SignatureDef] = {
            name: signatures[name] for name in sorted(signatures) if name != _INTERNAL
        }
        self._calls = {
            name: (self._loaded.signatures[name], _arguments(name, signature))
            for name, signature in self.signatures.items()
        }

    @cached_property
    def specification(self) -> FeatureSpecification:
        """The columns of ``serving_default``, as the model says itself, or as far as its signature tells."""
        if NAME in self.signatures:
            return read_specification(self.run({REQUEST: [""]}, NAME)[NAME][0])
        return specification_of(self.signatures["serving_default"])

    def run(self, inputs: Mapping[str, Any], signature: str = "serving_default") -> dict[str, np.ndarray]:
        """Run a signature.

        Args:
            inputs: An array or tensor for each input, by name, of its type and shape.
            signature: One of `signatures`.

        Returns:
            The outputs by name.

        Raises:
            tf.errors.InvalidArgumentError: If the inputs do not go together.
        """
        call, arguments = self._calls[signature]
        outputs = call(**{arguments[name]: tf.convert_to_tensor(value) for name, value in inputs.items()})
        return {name: value.numpy() for name, value in outputs.items()}

    def predict(self, rows: pd.DataFrame, batch_size: int | None = None) -> np.ndarray:
        """Compute the intent strengths of a table of raw columns, float32 ``(rows,)``.

        Args:
            rows: The raw columns; further columns are not read.
            batch_size: Number of rows that run at once. By default 4096, and 64 of a model with an encoder.

        Raises:
            InputError: If there are no rows, a column is missing, or a value does not fit it.
        """
        if not len(rows):
            raise InputError("the table has no rows", expected="at least one row of data")
        return self.predict_columns(raw_columns(rows, self.specification), batch_size)

    def predict_columns(self, columns: RawColumns, batch_size: int | None = None) -> np.ndarray:
        """Compute the intent strengths of raw columns that are tensors already; see `predict`.

        Args:
            columns: By name, as `raw_columns` makes them; those that the model does not take are not read.
            batch_size: Number of rows that run at once.
        """
        columns = {name: columns[name] for name in self.signatures["serving_default"].inputs}
        batch_size = batch_size or (_DOCUMENTS_AT_ONCE if self._has_encoder else _ROWS_AT_ONCE)
        rows = int(next(iter(columns.values())).shape[0])
        lists = any(column.is_list for column in self.specification.columns)
        if not lists and not prose(self.specification):
            return self._in_batches(columns, rows, batch_size)
        # Padding costs dearly: rows of about one length stand in one batch.
        order = np.argsort(-_lengths(columns), kind="stable")
        columns = {name: tf.gather(values, order) for name, values in columns.items()}
        probability = self._in_batches(columns, rows, batch_size)
        return probability[np.argsort(order)]

    def _in_batches(self, columns: RawColumns, rows: int, batch_size: int) -> np.ndarray:
        batches = (
            {name: values[start : start + batch_size] for name, values in columns.items()}
            for start in range(0, rows, batch_size)
        )
        return np.concatenate([self.run(padded(batch))["intent_strength"] for batch in batches])


def specification_of(signature: meta_graph_pb2.SignatureDef) -> FeatureSpecification:
    """Tell the raw columns of a signature of version 0.1, as far as tensors can.

    A category looks like another kind, and there are no lengths of sequences.
    """
    columns = []
    for name in sorted(signature.inputs):
        info = signature.inputs[name]
        values: Any = "string" if info.dtype == tf.string.as_datatype_enum else "float"
        kind: Any = {"string": "text", "float": "number"}[values]
        is_list = len(info.tensor_shape.dim) == 2
        columns.append(Column(name, "sequence", values, "session") if is_list else Column(name, kind, values))
    return FeatureSpecification(tuple(columns))


def _lengths(columns: RawColumns) -> np.ndarray:
    """Count the entries of the lists and the bytes of the strings of each row, int64 ``(rows,)``."""
    lists = [each.row_lengths() for each in columns.values() if isinstance(each, tf.RaggedTensor)]
    texts = [values for values in columns.values() if values.dtype == tf.string]
    lengths = [tf.cast(tf.strings.length(values), tf.int64) for values in texts]
    lengths = [tf.reduce_sum(each, axis=1) if each.shape.rank == 2 else each for each in lengths]
    return np.asarray(tf.add_n([*lists, *lengths]))


def _arguments(name: str, signature: meta_graph_pb2.SignatureDef) -> dict[str, str]:
    """Find the Python argument of each input: it names the placeholder ``<signature>_<argument>:0``."""
    return {
        key: info.name.removeprefix(f"{name}_").removesuffix(":0") for key, info in signature.inputs.items()
    }
