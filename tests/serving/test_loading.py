from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest

from intent_tf.columns.prepared import PreparedData
from intent_tf.errors import InputError
from intent_tf.models.intent_model import IntentModel
from intent_tf.serving.loading import find_model, find_version, load_model
from intent_tf.training.training import TrainingConfig, create_model

SMALL = TrainingConfig(ensemble_size=2, filters=4, output_dim=4)


@pytest.fixture(scope="module")
def model(shop_data: PreparedData) -> IntentModel:
    return create_model(shop_data, SMALL)


@pytest.fixture(scope="module")
def base(model: IntentModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("shop")
    for version in ("9", "10"):
        (base / version).mkdir()
        model.save(base / version / "model.keras")
    return base


@pytest.mark.parametrize(
    "index",
    [
        lambda base: base,
        lambda base: base / "10",
        lambda base: base / "10" / "model.keras",
        lambda base: str(base),
    ],
)
def test_a_folder_of_versions_means_the_newest(base: Path, index: Callable[[Path], Path]) -> None:
    assert find_model(index(base)) == base / "10" / "model.keras"


def test_a_version_without_a_model_is_passed_over(base: Path, model: IntentModel) -> None:
    (base / "11").mkdir()
    assert find_model(base) == base / "10" / "model.keras"
    (base / "11").rmdir()


def test_a_version_with_a_saved_model_alone_is_one(base: Path) -> None:
    (base / "12").mkdir()
    (base / "12" / "saved_model.pb").touch()
    assert find_version(base) == base / "12"
    (base / "12" / "saved_model.pb").unlink()
    (base / "12").rmdir()


def test_a_keras_file_is_its_own_version(base: Path) -> None:
    assert find_version(base / "9" / "model.keras") == base / "9" / "model.keras"


def test_a_file_of_another_minor_version_says_which_wrote_it(
    model: IntentModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as later:
        later.setattr("intent_tf.models.intent_model.__version__", "9.3.1")
        model.save(tmp_path / "model.keras")
    with pytest.raises(InputError, match=r"model\.keras: written by intent_tf 9\.3\.1, which intent_tf"):
        load_model(tmp_path)


def test_a_loaded_model_gives_the_same_strengths(
    base: Path, model: IntentModel, shop_data: PreparedData
) -> None:
    np.testing.assert_array_equal(
        load_model(base).predict(shop_data.test.frame), model.predict(shop_data.test.frame)
    )


def test_a_path_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none: no such model; expected a folder that `python -m intent_tf"):
        load_model(tmp_path / "none")


def test_a_folder_that_is_no_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no model"):
        load_model(tmp_path)


def test_a_file_that_is_no_model_is_told(tmp_path: Path) -> None:
    (tmp_path / "model.keras").write_text("not a model")
    with pytest.raises(InputError, match="cannot be loaded as a model"):
        load_model(tmp_path)


def test_another_keras_model_is_told_by_its_class(tmp_path: Path) -> None:
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(tmp_path / "model.keras")
    with pytest.raises(InputError, match="holds a Sequential, no IntentModel"):
        load_model(tmp_path)
