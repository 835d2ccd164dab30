from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from intent_tf.layers.category_embedding import CategoryEmbedding
from intent_tf.layers.number_embedding import NumberEmbedding
from intent_tf.layers.text_cnn.text_cnn import TextCNN
from intent_tf.models.feature_extractor import FeatureExtractor

FEATURES = {
    "numbers": tf.constant([[0.5, -1.0], [0.0, 0.0]]),
    "missing": tf.constant([[0.0, 0.0], [0.0, 1.0]]),
    "categories": tf.constant([[1], [2]]),
    "text": tf.constant([[1, 2, 3], [4, 0, 0]]),
    "session": tf.constant([[2, 2], [0, 0]]),
}


def parts() -> dict[str, keras.layers.Layer]:
    return {
        "session": TextCNN(5, 3, filters=2),
        "text": TextCNN(6, 3, filters=4),
        "numbers": NumberEmbedding(output_dim=3),
        "categories": CategoryEmbedding([4], output_dim=5),
    }


def test_the_vectors_of_all_parts_are_set_side_by_side_in_their_order() -> None:
    layers = parts()
    found = FeatureExtractor(layers)(FEATURES)
    expected = [
        layers["session"](FEATURES["session"]),
        layers["text"](FEATURES["text"]),
        tf.reshape(layers["numbers"](FEATURES["numbers"], FEATURES["missing"]), (2, 6)),
        tf.reshape(layers["categories"](FEATURES["categories"]), (2, 5)),
    ]
    np.testing.assert_array_equal(found, tf.concat(expected, axis=1))


def test_a_part_without_a_layer_is_not_read() -> None:
    extractor = FeatureExtractor({"text": parts()["text"]})
    other = {**FEATURES, "numbers": FEATURES["numbers"] + 1, "session": FEATURES["session"] + 1}
    np.testing.assert_array_equal(extractor(FEATURES), extractor(other))


def test_a_part_that_features_do_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no feature \['images'\]; there are numbers, missing"):
        FeatureExtractor({"images": keras.layers.Dense(1)})(FEATURES)


def test_dropout_acts_in_training_only() -> None:
    extractor = FeatureExtractor(parts(), dropout=0.5)
    np.testing.assert_array_equal(extractor(FEATURES), extractor(FEATURES, training=False))
    assert not np.array_equal(extractor(FEATURES), extractor(FEATURES, training=True))


def test_dropout_leaves_numbers_and_categories_alone() -> None:
    extractor = FeatureExtractor(parts(), dropout=0.9)
    calm, dropped = extractor(FEATURES), extractor(FEATURES, training=True)
    np.testing.assert_array_equal(calm[:, 6:], dropped[:, 6:])


def test_a_batch_may_be_of_any_size_in_the_graph() -> None:
    extractor = FeatureExtractor(parts())
    traced = tf.function(extractor, reduce_retracing=True)
    first = {name: part[:1] for name, part in FEATURES.items()}
    np.testing.assert_allclose(traced(first)[0], traced(FEATURES)[0], rtol=1e-6)


def test_a_configuration_gives_the_same_layers() -> None:
    extractor = FeatureExtractor(parts(), dropout=0.25)
    extractor(FEATURES)
    restored = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(extractor))
    restored(FEATURES)
    restored.set_weights(extractor.get_weights())
    np.testing.assert_array_equal(restored(FEATURES), extractor(FEATURES))
    assert restored.get_config()["dropout"] == 0.25
