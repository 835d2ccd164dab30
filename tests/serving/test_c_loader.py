"""TensorFlow's C++ loader, which TF Serving calls, gives what Keras gives; no Python is in its process."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from c_loader import CLoaderError

from intent_tf.serving.tf_examples import serialise_examples


def examples_of(columns: dict[str, np.ndarray]) -> np.ndarray:
    return np.array(serialise_examples(columns), object)


def test_raw_columns_give_keras_strengths(exported, load_in_c) -> None:
    probabilities = load_in_c(exported.folder).run(exported.raw())["intent_strength"]
    assert len(probabilities) >= 100
    assert np.ptp(probabilities) > 0.1
    np.testing.assert_allclose(probabilities, exported.probabilities, rtol=0, atol=1e-6)


def test_probabilities_of_the_strongest_action_are_those_of_keras(events, load_in_c) -> None:
    found = load_in_c(events.folder).run(events.raw())["action_probabilities"]
    np.testing.assert_allclose(found, events.model.predict_actions(events.rows), rtol=0, atol=1e-6)


def test_one_row_gives_what_it_gives_among_many(exported, load_in_c) -> None:
    loader = load_in_c(exported.folder)
    alone = [loader.run(exported.raw(slice(row, row + 1)))["intent_strength"][0] for row in range(20)]
    np.testing.assert_allclose(alone, exported.probabilities[:20], rtol=0, atol=1e-6)


def test_examples_give_the_same_scores_of_classes(exported, load_in_c) -> None:
    inputs = {"inputs": examples_of(exported.raw())}
    outputs = load_in_c(exported.folder).run(inputs, "serving_examples")
    np.testing.assert_allclose(outputs["scores"][:, 1], exported.probabilities, rtol=0, atol=1e-6)
    np.testing.assert_allclose(outputs["scores"].sum(axis=1), 1, rtol=0, atol=1e-6)
    assert set(outputs["classes"][:, 1]) == {b"purchase"}


def test_examples_give_the_same_regression(exported, load_in_c) -> None:
    inputs = {"inputs": examples_of(exported.raw())}
    outputs = load_in_c(exported.folder).run(inputs, "serving_examples_regress")["outputs"]
    np.testing.assert_allclose(outputs, exported.probabilities, rtol=0, atol=1e-6)


def test_no_rows_give_no_strengths(exported, load_in_c) -> None:
    assert load_in_c(exported.folder).run(exported.raw(slice(0)))["intent_strength"].shape == (0,)


def test_columns_of_different_numbers_of_rows_are_an_error(events, load_in_c) -> None:
    columns = events.raw(slice(5))
    columns["elapsed"] = columns["elapsed"][:3]
    with pytest.raises(CLoaderError):
        load_in_c(events.folder).run(columns)


def test_a_shorter_sequence_counts_as_padded(events, load_in_c) -> None:
    columns = events.raw(slice(5))
    columns["price"] = columns["price"][:, :1]
    padded = columns | {"price": np.full_like(columns["elapsed"], np.nan)}
    padded["price"][:, :1] = columns["price"]
    loader = load_in_c(events.folder)
    np.testing.assert_array_equal(*(loader.run(each)["intent_strength"] for each in (columns, padded)))


def test_a_python_function_fails_at_run(tmp_path, load_in_c) -> None:
    class Doubles(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec((None,), tf.float32, "x")])
        def serve(self, x):
            return {"y": tf.numpy_function(lambda value: value * 2, [x], tf.float32)}

    tf.saved_model.save(module := Doubles(), str(tmp_path), signatures=module.serve)
    loader = load_in_c(tmp_path)
    with pytest.raises(CLoaderError):
        loader.run({"x": np.ones(2, np.float32)})


def test_a_bare_module_around_a_keras_model_fails_at_run(tmp_path, load_in_c) -> None:
    module = tf.Module()
    module.model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    module.serve = tf.function(
        lambda x: {"y": module.model(x)}, input_signature=[tf.TensorSpec((None, 1), tf.float32, "x")]
    )
    tf.saved_model.save(module, str(tmp_path), signatures=module.serve)
    loader = load_in_c(tmp_path)
    with pytest.raises(CLoaderError, match="ould not find variable"):
        loader.run({"x": np.ones((2, 1), np.float32)})


def test_tf_text_without_its_library_cannot_be_loaded(tmp_path, load_in_c) -> None:
    text = pytest.importorskip("tensorflow_text", reason="tensorflow-text is not installed")

    class Splits(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, "x")])
        def serve(self, x):
            return {"y": text.UnicodeScriptTokenizer().tokenize(x).to_tensor()}

    tf.saved_model.save(module := Splits(), str(tmp_path), signatures=module.serve)
    with pytest.raises(CLoaderError, match="not registered"):
        load_in_c(tmp_path)
