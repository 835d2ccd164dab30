"""The wide part: one weight a word and a hashed pair of words, beside the deep extractor."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from intent_tf.features.features import Features


@keras.saving.register_keras_serializable(package="intent_tf")
class WideText(keras.layers.Layer):
    """A linear model of words and word pairs, whose logit is added to the predictor's.

    ``logit = scale · Σ w[feature] / √features`` over the row's tokens and its pairs of neighbouring tokens;
    pairs share ``buckets`` weights by hashing. It learns rare, decisive words at once, where the deep
    extractor is slow to. Weights start at zero. The scale stands for a learning rate of its own: an
    optimiser that normalises gradients, such as Adam, moves the logit ``scale`` times faster.

    Args:
        vocabulary_size: Token ids, in ``[0, vocabulary_size)``; 0 is padding.
        buckets: Weights for pairs. Default 2¹⁸.
        scale: See above. Default 10.
        part: The part of the features that is read, ``text`` or ``session``.
        **kwargs: Those of every Keras layer.

    Shapes: `Features` to float32 ``(batch, 1)``.

    References:
        - Cheng et al. (2016), Wide & Deep Learning for Recommender Systems.
        - Wang and Manning (2012), Baselines and Bigrams.
    """

    def __init__(
        self, vocabulary_size: int, buckets: int = 1 << 18, scale: float = 10.0, part: str = "text",
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**{"autocast": False, **kwargs})
        self.vocabulary_size = vocabulary_size
        self.buckets = buckets
        self.scale = scale
        self.part = part

    def build(self, input_shape: Any) -> None:
        """Create the weights, all zero."""
        self.table = self.add_weight(
            name="wide_embeddings", shape=(self.vocabulary_size + self.buckets, 1), initializer="zeros"
        )

    def call(self, inputs: Features) -> tf.Tensor:
        """Compute the logit ``(batch, 1)``."""
        ids = tf.cast(getattr(inputs, self.part), tf.int64)
        first, second = ids[:, :-1], ids[:, 1:]
        # Multiplying by a large odd number spreads the pairs over the buckets (Knuth, TAOCP 6.4).
        mixed = (first * 2_654_435_761 + second) * 40_503
        pairs = tf.math.floormod(mixed, self.buckets) + self.vocabulary_size
        features = tf.concat([ids, tf.where(second != 0, pairs, 0)], axis=1)
        real = tf.cast(features != 0, tf.float32)
        weights = tf.gather(self.table.value[:, 0], features) * real
        total = tf.reduce_sum(weights, axis=1, keepdims=True)
        count = tf.reduce_sum(real, axis=1, keepdims=True)
        return self.scale * total * tf.math.rsqrt(tf.maximum(count, 1.0))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        config = {"vocabulary_size": self.vocabulary_size, "buckets": self.buckets}
        return {**super().get_config(), **config, "scale": self.scale, "part": self.part}
