"""Models of earlier releases load, in Python and in C++, and give the probabilities that they gave then."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from intent_tf.serving import ServedModel, load_model
from intent_tf.serving.rest_json import to_tensors
from intent_tf.version import __version__

FOLDER = Path(__file__).parents[2] / "saved_models" / "compatibility"
RELEASES = sorted(each for each in FOLDER.iterdir() if each.is_dir())


@pytest.fixture(scope="module", params=RELEASES, ids=lambda folder: folder.name)
def release(request) -> Path:
    return request.param


@pytest.fixture(scope="module")
def golden(release):
    """The inputs and the probabilities of the golden request."""
    extra = release / "assets.extra"
    request = json.loads((extra / "golden_request_columnar.json").read_text())
    response = json.loads((extra / "golden_response_columnar.json").read_text())
    signature = ServedModel(release).signatures["serving_default"]
    return to_tensors(request, signature)[0], response["outputs"]


def test_this_release_has_a_model() -> None:
    assert FOLDER / __version__ in RELEASES


def test_the_saved_model_gives_its_golden_response(release, golden) -> None:
    outputs = ServedModel(release).run(golden[0])
    for name, values in golden[1].items():
        np.testing.assert_allclose(outputs[name], values, rtol=0, atol=1e-6)


def test_the_saved_model_gives_it_in_c(release, golden, load_in_c) -> None:
    outputs = load_in_c(release).run(golden[0])
    for name, values in golden[1].items():
        np.testing.assert_allclose(outputs[name], values, rtol=0, atol=1e-6)


def test_the_keras_file_gives_it(release, golden) -> None:
    columns = {name: list(values) for name, values in golden[0].items()}
    texts = {name: [_decoded(each) for each in values] for name, values in columns.items()}
    probabilities = load_model(release).predict(pd.DataFrame(texts))
    np.testing.assert_allclose(probabilities, golden[1]["intent_strength"], rtol=0, atol=1e-6)


def _decoded(value):
    """What a table holds: texts for bytes, lists for sequences."""
    if isinstance(value, np.ndarray):
        return [_decoded(each) for each in value]
    return value.decode() if isinstance(value, bytes) else value
