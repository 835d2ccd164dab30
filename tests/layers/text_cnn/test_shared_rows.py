"""An extractor computes the same with a hashed embedding as with the full table of its vectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from intent_tf.columns.prepared import PreparedData
from intent_tf.errors import InputError
from intent_tf.layers.hashed_embedding import HashedEmbedding
from intent_tf.layers.text_cnn.text_cnn import TextCNN
from intent_tf.options.training import TrainingConfig
from intent_tf.training.training import create_model


def pair(vocabulary: int = 30) -> tuple[TextCNN, TextCNN]:
    """An extractor with a small embedding, and one with its vectors in a full table."""
    small = TextCNN(vocabulary, 8, 5, (2, 3), embedding=HashedEmbedding(4, 8))
    full = TextCNN(vocabulary, 8, 5, (2, 3))
    for layer in (small, full):
        layer.build((None, None))
    full.embeddings.assign(small.vectors(tf.range(vocabulary)))
    for ours, theirs in zip([*full.kernels, *full.biases], [*small.kernels, *small.biases], strict=True):
        ours.assign(theirs)
    return small, full


@pytest.mark.parametrize("texts", [3, 80], ids=["convolved", "computed once a token"])
def test_outputs_are_those_of_the_full_table(texts: int, random_texts: Callable[..., np.ndarray]) -> None:
    small, full = pair()
    ids = random_texts([9, 1, 7] * texts)
    for training in (False, True):
        np.testing.assert_allclose(small(ids, training=training), full(ids, training=training), atol=1e-6)


def test_gradients_are_those_that_the_full_table_passes_on(
    random_texts: Callable[..., np.ndarray],
) -> None:
    small, full = pair()
    ids = random_texts([40] * 20)
    tables = [weight.value for weight in small.embedding.trainable_weights]
    with tf.GradientTape(persistent=True) as tape:
        outputs = tf.reduce_sum(small(ids, training=True) ** 2)
        vectors, expected = small.vectors(tf.range(30)), tf.reduce_sum(full(ids, training=True) ** 2)
    upstream = tf.convert_to_tensor(tape.gradient(expected, full.embeddings.value))
    passed_on = tape.gradient(vectors, tables, output_gradients=upstream)
    for gradient, wanted in zip(tape.gradient(outputs, tables), passed_on, strict=True):
        np.testing.assert_allclose(tf.convert_to_tensor(gradient), tf.convert_to_tensor(wanted), atol=1e-5)


def test_precomputed_it_gives_the_same_outputs(random_texts: Callable[..., np.ndarray]) -> None:
    small, _ = pair()
    ids = random_texts([9, 1, 7])
    np.testing.assert_allclose(small.precompute()(ids), small(ids), atol=1e-6)


@pytest.mark.slow
def test_a_model_with_it_trains_and_is_saved(
    shop_data: PreparedData, tiny: TrainingConfig, tmp_path: Path
) -> None:
    model = create_model(shop_data, replace(tiny, token_buckets=3))
    before = [weight.numpy() for weight in model.extractor.parts["text"].embedding.weights]
    model.fit(shop_data.train, epochs=1, verbose=0)
    for weight, start in zip(model.extractor.parts["text"].embedding.weights, before, strict=True):
        assert not np.array_equal(weight, start)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(again.predict(shop_data.test), model.predict(shop_data.test), atol=1e-6)


def test_the_articles_preset_has_a_full_table() -> None:
    with pytest.raises(InputError, match="the article has a full table"):
        TrainingConfig(preset="article", token_buckets=3)
