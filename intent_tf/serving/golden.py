"""Golden requests and responses: what a client sends and what TF Serving must answer, as JSON."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from intent_tf.columns.raw_columns import padded, raw_columns
from intent_tf.serving.rest_json import finite, to_columns, to_rows, unnamed_if_alone
from intent_tf.serving.served_model import ServedModel


def write_golden(folder: str | Path, model: ServedModel, rows: pd.DataFrame) -> None:
    """Write ``golden_request_*.json`` and ``golden_response_*.json`` in the row and the columnar form.

    Args:
        folder: ``assets.extra`` of a version.
        model: The version.
        rows: Raw columns.
    """
    folder = Path(folder)
    columns = finite(padded(raw_columns(rows, model.specification)))
    outputs = model.run(columns)
    instances, predictions = to_rows(columns), [unnamed_if_alone(each) for each in to_rows(outputs)]
    _write(folder / "golden_request_row.json", {"instances": instances})
    _write(folder / "golden_response_row.json", {"predictions": predictions})
    _write(folder / "golden_request_columnar.json", {"inputs": to_columns(columns)})
    _write(folder / "golden_response_columnar.json", {"outputs": unnamed_if_alone(to_columns(outputs))})


def _write(file: Path, content: dict[str, Any]) -> None:
    content = {"signature_name": "serving_default", **content} if "request" in file.name else content
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    file.write_text(text + "\n", encoding="utf-8")
