"""Tensors in the JSON of TF Serving's REST API, in its row and its columnar form."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np


def to_rows(columns: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Inputs as ``instances``: one object a row.

    Args:
        columns: Arrays or tensors, float32 or string, ``(batch,)`` or ``(batch, events)``.

    Example:
        >>> to_rows({"price": np.array([3.5, 0.1], np.float32)})
        [{'price': 3.5}, {'price': 0.1}]
    """
    columnar = to_columns(columns)
    return [dict(zip(columnar, row, strict=True)) for row in zip(*columnar.values(), strict=True)]


def to_columns(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs as ``inputs``: one (nested) list a column; numbers as short as they read back to float32."""
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
    """What TF Serving answers: a single output without its name."""
    return dict(outputs) if len(outputs) > 1 else next(iter(outputs.values()))
