from __future__ import annotations

import keras
import numpy as np
import pandas as pd
import pytest

from intent_tf.columns.prepared import PreparedData, preprocess_data
from intent_tf.errors import InputError
from intent_tf.layers.text_cnn.text_cnn import TextCNN
from intent_tf.models.build import build_feature_extractor, build_model, build_predictor


@pytest.fixture(scope="module")
def numbers() -> PreparedData:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"pages": rng.normal(size=200), "bought": rng.integers(2, size=200)})
    return preprocess_data(frame, "bought")


def test_there_is_an_extractor_for_each_part_that_the_table_has(
    shop_data: PreparedData, numbers: PreparedData
) -> None:
    assert list(build_feature_extractor(shop_data).parts) == ["numbers", "categories", "text", "session"]
    assert list(build_feature_extractor(numbers).parts) == ["numbers"]


def test_numbers_bend_at_the_quantiles_of_the_training_rows(numbers: PreparedData) -> None:
    edges = build_feature_extractor(numbers).parts["numbers"].edges.numpy()[0]
    scores = numbers.train.features["numbers"].numpy()
    assert edges[0] == scores.min() and edges[-1] == scores.max()


def test_widths_are_those_that_were_asked_for(shop_data: PreparedData) -> None:
    extractor = build_feature_extractor(shop_data, output_dim=5, filters=6, kernel_sizes=(2, 3), dropout=0.25)
    layer = extractor.parts["text"]
    assert (layer.output_dim, layer.filters, layer.kernel_sizes) == (5, 6, (2, 3))
    assert extractor.get_config()["dropout"] == 0.25


def test_the_article_is_its_printed_code_layer_for_layer(shop_data: PreparedData) -> None:
    (layers,) = build_feature_extractor(shop_data, "article").parts.values()
    assert [type(layer).__name__ for layer in layers.layers] == [
        "Embedding",
        "Conv1D",
        "GlobalMaxPooling1D",
        "Dense",
    ]
    embedding, convolution, _, dense = layers.layers
    assert embedding.output_dim == 128
    assert (convolution.filters, convolution.kernel_size) == (128, (3,))
    assert convolution.activation is keras.activations.relu
    assert (dense.units, dense.activation) == (1, keras.activations.sigmoid)


def test_the_article_reads_text_first_and_sessions_without_it(
    shop: pd.DataFrame, shop_data: PreparedData
) -> None:
    assert list(build_feature_extractor(shop_data, "article").parts) == ["text"]
    sessions = preprocess_data(shop[["event_type", "pages", "bought"]], "bought")
    assert list(build_feature_extractor(sessions, "article").parts) == ["session"]


def test_the_article_cannot_read_numbers(numbers: PreparedData) -> None:
    with pytest.raises(InputError, match=r"reads text, and the table has none.*Use --preset default"):
        build_feature_extractor(numbers, "article")


def test_the_articles_predictor_is_one_dense_layer_and_one_output() -> None:
    predictor = build_predictor("article")
    assert (predictor.units, predictor.ensemble_size, predictor.dropout) == ((64,), 1, 0.0)


def test_the_wide_part_reads_text_that_is_not_the_articles(
    shop_data: PreparedData, numbers: PreparedData
) -> None:
    extractors = {
        (name, preset): build_feature_extractor(data, preset)  # type: ignore[arg-type]
        for name, data, preset in [
            ("text", shop_data, "default"),
            ("text", shop_data, "article"),
            ("numbers", numbers, "default"),
        ]
    }
    wide = {
        key: build_model(shop_data if key[0] == "text" else numbers, extractor, build_predictor()).wide
        is not None
        for key, extractor in extractors.items()
    }
    assert wide == {("text", "default"): True, ("text", "article"): False, ("numbers", "default"): False}


def test_the_wide_part_can_be_left_out(shop_data: PreparedData) -> None:
    extractor = build_feature_extractor(shop_data)
    assert build_model(shop_data, extractor, build_predictor(), wide=False).wide is None


@pytest.mark.guard
def test_an_extractor_of_ones_own_will_do(numbers: PreparedData) -> None:
    class Plain(keras.layers.Layer):
        def call(self, features: dict[str, object]) -> object:
            return features["numbers"]

    model = build_model(numbers, Plain(), build_predictor(ensemble_size=1), loss="mse", optimizer="sgd")
    model.fit(numbers.train, epochs=1, verbose=0)
    assert model.predict(numbers.test).shape == (len(numbers.test),)
    assert not isinstance(model.extractor, TextCNN)
