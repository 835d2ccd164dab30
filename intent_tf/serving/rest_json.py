"""Tensors in the JSON of TF Serving's REST API, in its row and its columnar form."""

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

#: What stands for a missing number in JSON, which has no NaN: every number of -1e38 and less does. It is not
#: float32's lowest, since TF Serving compares in float64 and would refuse that, rounded to eight digits.
MISSING_NUMBER = -3e38


def finite(columns: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Put what stands for a missing number in place of NaN and infinities, for JSON that any program reads.

    Args:
        columns: Arrays or tensors of any shapes; those that are not of floats stay as they are.

    Example:
        >>> finite({"price": np.array([3.5, np.nan])})["price"].tolist()
        [3.5, -3e+38]
    """
    arrays = {name: np.asarray(values) for name, values in columns.items()}
    return {name: _finite(values) if values.dtype.kind == "f" else values for name, values in arrays.items()}


def _finite(values: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(values), values, values.dtype.type(MISSING_NUMBER))


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
    for name in sorted(columns.keys() ^ set(signature.inputs)):
        what = "missing" if name in signature.inputs else "unknown"
        raise InputError(f"the input {name!r} is {what}", expected=_names(signature))
    tensors = {name: _tensor(columns[name], name, info) for name, info in signature.inputs.items()}
    rows = {name: len(values) for name, values in tensors.items()}
    if len(set(rows.values())) > 1:
        few, many = min(rows, key=rows.__getitem__), max(rows, key=rows.__getitem__)
        raise InputError(
            f"the inputs have different numbers of rows: {few!r} {rows[few]}, {many!r} {rows[many]}"
        )
    return tensors, by_row


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
    dtype, rank = tf.as_dtype(info.dtype), len(info.tensor_shape.dim)
    array = np.array(values, object)  # lists of different lengths stay lists in it
    if array.ndim != rank or any(isinstance(entry, list) for entry in array.flat):
        raise InputError(
            f"{name!r} is no list of {rank} levels whose rows have one length",
            remedy="pad shorter rows at the end with the missing value",
        )
    if dtype == tf.string:
        entries: list[Any] = [read_text(entry, name) for entry in array.flat]
    else:
        entries = [_read_number(entry, name, dtype.is_integer) for entry in array.flat]
    return np.array(entries, dtype.as_numpy_dtype).reshape(array.shape)


def _read_number(value: Any, name: str, whole: bool) -> float:
    if type(value) not in ((int,) if whole else (int, float)):
        raise InputError(f"{name!r} has {short(value)} where a {'whole ' * whole}number belongs")
    limit = _LARGEST_WHOLE if isinstance(value, int) else _LARGEST
    if limit < abs(value) < float("inf"):
        raise InputError(
            f"{name!r} has {short(value)}, which no float32 can hold", remedy="write it with a point"
        )
    return value


def read_text(value: Any, name: str) -> bytes:
    """Read a text, or the bytes of ``{"b64": …}``, of the input or feature with this name.

    Raises:
        InputError: If it is neither.
    """
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if isinstance(value, dict) and set(value) == {"b64"} and isinstance(value["b64"], str):
        try:
            return base64.b64decode(value["b64"], validate=True)
        except ValueError as error:
            raise InputError(f"{name!r} has bytes that are no base64") from error
    raise InputError(f"{name!r} has {short(value)} where a text belongs")


def short(value: Any) -> str:
    """Write a value as JSON of 61 characters at most, for messages."""
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:60] + "…"


def _names(signature: meta_graph_pb2.SignatureDef) -> str:
    return ", ".join(sorted(signature.inputs))
