from __future__ import annotations

import keras
import numpy as np

from intent_tf.layers.text_cnn.as_keras_layers import as_keras_layers


def test_a_filter_gives_its_largest_response() -> None:
    model = as_keras_layers(4, output_dim=1, filters=1, kernel_sizes=(2,), activation=None)
    weights = [[0.0], [1.0], [2.0], [3.0]], [[[1.0]], [[10.0]]], [0.5]
    model.set_weights([np.array(weight) for weight in weights])
    assert model(np.array([[1, 3, 2]])).numpy().tolist() == [[31.5]]


def test_it_is_made_of_the_layers_of_the_article() -> None:
    model = as_keras_layers(4, filters=2, kernel_sizes=(2, 3))
    kinds = [type(layer).__name__ for layer in model.layers]
    assert sorted(kinds) == sorted(
        ["InputLayer", "Embedding", *["Conv1D"] * 2, *["GlobalMaxPooling1D"] * 2, "Concatenate"]
    )
    assert isinstance(model, keras.Model) and model.output_shape == (None, 4)
