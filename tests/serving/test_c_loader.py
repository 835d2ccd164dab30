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


def test_a_row_of_wrong_types_among_examples_changes_no_other(events, load_in_c) -> None:
    def wrong(name: str) -> tf.train.Feature:
        values = {"float_list": tf.train.FloatList(value=[1.0, 2.0])}
        if events.raw()[name].dtype == np.float32:
            values = {"bytes_list": tf.train.BytesList(value=[b"cart"])}
        return tf.train.Feature(**values)

    features = tf.train.Features(feature={name: wrong(name) for name in events.raw()})
    bad = tf.train.Example(features=features).SerializeToString()
    rows = examples_of(events.raw(slice(20)))
    inputs = {"inputs": np.array([*rows[:10], bad, *rows[10:]], object)}
    outputs = load_in_c(events.folder).run(inputs, "serving_examples_regress")["outputs"]
    np.testing.assert_allclose(np.delete(outputs, 10), events.probabilities[:20], rtol=0, atol=1e-6)


def test_no_rows_give_no_strengths(exported, load_in_c) -> None:
    assert load_in_c(exported.folder).run(exported.raw(slice(0)))["intent_strength"].shape == (0,)


def test_columns_of_different_numbers_of_rows_are_an_error(events, load_in_c) -> None:
    columns = events.raw(slice(5))
    columns["elapsed"] = columns["elapsed"][:3]
    with pytest.raises(CLoaderError):
        load_in_c(events.folder).run(columns)


@pytest.mark.parametrize("by", ["the first value", "random values", "other rows' values"])
def test_what_a_server_pads_with_changes_no_strength(by: str, events, load_in_c) -> None:
    columns, rng = events.raw(slice(30)), np.random.default_rng(0)
    names = [name for name, values in columns.items() if values.ndim == 2]

    def padding(values: np.ndarray) -> np.ndarray:
        if by == "the first value":
            return np.full((30, 7), values[0, 0], values.dtype)
        if by == "other rows' values":
            return np.roll(values, 1, axis=0)[:, :7]
        odd = [b"cart", b"\xff", b"x" * 99] if values.dtype == object else [1e38, -1.0, np.inf]
        return rng.choice(np.array(odd, values.dtype), (30, 7))

    # Of each row only its own events are real, so the padding of the shorter ones is replaced as well.
    real = np.arange(columns[names[0]].shape[1]) < columns["session_length"][:, None]
    padded = {}
    for name in names:
        behind = padding(columns[name])
        own = np.where(real, columns[name], behind[:, :1])
        padded[name] = np.concatenate([own, behind], axis=1)
    loader = load_in_c(events.folder)
    found, expected = (loader.run(each)["intent_strength"] for each in (columns | padded, columns))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


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
