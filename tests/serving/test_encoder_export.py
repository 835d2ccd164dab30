"""A model with an encoder, from raw strings (with TF Text's library) and from ids (with core ops only)."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from c_loader import CLoader, CLoaderError

from intent_tf.columns.raw_columns import padded, raw_columns
from intent_tf.errors import MissingExtraError
from intent_tf.models.bert import BertEncoder, BertTransformer
from intent_tf.models.build import build_feature_extractor, build_model, build_predictor
from intent_tf.serving import ServedModel
from intent_tf.serving.export import export_saved_model, export_token_ids
from intent_tf.serving.text_ops import op_libraries
from intent_tf.text.wordpiece import SPECIAL, WordPieceIds

pytest.importorskip("tensorflow_text", reason="tensorflow-text is not installed")
pytestmark = pytest.mark.guard
PACKAGES = Path(importlib.util.find_spec("tensorflow_text").origin).parents[1]


class Exported:
    """A model on raw columns, its SavedModels, and what it gives."""

    def __init__(self, data, folder: Path) -> None:
        extractor = build_feature_extractor(data, encoder=encoder(), dropout=0.0)
        self.model = build_model(data, extractor, build_predictor(ensemble_size=2))
        self.rows, self.folder, self.ids_folder = data.test, folder / "strings", folder / "ids"
        self.probabilities = self.model.predict(data.test)
        export_saved_model(self.model, self.folder)
        export_token_ids(self.model, self.ids_folder)
        columns = padded(raw_columns(data.test.frame, data.specification))
        self.raw = {name: value.numpy() for name, value in columns.items()}

    def ids(self) -> dict[str, np.ndarray]:
        ids = {"input_word_ids": self.rows.features["text"].to_tensor().numpy()}
        return {name: value for name, value in self.raw.items() if name != "title"} | ids


def encoder() -> BertEncoder:
    letters = "abcdefghijklmnopqrstuvwxyz"
    vocabulary = (*SPECIAL, *letters, *(f"##{letter}" for letter in letters), "love", "bad", "[cart]")
    network = BertTransformer(
        len(vocabulary), num_layers=1, hidden_dim=8, num_heads=2, max_sequence_length=32
    )
    return BertEncoder(network, WordPieceIds(32, vocabulary=vocabulary))


@pytest.fixture(scope="module")
def shop_export(make_shop, prepare_shop, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    keras.utils.set_random_seed(0)
    data = prepare_shop(make_shop(), subwords=encoder().subwords)
    return Exported(data, tmp_path_factory.mktemp("encoder"))


def test_strengths_differ_from_row_to_row(shop_export: Exported) -> None:
    assert np.ptp(shop_export.probabilities) > 0.001


def test_raw_columns_and_features_give_the_same(shop_export: Exported) -> None:
    probabilities = shop_export.model.predict(shop_export.rows.frame)
    np.testing.assert_allclose(probabilities, shop_export.probabilities, rtol=0, atol=1e-6)


def test_keras_files_give_the_same(shop_export: Exported, tmp_path: Path) -> None:
    shop_export.model.save(tmp_path / "model.keras")
    back = keras.models.load_model(tmp_path / "model.keras")
    probabilities = back.predict(shop_export.rows.frame)
    np.testing.assert_allclose(probabilities, shop_export.probabilities, rtol=0, atol=1e-6)


def test_the_saved_model_gives_the_same(shop_export: Exported) -> None:
    probabilities = ServedModel(shop_export.folder).predict(shop_export.rows.frame)
    np.testing.assert_allclose(probabilities, shop_export.probabilities, rtol=0, atol=1e-6)


def test_the_order_of_the_batches_changes_nothing(shop_export: Exported) -> None:
    probabilities = ServedModel(shop_export.folder).predict(shop_export.rows.frame, batch_size=5)
    np.testing.assert_allclose(probabilities, shop_export.probabilities, rtol=0, atol=1e-6)


def test_without_tf_text_the_extra_is_named(shop_export: Exported, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow_text", None)
    with pytest.raises(MissingExtraError, match=r"tensorflow_text.*intent_tf\[bert\]"):
        ServedModel(shop_export.folder)


def test_the_libraries_of_the_ops_are_told(shop_export: Exported) -> None:
    libraries = op_libraries(shop_export.folder)
    assert len(libraries) == 2 and all((PACKAGES / library).is_file() for library in libraries)
    assert op_libraries(shop_export.ids_folder) == ()


def test_raw_strings_run_in_c_with_the_libraries(shop_export: Exported, loader_program: Path) -> None:
    libraries = [PACKAGES / library for library in op_libraries(shop_export.folder)]
    with CLoader(loader_program, shop_export.folder, libraries) as loader:
        probabilities = loader.run(shop_export.raw)["intent_strength"]
    np.testing.assert_allclose(probabilities, shop_export.probabilities, rtol=0, atol=1e-6)


def test_raw_strings_cannot_be_loaded_in_c_without_them(shop_export: Exported, loader_program: Path) -> None:
    with pytest.raises(CLoaderError, match=r"FastBertNormalize|FastWordpiece"):
        CLoader(loader_program, shop_export.folder)


def test_ids_run_in_c_without_them(shop_export: Exported, loader_program: Path) -> None:
    with CLoader(loader_program, shop_export.ids_folder) as loader:
        probabilities = loader.run(shop_export.ids())["intent_strength"]
    np.testing.assert_allclose(probabilities, shop_export.probabilities, rtol=0, atol=1e-6)


def test_the_vocabulary_of_the_ids_is_written_beside_them(shop_export: Exported) -> None:
    subwords = (shop_export.ids_folder / "vocab.txt").read_text().splitlines()
    assert tuple(subwords) == shop_export.model.preprocessor.subwords.vocabulary
