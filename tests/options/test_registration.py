"""Keras knows this package's classes, whatever was imported first in a fresh process."""

from __future__ import annotations

import subprocess
import sys

import pytest

CODE = """
import importlib, sys

for name in sys.argv[1:]:
    importlib.import_module(name)
import keras

print(any(name.endswith(">IntentModel") for name in keras.saving.get_custom_objects()))
"""


def is_known_after(*imports: str) -> bool:
    run = subprocess.run([sys.executable, "-c", CODE, *imports], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout.split()[-1] == "True"


@pytest.mark.parametrize(
    "imports",
    [
        pytest.param(["intent_tf", "tensorflow"], id="tensorflow, which swallows errors of a late import"),
        pytest.param(["intent_tf.layers"], id="a room whose modules begin with keras"),
        pytest.param(["intent_tf.data.arrow_tensors"], id="a module that brings keras with tensorflow"),
        pytest.param(["intent_tf", "keras"], id="keras last", marks=pytest.mark.slow),
        pytest.param(["keras", "intent_tf"], id="keras first", marks=pytest.mark.slow),
        pytest.param(["tensorflow", "intent_tf"], id="tensorflow first", marks=pytest.mark.slow),
        pytest.param(["intent_tf.text.tokenizer"], id="a tokenizer", marks=pytest.mark.slow),
        pytest.param(["intent_tf.models.build"], id="the article's functions", marks=pytest.mark.slow),
        pytest.param(["intent_tf.columns.preprocessor"], id="the preprocessor", marks=pytest.mark.slow),
        pytest.param(["intent_tf.simulator.simulator", "keras"], id="no keras yet", marks=pytest.mark.slow),
    ],
)
def test_keras_knows_the_model_whatever_was_imported_first(imports: list[str]) -> None:
    assert is_known_after(*imports)
