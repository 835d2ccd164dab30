"""Tensors in the JSON of TF Serving's REST API, in its row and its columnar form."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import meta_graph_pb2

from intent_tf.errors import InputError

#: The largest number in size that a float32 can be, and the largest whole number that it surely is.
_LARGEST, _LARGEST_WHOLE = float(np.finfo(np.float32).max), 2**24


def to_rows(columns: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write inputs as ``instances``: one object a row.

    Args:
        columns: Arrays or tensors, float32 or string, ``(batch,)`` or ``(batch, events)``.

    Example:
        >>> to_rows({"price": np.array([3.5, 0.1], np.float32)})
        [{'price': 3.5}, {'price': 0.1}]
    """
    columnar = to_columns(columns)
    return [dict(zip(columnar, row, strict=True)) for row in zip(*columnar.values(), strict=True)]


def to_columns(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Write inputs as ``inputs``: one list a column, numbers as short as they read back to float32."""
    return {name: _plain(np.asarray(values)) for name, values in columns.items()}


def _plain(array: np.ndarray) -> Any:
    if array.ndim > 1:
        return [_plain(row) for row in array]
    if array.dtype.kind == "f":
        # The shortest digits of a float32; those of the float64 that equals it would be noise.
        return [float(str(value)) for value in array]
    return [_text(value) for value in array] if array.dtype.kind in "OSU" else array.tolist()


def _text(value: Any) -> Any:
    if not isinstance(value, bytes):
        return str(value)
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"b64": base64.b64encode(value).decode()}


def unnamed_if_alone(outputs: Mapping[str, Any]) -> Any:
    """Do as TF Serving does: it answers a single output without its name."""
    return dict(outputs) if len(outputs) > 1 else next(iter(outputs.values()))


def to_tensors(
    document: Mapping[str, Any], signature: meta_graph_pb2.SignatureDef
) -> tuple[dict[str, np.ndarray], bool]:
    """Read the body of a ``:predict`` request, as strictly as TF Serving does.

    Args:
        document: The JSON object: ``instances`` (one a row), or ``inputs`` (one a column).
        signature: What the model takes.

    Returns:
        The inputs, and whether they came in rows.

    Raises:
        InputError: If it has neither or both, or an input is missing, unknown, or of another type or shape.
    """
    by_row = "instances" in document
    if by_row == ("inputs" in document):
        raise InputError(
            "the request has neither or both of 'instances' and 'inputs'", expected="one of them"
        )
    columns = _columns(document["instances"], signature) if by_row else document["inputs"]
    if not isinstance(columns, dict):
        columns = _named(columns, signature)
    for name in columns:
        if name not in signature.inputs:
            raise InputError(f"unknown input {name!r}", expected=_names(signature))
    for name in signature.inputs:
        if name not in columns:
            raise InputError(f"the input {name!r} is missing", expected=_names(signature))
    return {name: _tensor(columns[name], name, info) for name, info in signature.inputs.items()}, by_row


def to_answer(outputs: Mapping[str, np.ndarray], by_row: bool) -> dict[str, Any]:
    """Write outputs in the form in which the inputs came."""
    if by_row:
        return {"predictions": [unnamed_if_alone(each) for each in to_rows(outputs)]}
    return {"outputs": unnamed_if_alone(to_columns(outputs))}


def _columns(instances: Any, signature: meta_graph_pb2.SignatureDef) -> dict[str, list[Any]]:
    if not isinstance(instances, list) or not instances:
        raise InputError("'instances' is no list, or an empty one", expected="a list of rows")
    if not isinstance(instances[0], dict) or set(instances[0]) == {"b64"}:
        return _named(instances, signature)
    names = list(instances[0])
    for row, instance in enumerate(instances):
        if not isinstance(instance, dict) or set(instance) != set(names):
            raise InputError(f"row {row} has other inputs than row 0", expected=", ".join(names))
    return {name: [instance[name] for instance in instances] for name in names}


def _named(values: Any, signature: meta_graph_pb2.SignatureDef) -> dict[str, Any]:
    if len(signature.inputs) != 1:
        raise InputError("the inputs are not named", expected=f"an object with {_names(signature)}")
    return {next(iter(signature.inputs)): values}


def _tensor(values: Any, name: str, info: meta_graph_pb2.TensorInfo) -> np.ndarray:
    rank, text = len(info.tensor_shape.dim), info.dtype == tf.string.as_datatype_enum
    flat, shape = values, []
    for level in range(rank):
        if not isinstance(flat, list) or (level and any(not isinstance(each, list) for each in flat)):
            raise InputError(
                f"input {name!r} has no list where one belongs", expected=f"{rank} levels of lists"
            )
        if level:
            widths = {len(each) for each in flat}
            if len(widths) > 1:
                raise InputError(
                    f"input {name!r} has rows of {min(widths)} and of {max(widths)} entries",
                    remedy="pad shorter ones at the end with the missing value",
                )
            shape.append(widths.pop() if widths else 0)
            flat = [entry for each in flat for entry in each]
        else:
            shape.append(len(flat))
    read = _read_text if text else _read_number
    entries = [read(entry, name) for entry in flat]
    return np.array(entries, object if text else np.float32).reshape(shape)


def _read_number(value: Any, name: str) -> float:
    if type(value) not in (int, float):
        raise InputError(
            f"input {name!r} has {_short(value)} where a number belongs", expected="NaN if missing"
        )
    limit = _LARGEST_WHOLE if isinstance(value, int) else _LARGEST
    if limit < abs(value) < float("inf"):
        raise InputError(
            f"input {name!r} has {_short(value)}, which no float32 can hold", remedy="write it with a point"
        )
    return value


def _read_text(value: Any, name: str) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if isinstance(value, dict) and set(value) == {"b64"} and isinstance(value["b64"], str):
        try:
            return base64.b64decode(value["b64"], validate=True)
        except ValueError as error:
            raise InputError(f"input {name!r} has bytes that are no base64") from error
    raise InputError(f"input {name!r} has {_short(value)} where a text belongs", expected='"" if missing')


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:60] + "…"


def _names(signature: meta_graph_pb2.SignatureDef) -> str:
    return ", ".join(sorted(signature.inputs))
