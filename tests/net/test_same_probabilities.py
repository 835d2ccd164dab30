"""What was predicted before is predicted now: by the stored weights, of rows that today's code prepares.

`make_net.py` stored the weights and the predictions. A name or a shape that has changed on purpose is told
in `package_api`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import package_api
import pytest
from cases import CASES
from named_weights import named_weights
from trained import WEIGHTS, predicted

from intent_tf.columns.prepared import PreparedData
from intent_tf.columns.rows import Rows
from intent_tf.models.intent_model import IntentModel
from intent_tf.serving import ServedModel, export_saved_model

STORED = Path(__file__).parent / "stored"


@dataclass
class Rebuilt:
    """A model with stored weights.

    Args:
        name: Of the case.
        data: As prepared now.
        model: As built now, with the weights of then.
        adapted: Weights that were learnt from the rows alone, before those of then took their place.
        stored: What `make_net.py` wrote.
    """

    name: str
    data: PreparedData
    model: IntentModel
    adapted: dict[str, np.ndarray]
    stored: dict[str, np.ndarray]

    @property
    def rows(self) -> Rows:
        return package_api.kept_rows(self.data)

    @property
    def weights(self) -> dict[str, np.ndarray]:
        return stored_weights(self.stored)


def stored_weights(stored: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return dict(
        package_api.renamed(
            {key.removeprefix(WEIGHTS): value for key, value in stored.items() if key.startswith(WEIGHTS)}
        )
    )


def assign(weights: dict[str, keras.Variable], stored: dict[str, np.ndarray]) -> None:
    """Give weights their stored values; names and shapes have to be the same."""
    assert sorted(weights) == sorted(stored), "the model has not the weights that are stored"
    shapes, expected = ({key: tuple(each.shape) for key, each in of.items()} for of in (weights, stored))
    assert shapes == expected, "the weights have not the shapes that are stored"
    for key, weight in weights.items():
        weight.assign(stored[key])


@pytest.fixture(scope="module", params=CASES)
def rebuilt(request: pytest.FixtureRequest) -> Iterator[Rebuilt]:
    """Each case."""
    name, case = request.param, CASES[request.param]
    if case.missing:
        pytest.skip(case.missing)
    if case.encoder:
        pytest.importorskip("tensorflow_text", reason="tensorflow-text is not installed")
    with np.load(STORED / f"{name}.npz") as file:
        stored = dict(file)
    data = package_api.prepare(name, case)
    model = package_api.with_calibrator(case, package_api.create(case, data))
    weights = named_weights(package_api, model)
    adapted = {
        key: weight.numpy()
        for key, weight in weights.items()
        if not weight.trainable and not key.startswith("calibrator/")
    }
    assign(weights, stored_weights(stored))
    yield Rebuilt(name, data, package_api.with_threshold(model, data), adapted, stored)
    keras.backend.clear_session()


def test_the_predictions_are_the_same(rebuilt: Rebuilt) -> None:
    found = predicted(rebuilt.name, package_api, rebuilt.model, rebuilt.rows)
    np.testing.assert_array_equal(found["rows"], rebuilt.stored["rows"], "other rows are tested")
    for key, values in found.items():
        np.testing.assert_allclose(values, rebuilt.stored[key], rtol=0, atol=1e-6, err_msg=key)


def test_the_threshold_is_the_same(rebuilt: Rebuilt) -> None:
    np.testing.assert_allclose(rebuilt.model.threshold, rebuilt.stored["threshold"], rtol=0, atol=1e-6)


def test_what_is_adapted_to_the_rows_is_the_same(rebuilt: Rebuilt) -> None:
    for key, values in rebuilt.adapted.items():
        np.testing.assert_allclose(values, rebuilt.weights[key], rtol=0, atol=1e-6, err_msg=key)


@pytest.mark.parametrize(
    "rebuilt", [pytest.param("simulator", marks=pytest.mark.guard), "online_shoppers"], indirect=True
)
def test_the_saved_model_gives_the_same_probabilities(rebuilt: Rebuilt, tmp_path: Path) -> None:
    export_saved_model(rebuilt.model, tmp_path / "1")
    found = ServedModel(tmp_path / "1").predict(rebuilt.rows.frame)
    np.testing.assert_allclose(found, rebuilt.stored["probabilities"], rtol=0, atol=1e-6)


def test_no_file_is_larger_than_300_kilobytes() -> None:
    assert all((STORED / f"{name}.npz").stat().st_size <= 300_000 for name in CASES)
