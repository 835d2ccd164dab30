from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from test_model_facts import written

from intent_tf.errors import InputError
from intent_tf.models.intent_model import IntentModel
from intent_tf.serving.served_model import ServedModel
from intent_tf.serving.trained_model import ModelFacts, open_model


@pytest.fixture
def version(tiny, tmp_path: Path) -> Path:
    """A version folder with both forms of a model."""
    folder = tmp_path / "shop" / "1"
    shutil.copytree(tiny.folder, folder)
    tiny.model.save(folder / "model.keras")
    return folder


def test_of_a_version_folder_the_saved_model_runs(version: Path) -> None:
    assert isinstance(open_model(version).scorer, ServedModel)


def test_of_a_folder_of_versions_the_newest_runs(version: Path, tiny) -> None:
    shutil.copytree(tiny.folder, version.parent / "10")
    scorer = open_model(version.parent).scorer
    assert isinstance(scorer, ServedModel) and scorer.folder.name == "10"


def test_the_label_and_the_threshold_are_read_beside_the_saved_model(version: Path) -> None:
    assert open_model(version).facts == ModelFacts("bought", None, 0.5)


def test_a_saved_model_alone_runs_without_them(tiny) -> None:
    model = open_model(tiny.folder)
    assert model.facts == ModelFacts()
    np.testing.assert_allclose(model.scorer.predict(tiny.rows), tiny.probabilities, rtol=0, atol=1e-6)


def test_without_a_saved_model_keras_loads_the_file_beside_it(version: Path) -> None:
    (version / "saved_model.pb").unlink()
    model = open_model(version)
    assert isinstance(model.scorer, IntentModel) and model.facts == ModelFacts("bought", None, 0.5)


def test_a_keras_file_that_is_named_is_loaded(version: Path) -> None:
    assert isinstance(open_model(version / "model.keras").scorer, IntentModel)


def test_a_foreign_encoder_is_refused_unless_trusted(version: Path) -> None:
    written(version / "model.keras", encoder={"registered_name": "intent_tf>HubSavedModel"})
    with pytest.raises(InputError, match=r"foreign SavedModel.*--trust"):
        open_model(version)
    assert isinstance(open_model(version, trust=True).scorer, ServedModel)


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no model"):
        open_model(tmp_path)
