"""A stranger's model of the package's layers: nothing of tables, no IntentModel, plain Keras."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from intent_tf.layers import Calibrator, EnsembleDense, NumberEmbedding, Predictor, TextCNN, WideText

RANDOM = np.random.default_rng(0)
ROWS = {
    "ids": RANDOM.integers(0, 50, (64, 12)).astype("int32"),
    "scores": RANDOM.normal(size=(64, 3)).astype("float32"),
    "missing": RANDOM.integers(0, 2, (64, 3)).astype("float32"),
}
LABEL = RANDOM.integers(0, 2, 64).astype("float32")


@pytest.fixture(scope="module")
def model() -> keras.Model:
    keras.utils.set_random_seed(0)
    ids = keras.Input((None,), dtype="int32", name="ids")
    scores, missing = keras.Input((3,), name="scores"), keras.Input((3,), name="missing")
    embedding = NumberEmbedding(output_dim=4)
    embedding.adapt(ROWS["scores"], ROWS["missing"])
    text = TextCNN(input_dim=50, output_dim=8, filters=6, kernel_sizes=3, kernel_regularizer="l2")(ids)
    numbers = keras.layers.Flatten()(embedding(scores, missing))
    members = EnsembleDense(8, ensemble_size=2, activation="relu")(
        keras.layers.Concatenate()([text, numbers])
    )
    logits = Predictor(units=8, ensemble_size=4)(keras.layers.Flatten()(members))
    logits = keras.layers.Add()([logits, WideText(input_dim=50, num_bins=64)(ids)])
    mean = keras.layers.GlobalAveragePooling1D(data_format="channels_first")
    probability = keras.layers.Activation("sigmoid")(keras.layers.Reshape((4, 1))(logits))
    probability = keras.layers.Reshape(())(mean(keras.layers.Permute((2, 1))(probability)))
    model = keras.Model([ids, scores, missing], Calibrator("platt")(probability))
    model.compile("adam", "binary_crossentropy")
    model.fit(ROWS, LABEL, epochs=2, verbose=0)
    return model


def test_it_predicts_a_probability_for_each_row(model: keras.Model) -> None:
    probability = model.predict(ROWS, verbose=0)
    assert probability.shape == (64,) and 0 < probability.min() < probability.max() < 1


def test_it_learns(model: keras.Model) -> None:
    weights = model.get_weights()
    model.fit(ROWS, LABEL, epochs=1, verbose=0)
    changed = [not np.array_equal(old, new) for old, new in zip(weights, model.get_weights(), strict=True)]
    trained = [weight.trainable for weight in model.weights]
    assert all(change for change, wanted in zip(changed, trained, strict=True) if wanted)


def test_a_keras_file_predicts_the_same_without_custom_objects(model: keras.Model, tmp_path: Path) -> None:
    model.save(tmp_path / "model.keras")
    restored = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(restored.predict(ROWS, verbose=0), model.predict(ROWS, verbose=0))


def test_a_saved_model_predicts_the_same(model: keras.Model, tmp_path: Path) -> None:
    model.export(tmp_path / "model", verbose=False)
    served = tf.saved_model.load(tmp_path / "model")
    probability = served.serve([ROWS["ids"], ROWS["scores"], ROWS["missing"]])
    np.testing.assert_allclose(probability, model.predict(ROWS, verbose=0), rtol=0, atol=1e-6)


def test_its_summary_names_every_layer(model: keras.Model) -> None:
    lines: list[str] = []
    model.summary(print_fn=lines.append)
    summary = "\n".join(lines)
    for name in ("TextCNN", "NumberEmbedding", "EnsembleDense", "WideText", "Predictor", "Calibrator"):
        assert name in summary
