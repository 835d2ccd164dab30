"""Extractors, texts and gradients to compare with those of Keras' own layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from intent_tf.layers.text_cnn.text_cnn import TextCNN


def build_extractor(
    vocabulary: int = 30,
    output_dim: int = 8,
    filters: int = 5,
    kernel_sizes: Sequence[int] = (3,),
    seed: int = 0,
    **options: Any,
) -> TextCNN:
    """An extractor with normal weights, biases too, that depend on the seed only, not on its types."""
    rng = np.random.default_rng(seed)
    layer = TextCNN(vocabulary, output_dim, filters, kernel_sizes, **options)
    layer.build((None, None))
    for weight in layer.weights:
        weight.assign(rng.normal(size=weight.shape).astype("float32"))
    return layer


def random_texts(lengths: Sequence[int], vocabulary: int = 30, seed: int = 0) -> np.ndarray:
    """Ids from 1 on, padded with 0."""
    ids = np.random.default_rng(seed).integers(1, vocabulary, (len(lengths), max(lengths)))
    return np.where(np.arange(max(lengths)) < np.array(lengths)[:, None], ids, 0).astype("int32")


def weights_in_order(layer: Any) -> list[tf.Variable]:
    """Biases, embeddings and kernels, each by kernel size, of a `TextCNN` or of Keras' own layers."""
    weights = sorted(layer.trainable_weights, key=lambda weight: weight.name.rstrip("_0123456789"))
    return [weight.value for weight in weights]


def gradients(layer: Any, ids: Any, seed: int = 0) -> list[np.ndarray]:
    """Gradients of a random sum of the outputs of a layer or model: biases, embeddings, kernels."""
    with tf.GradientTape() as tape:
        output = tf.cast(layer(ids, training=True), tf.float64)
        factors = np.random.default_rng(seed).normal(size=output.shape)
        loss = tf.reduce_sum(output * factors)
    gradients = tape.gradient(loss, weights_in_order(layer))
    return [tf.convert_to_tensor(gradient).numpy() for gradient in gradients]


@pytest.fixture(name="build_extractor", scope="session")
def build_extractor_fixture() -> Callable[..., TextCNN]:
    return build_extractor


@pytest.fixture(name="random_texts", scope="session")
def random_texts_fixture() -> Callable[..., np.ndarray]:
    return random_texts


@pytest.fixture(name="gradients", scope="session")
def gradients_fixture() -> Callable[..., list[np.ndarray]]:
    return gradients


@pytest.fixture(name="weights_in_order", scope="session")
def weights_in_order_fixture() -> Callable[..., list[tf.Variable]]:
    return weights_in_order
