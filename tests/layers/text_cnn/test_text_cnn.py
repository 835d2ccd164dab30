"""The extractor gives what Keras' own layers give."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.errors import InputError
from intent_tf.layers.text_cnn.sharing_pays import sharing_pays
from intent_tf.layers.text_cnn.text_cnn import TextCNN
from intent_tf.layers.text_cnn.to_keras_layers import to_keras_layers

SHAPES = {
    "batch": st.integers(1, 40),
    "tokens": st.integers(5, 60),
    "vocabulary": st.integers(2, 300),
    "output_dim": st.integers(1, 9),
    "filters": st.integers(1, 6),
    "kernel_sizes": st.lists(st.integers(1, 5), min_size=1, max_size=3),
    "padding": st.sampled_from(["valid", "same"]),
    "use_bias": st.booleans(),
    "training": st.booleans(),
}


@settings(max_examples=40, deadline=None, derandomize=True)
@given(**SHAPES)
def test_texts_of_any_shape_give_what_the_keras_layers_give(
    build_extractor, batch, tokens, vocabulary, output_dim, filters, kernel_sizes, padding, use_bias, training
) -> None:
    layer = build_extractor(
        vocabulary, output_dim, filters, kernel_sizes, padding=padding, use_bias=use_bias, mask_zero=False
    )
    ids = np.random.default_rng(batch).integers(0, vocabulary, (batch, tokens))
    expected = to_keras_layers(layer)(ids).numpy()
    np.testing.assert_allclose(layer(ids, training=training), expected, rtol=1e-5, atol=1e-5 * expected.max())


@pytest.mark.parametrize("activation", ["relu", "tanh", "gelu"])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_each_text_gives_what_the_keras_layers_give_for_it_alone(
    build_extractor, random_texts, padding: str, activation: str
) -> None:
    lengths = [9, 4, 5, 7]
    ids = random_texts(lengths)
    layer = build_extractor(kernel_sizes=(2, 3, 4), activation=activation, padding=padding)
    stock = to_keras_layers(layer)
    expected = [stock(text[None, :length]) for text, length in zip(ids, lengths, strict=True)]
    np.testing.assert_allclose(layer(ids), tf.concat(expected, axis=0), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("texts", [2, 64], ids=["plain", "shared"])
def test_padding_never_wins_the_max(build_extractor, random_texts, texts: int) -> None:
    layer, ids = build_extractor(kernel_sizes=(2, 3)), random_texts([40] * texts)
    layer.embeddings.assign(tf.concat([tf.fill([1, 8], 1e3), layer.embeddings[1:]], axis=0))
    np.testing.assert_allclose(layer(np.pad(ids, ((0, 0), (0, 9)))), layer(ids), rtol=1e-6, atol=1e-5)


@pytest.mark.parametrize("texts", [2, 600], ids=["plain", "shared"])
def test_an_empty_text_gives_the_activation_of_the_bias(build_extractor, texts: int) -> None:
    layer, ids = build_extractor(activation="tanh"), np.zeros((texts, 6), int)
    ids[0, 0] = 7
    expected = np.tanh(layer.biases[0].numpy())
    np.testing.assert_allclose(layer(ids)[1:], np.tile(expected, (texts - 1, 1)), rtol=1e-6)


def test_a_text_shorter_than_the_kernel_is_filled_up_with_zero_vectors(build_extractor) -> None:
    layer = build_extractor(activation="linear")
    first, second = layer.embeddings.numpy()[[4, 9]]
    kernel, bias = layer.kernels[0].numpy(), layer.biases[0].numpy()
    expected = [first @ kernel[0] + second @ kernel[1] + bias]
    np.testing.assert_allclose(layer(np.array([[4, 9]])), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("mask_zero", [True, False])
def test_ragged_ids_give_what_each_text_gives_alone(build_extractor, mask_zero: bool) -> None:
    layer = build_extractor(mask_zero=mask_zero)
    texts = [[3, 0, 5, 6], [7, 8], [9]]
    alone = [layer(np.array([text])) for text in texts]
    np.testing.assert_allclose(layer(tf.ragged.constant(texts)), tf.concat(alone, 0), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("texts", [2, 64], ids=["plain", "shared"])
def test_mixed_precision_costs_only_the_digits_that_it_lacks(
    build_extractor, random_texts, policy: str, texts: int
) -> None:
    ids = random_texts([40] * texts)
    mixed, exact = build_extractor(dtype=policy)(ids), build_extractor()(ids)
    assert mixed.dtype == policy.removeprefix("mixed_")
    # Eight bits of mantissa for bfloat16, eleven for float16, on sums of 24 terms.
    digits = 2.0**-7 if policy == "mixed_bfloat16" else 2.0**-10
    np.testing.assert_allclose(tf.cast(mixed, tf.float32), exact, atol=2 * digits * np.abs(exact).max())


@pytest.mark.parametrize("jit", [False, True])
def test_a_graph_gives_what_eager_execution_gives(build_extractor, random_texts, jit: bool) -> None:
    layer, ids = build_extractor(kernel_sizes=(2, 3)), random_texts([40] * 64)
    graph = tf.function(lambda ids: layer(ids, training=True), jit_compile=jit)
    np.testing.assert_allclose(graph(ids), layer(ids), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("options", [{}, {"padding": "same", "mask_zero": False, "use_bias": False}])
def test_a_saved_model_file_restores_the_layer(build_extractor, random_texts, tmp_path, options) -> None:
    layer = build_extractor(kernel_sizes=(2, 3), activation="tanh", **options)
    model = keras.Sequential([keras.Input((None,), dtype="int32"), layer])
    model.save(tmp_path / "model.keras")
    restored = keras.models.load_model(tmp_path / "model.keras")
    assert restored.layers[0].get_config() == layer.get_config()
    np.testing.assert_array_equal(model(random_texts([6, 3, 1])), restored(random_texts([6, 3, 1])))


def test_batches_of_both_paths_go_through_one_exported_graph(build_extractor, random_texts, tmp_path) -> None:
    layer = build_extractor()
    model = keras.Sequential([keras.Input((None,), dtype="int32"), layer])
    model.export(tmp_path / "model", verbose=False)
    restored = tf.saved_model.load(tmp_path / "model")
    few, many = random_texts([9, 4]), random_texts([40] * 64)
    assert bool(sharing_pays(many)) and not bool(sharing_pays(few))
    for ids in (few, many):
        np.testing.assert_allclose(restored.serve(ids), layer(ids), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    "wrong", [{"filters": 0}, {"kernel_sizes": ()}, {"kernel_sizes": (3, 0)}, {"padding": "causal"}]
)
def test_a_wrong_argument_is_named(wrong) -> None:
    with pytest.raises(InputError, match=next(iter(wrong)).replace("kernel_sizes", "kernel.sizes")):
        TextCNN(30, **wrong)


def test_one_kernel_size_may_be_a_number() -> None:
    assert TextCNN(30, kernel_sizes=4).kernel_sizes == (4,)


def test_an_input_of_floats_is_refused_when_the_model_runs() -> None:
    model = keras.Sequential([keras.Input((None,)), TextCNN(30)])
    with pytest.raises(InputError, match="ids of type float32; expected integers"):
        model.predict(np.ones((2, 5), "float32"), verbose=0)
