"""The extractor gives what the stock layers give."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from intent_tf.models.sharing_pays import sharing_pays
from intent_tf.models.text_cnn import TextCNN

VOCABULARY, DIMENSION, FILTERS = 30, 8, 5


def random_texts(lengths: list[int], seed: int = 0) -> np.ndarray:
    ids = np.random.default_rng(seed).integers(1, VOCABULARY, (len(lengths), max(lengths)))
    return np.where(np.arange(max(lengths)) < np.array(lengths)[:, None], ids, 0).astype("int32")


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("activation", ["relu", "tanh", "gelu"])
def test_each_text_gives_what_the_stock_layers_give_for_it_alone(padding: str, activation: str) -> None:
    lengths = [9, 4, 5, 7]
    ids = random_texts(lengths)
    layer = TextCNN(VOCABULARY, DIMENSION, FILTERS, (2, 3, 4), activation, padding)
    layer.build((None, None))
    embedding = keras.layers.Embedding(VOCABULARY, DIMENSION)
    embedding.build(None)
    embedding.embeddings.assign(layer.embeddings)
    expected = []
    for text, length in zip(ids, lengths, strict=True):
        row = []
        for position, size in enumerate(layer.kernel_sizes):
            convolution = keras.layers.Conv1D(FILTERS, size, padding=padding, activation=activation)
            convolution.build((None, None, DIMENSION))
            convolution.kernel.assign(layer.kernels[position])
            row.append(keras.layers.GlobalMaxPooling1D()(convolution(embedding(text[None, :length]))))
        expected.append(tf.concat(row, axis=-1))
    np.testing.assert_allclose(layer(ids), tf.concat(expected, axis=0), rtol=1e-5, atol=1e-6)


def test_a_saved_model_file_restores_the_layer(tmp_path) -> None:
    model = keras.Sequential([keras.Input((None,), dtype="int32"), TextCNN(VOCABULARY, DIMENSION, FILTERS)])
    ids = random_texts([6, 3, 1])
    model.save(tmp_path / "model.keras")
    restored = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(model(ids), restored(ids))


def stock_layers(layer: TextCNN) -> tuple[keras.layers.Layer, keras.layers.Layer]:
    """An embedding and a convolution with the weights of a layer of one kernel size."""
    embedding = keras.layers.Embedding(layer.vocabulary_size, layer.dimension)
    embedding.build(None)
    embedding.embeddings.assign(layer.embeddings)
    convolution = keras.layers.Conv1D(layer.filters, layer.kernel_sizes[0], activation="relu")
    convolution.build((None, None, layer.dimension))
    convolution.kernel.assign(layer.kernels[0])
    return embedding, convolution


def test_a_batch_of_many_equal_tokens_takes_the_shared_path() -> None:
    ids = random_texts([40] * 64)
    assert bool(sharing_pays(ids)) and bool(sharing_pays(ids, training=True))


def test_the_shared_path_gives_what_the_stock_layers_give() -> None:
    ids = random_texts([40] * 64)
    layer = TextCNN(VOCABULARY, DIMENSION, FILTERS)
    layer.build((None, None))
    embedding, convolution = stock_layers(layer)
    expected = keras.layers.GlobalMaxPooling1D()(convolution(embedding(ids)))
    np.testing.assert_allclose(layer(ids), expected, rtol=1e-5, atol=1e-6)


def test_padding_changes_nothing_on_the_shared_path() -> None:
    ids = random_texts([40] * 64)
    layer = TextCNN(VOCABULARY, DIMENSION, FILTERS)
    padded = np.pad(ids, ((0, 0), (0, 9)))
    np.testing.assert_allclose(layer(padded), layer(ids), rtol=1e-6, atol=1e-7)


def test_the_gradients_of_the_shared_path_are_those_of_the_stock_layers() -> None:
    ids = random_texts([40] * 64)
    layer = TextCNN(VOCABULARY, DIMENSION, FILTERS)
    layer.build((None, None))
    embedding, convolution = stock_layers(layer)
    factors = np.random.default_rng(1).normal(size=(64, FILTERS)).astype("float32")
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(ids, training=True) * factors)
    ours = tape.gradient(loss, [layer.embeddings.value, layer.kernels[0].value, layer.biases[0].value])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(keras.layers.GlobalMaxPooling1D()(convolution(embedding(ids))) * factors)
    theirs = tape.gradient(
        loss, [embedding.embeddings.value, convolution.kernel.value, convolution.bias.value]
    )
    for mine, stock in zip(ours, theirs, strict=True):
        stock = tf.convert_to_tensor(stock).numpy()
        np.testing.assert_allclose(tf.convert_to_tensor(mine), stock, atol=1e-5 * np.abs(stock).max())
