"""Weights go from Keras' own layers to the extractor and back."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from intent_tf.errors import InputError
from intent_tf.layers.text_cnn.keras_layer_weights import from_keras_layers, to_keras_layers

IDS = np.random.default_rng(0).integers(0, 30, (64, 40))


def built_keras_layers(kernel_sizes=(3,), **options) -> tuple[keras.layers.Layer, list[keras.layers.Layer]]:
    embedding = keras.layers.Embedding(30, 8)
    convolutions = [keras.layers.Conv1D(5, size, activation="relu", **options) for size in kernel_sizes]
    vectors = embedding(IDS)
    for convolution in convolutions:
        convolution(vectors)
    return embedding, convolutions


@pytest.mark.parametrize("options", [{}, {"padding": "same", "use_bias": False}])
def test_keras_layers_become_an_extractor_that_gives_the_same(options) -> None:
    embedding, convolutions = built_keras_layers((2, 4), **options)
    pool = keras.layers.GlobalMaxPooling1D()
    expected = np.concatenate([pool(layer(embedding(IDS))) for layer in convolutions], axis=1)
    extractor = from_keras_layers(embedding, convolutions)
    np.testing.assert_allclose(extractor(IDS), expected, rtol=1e-5, atol=1e-6)


def test_there_and_back_every_weight_is_the_same_to_the_bit(build_extractor) -> None:
    extractor = build_extractor(kernel_sizes=(2, 3), mask_zero=False)
    model = to_keras_layers(extractor)
    embedding = next(layer for layer in model.layers if isinstance(layer, keras.layers.Embedding))
    convolutions = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv1D)]
    back = from_keras_layers(embedding, convolutions)
    assert [weight.shape for weight in back.weights] == [weight.shape for weight in extractor.weights]
    for ours, theirs in zip(back.weights, extractor.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    "option",
    [{"strides": 2}, {"dilation_rate": 2}, {"padding": "causal"}, {"groups": 1, "padding": "causal"}],
)
def test_a_convolution_that_the_extractor_does_not_compute_is_refused(option) -> None:
    with pytest.raises(InputError, match="strides"):
        from_keras_layers(*built_keras_layers(**option))


def test_convolutions_that_differ_are_refused() -> None:
    embedding, (first,) = built_keras_layers()
    second = keras.layers.Conv1D(6, 3)
    second.build((None, None, 8))
    with pytest.raises(InputError, match="2 kinds"):
        from_keras_layers(embedding, [first, second])
