"""Columns may have any name: what Python, TensorFlow, files and this package mean by it is no matter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

from intent_tf.columns.prepared import preprocess_data
from intent_tf.errors import InputError
from intent_tf.models.build import build_feature_extractor, build_model, build_predictor
from intent_tf.serving.export import export_saved_model
from intent_tf.serving.served_model import ServedModel

#: Words of Python and of traced functions, names that differ in case, marks, inner names, outputs.
NAMES = [
    *("class", "from", "self", "lambda", "None", "kwargs", "name", "call", "training", "mask", "x1", "X1"),
    *("", " ", "Unnamed: 0", "a/b", "a:b", "a|b", "a,b", "a=b", "a\nb", "it's", 'a"b', "🙂", "é", "e\u0301"),
    *("n" * 300, "..", "/abs", "%s", "{x}", "_x", "0", "1a", "column_1", "intent_strength", "logits", "y"),
    *(
        "numbers",
        "categories",
        "text",
        "events",
        "inputs",
        "features",
        "label",
        "weight",
        "columns",
        "session",
    ),
]
ROWS = 120


def values(kind: str, rng: np.random.Generator) -> Any:
    if kind == "number":
        return rng.normal(size=ROWS)
    if kind == "sequence":
        return [["view", "cart"][:length] for length in rng.integers(1, 3, size=ROWS)]
    words = rng.choice(["hat", "cap", "bag"], (ROWS, 1 if kind == "category" else 4))
    return [" ".join(row) for row in words]


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(0, marks=pytest.mark.guard),
        *(pytest.param(each, marks=pytest.mark.slow) for each in (1, 2, 3)),
    ],
)
def test_any_names_are_learnt_exported_and_served(first: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    kinds = {
        name: ("number", "category", "text", "sequence")[(index + first) % 4]
        for index, name in enumerate(NAMES)
    }
    frame = pd.DataFrame({name: values(kind, rng) for name, kind in kinds.items()})
    data = preprocess_data(
        frame.assign(bought=rng.integers(2, size=ROWS)), "bought", kinds=kinds, verbose=False
    )
    model = build_model(data, build_feature_extractor(data), build_predictor(ensemble_size=1))
    export_saved_model(model, tmp_path / "1")
    model.save(tmp_path / "model.keras")
    expected = model.predict(frame)
    served = ServedModel(tmp_path / "1").predict(frame)
    assert served == pytest.approx(expected, rel=0, abs=1e-6)
    assert keras.models.load_model(tmp_path / "model.keras").predict(frame) == pytest.approx(
        expected, abs=1e-6
    )


def test_a_label_without_a_name_is_refused() -> None:
    with pytest.raises(InputError, match="the label column has no name"):
        preprocess_data(pd.DataFrame({"": [0, 1], "x": [1, 2]}), "")
