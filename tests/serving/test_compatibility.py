"""Models of earlier releases run, in Python and in C++, and give the probabilities that they gave then."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from intent_tf.data.predictions import Predictions
from intent_tf.errors import InputError
from intent_tf.evaluation.metrics import evaluate
from intent_tf.options.evaluate import EvaluateConfig
from intent_tf.predict import main as predict
from intent_tf.runs.evaluate import evaluate_file
from intent_tf.serving import Client, ServedModel, load_model
from intent_tf.serving.model_versions import ModelVersions
from intent_tf.serving.rest_json import to_tensors
from intent_tf.version import __version__

FOLDER = Path(__file__).parents[2] / "saved_models" / "compatibility"
RELEASES = sorted(each for each in FOLDER.iterdir() if each.is_dir())


def minor(version: str) -> list[str]:
    return version.split(".")[:2]


OLDER = [each for each in RELEASES if minor(each.name) != minor(__version__)]
PATCHES = [each for each in RELEASES if each not in OLDER]


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


@pytest.fixture(scope="module")
def table(golden) -> pd.DataFrame:
    """The golden request as a table, with labels."""
    columns = {name: [_decoded(each) for each in values] for name, values in golden[0].items()}
    return pd.DataFrame(columns).assign(bought=[1, 0, 0])


@pytest.mark.skipif("dev" in __version__, reason="no release runs")
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


def test_the_saved_model_gives_it_for_a_table(release, golden, table) -> None:
    probabilities = ServedModel(release).predict(table)
    np.testing.assert_allclose(probabilities, golden[1]["intent_strength"], rtol=0, atol=1e-6)


def test_predict_gives_it(release, golden, table, tmp_path) -> None:
    data, out = tmp_path / "rows.parquet", tmp_path / "scored.parquet"
    table.to_parquet(data)
    predict([str(release), "--data", str(data), "--out", str(out), "--quiet"])
    probabilities = pd.read_parquet(out)["intent_strength"]
    np.testing.assert_allclose(probabilities, golden[1]["intent_strength"], rtol=0, atol=1e-6)


def test_evaluate_knows_the_label_and_the_threshold(release, golden, table, tmp_path) -> None:
    data = tmp_path / "rows.parquet"
    table.to_parquet(data)
    metrics = evaluate_file(release, EvaluateConfig(data=str(data))).test
    expected = evaluate(Predictions.unweighted(table["bought"], golden[1]["intent_strength"]), threshold=0.5)
    assert metrics.log_loss == pytest.approx(expected.log_loss, rel=0, abs=1e-6)
    assert metrics.threshold == 0.5


def test_a_server_answers_with_it(release, golden, table) -> None:
    pytest.importorskip("uvicorn", reason="the extra serving is not installed")
    from rest_thread import running

    from intent_tf.serving.rest_app import rest_app

    with running(rest_app(ModelVersions(release, "shop"))) as port:
        probabilities = Client(f"http://127.0.0.1:{port}/v1/models/shop").predict(table)
    np.testing.assert_allclose(probabilities, golden[1]["intent_strength"], rtol=0, atol=1e-6)


@pytest.mark.parametrize("release", OLDER, ids=lambda folder: folder.name)
def test_the_keras_file_of_another_minor_version_says_so(release) -> None:
    wrote = ".".join(minor(release.name))
    with pytest.raises(
        InputError, match=rf"model\.keras: written by intent_tf {wrote}.* SavedModel beside it"
    ):
        load_model(release)


@pytest.mark.parametrize("release", PATCHES, ids=lambda folder: folder.name, scope="module")
def test_the_keras_file_of_this_minor_version_gives_it(release, golden, table) -> None:
    np.testing.assert_allclose(
        load_model(release).predict(table), golden[1]["intent_strength"], rtol=0, atol=1e-6
    )


def _decoded(value):
    """What a table holds: texts for bytes, lists for sequences."""
    if isinstance(value, np.ndarray):
        return [_decoded(each) for each in value]
    return value.decode() if isinstance(value, bytes) else value
