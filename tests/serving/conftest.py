"""A model of each variant, exported once for all tests of serving."""

from __future__ import annotations

import functools
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

from intent_tf.columns.prepared import preprocess_data
from intent_tf.columns.raw_columns import padded, raw_columns
from intent_tf.data.datasets import DATASETS
from intent_tf.data.event_examples import event_examples
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.example_source import ExampleSource
from intent_tf.layers.calibrator import Calibrator
from intent_tf.models.build import build_feature_extractor, build_model, build_predictor
from intent_tf.models.intent_model import IntentModel
from intent_tf.options.training import TrainingConfig
from intent_tf.serving.export import export_saved_model
from intent_tf.serving.model_versions import ModelVersions
from intent_tf.simulator.simulator import simulate
from intent_tf.training.training import create_model

sys.path.insert(0, str(Path(__file__).parent))  # for their helpers

from c_loader import CLoader, compile_loader


@dataclass
class Exported:
    """A model, where it is exported, and rows that it did not learn from, with Keras' probabilities."""

    model: IntentModel
    folder: Path
    rows: pd.DataFrame
    probabilities: np.ndarray

    @property
    def base(self) -> Path:
        """The folder of versions."""
        return self.folder.parent

    def raw(self, rows: slice = slice(None)) -> dict[str, np.ndarray]:
        """Raw columns as arrays."""
        columns = raw_columns(self.rows.iloc[rows], self.model.preprocessor.specification)
        return {name: values.numpy() for name, values in padded(columns).items()}


def _source(variant: str) -> ExampleSource:
    if variant == "events":
        return event_examples(simulate(200, seed=0), definition=ExampleDefinition(label="action_level"))
    name = {"table": "online_shoppers", "text": "clothing_reviews"}[variant]
    if not os.environ.get("INTENT_TF_DATA"):
        pytest.skip(f"INTENT_TF_DATA names no folder with the data set {name}")
    return DATASETS[name].examples()


def _export(variant: str, folder: Path) -> None:
    """Write a model as all forms of it: its versions, its Keras file, rows and their probabilities."""
    source = _source(variant)
    keras.utils.set_random_seed(0)
    data = preprocess_data(
        source.frame.head(1000),
        source.label,
        kinds=source.kinds,
        excluded=source.excluded,
        plan=source.plan,
        positive=source.positive,
        derived=source.derived,
    )
    model = create_model(data, TrainingConfig())
    # What is tested is the graph, not what it learnt; random weights spread the probabilities at no cost.
    for weight in model.trainable_variables:
        weight.assign_add(keras.random.normal(weight.shape, stddev=0.2))
    calibrator = Calibrator("platt")
    calibrator.build((None,))
    calibrator.scale.assign(1.2)
    model = model.with_calibration(calibrator, 0.5)
    export_saved_model(model, folder / "versions" / "1")
    model.save(folder / "model.keras")
    rows = data.test.frame.reset_index(drop=True)
    rows.to_pickle(folder / "rows.pickle")
    np.save(folder / "probabilities.npy", model.predict(rows))


def _read(folder: Path) -> Exported:
    rows, probabilities = pd.read_pickle(folder / "rows.pickle"), np.load(folder / "probabilities.npy")
    model = keras.models.load_model(folder / "model.keras")
    return Exported(model, folder / "versions" / "1", rows, probabilities)


@pytest.fixture(scope="session")
def exports(made_once: Callable[..., Path]):
    """A function from a variant's name to its `Exported`, made when any worker first asks for it."""

    @functools.cache
    def exported(variant: str) -> Exported:
        return _read(made_once(f"exported_{variant}", lambda folder: _export(variant, folder)))

    return exported


@pytest.fixture(scope="session", params=["table", "text", "events"])
def exported(request, exports) -> Exported:
    """Each variant."""
    return exports(request.param)


@pytest.fixture(scope="session")
def events(exports) -> Exported:
    """The variant that reads sessions."""
    return exports("events")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory) -> Exported:
    """A model of one member whose columns have names that no operation may have; it loads at once."""
    frame = pd.DataFrame(
        {"page views": range(100), "标题": ["red", "blue"] * 50, "bought": [0, 0, 1, 1] * 25}
    )
    data = preprocess_data(frame, "bought", kinds={"page views": "number", "标题": "category"})
    model = build_model(data, build_feature_extractor(data), build_predictor(ensemble_size=1))
    export_saved_model(model, folder := tmp_path_factory.mktemp("tiny") / "1")
    return Exported(model, folder, frame, model.predict(frame))


@pytest.fixture(scope="session")
def loader_program(made_once: Callable[..., Path]) -> Path:
    """The compiled C program."""
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    return made_once("loader", compile_loader) / "loader"


@pytest.fixture(scope="session")
def load_in_c(loader_program):
    """A function that loads a SavedModel in the C++ loader; each folder once, in a process of its own."""
    loaders: dict[Path, CLoader] = {}

    def load(folder: Path) -> CLoader:
        if folder not in loaders:
            loaders[folder] = CLoader(loader_program, folder)
        return loaders[folder]

    yield load
    for each in loaders.values():
        each.close()


@pytest.fixture(scope="session")
def versions(events) -> ModelVersions:
    """The variant that reads sessions, as the stand-in serves it."""
    return ModelVersions(events.base, "shop")


@pytest.fixture(scope="session")
def rest_url(versions) -> Iterator[str]:
    """The model's URL in the stand-in."""
    pytest.importorskip("uvicorn", reason="the extra serving is not installed")
    from rest_thread import running

    from intent_tf.serving.rest_app import rest_app

    with running(rest_app(versions)) as port:
        yield f"http://127.0.0.1:{port}/v1/models/shop"
