"""The wide part: one weight a word and a hashed run of words, beside the deep extractor."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="intent_tf")
class WideText(keras.layers.Layer):
    """A linear model of words and runs of words, whose logit is added to the predictor's.

    ``logit = scale · Σ w[feature] / √features`` over the row's tokens and its runs of 2 to ``longest``
    tokens; runs share ``buckets`` weights by hashing. It learns rare, decisive words at once, where the deep
    extractor is slow to. Weights start at zero. The scale stands for a learning rate of its own: an
    optimiser that normalises gradients, such as Adam, moves the logit ``scale`` times faster.

    Args:
        vocabulary_size: Token ids, in ``[0, vocabulary_size)``; 0 is padding.
        buckets: Weights for runs. Default 2¹⁸.
        longest: Tokens of the longest run; 1 for single tokens only. Default 2.
        scale: See above. Default 10.
        **kwargs: Those of every Keras layer.

    Shapes: token ids ``(batch, tokens)``, padded with 0, to float32 ``(batch, 1)``.

    References:
        - Cheng et al. (2016), Wide & Deep Learning for Recommender Systems.
        - Wang and Manning (2012), Baselines and Bigrams.
    """

    def __init__(
        self,
        vocabulary_size: int,
        buckets: int = 1 << 18,
        longest: int = 2,
        scale: float = 10.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"autocast": False, **kwargs})
        self.vocabulary_size = vocabulary_size
        self.buckets = buckets
        self.longest = longest
        self.scale = scale

    def build(self, input_shape: Any) -> None:
        """Create the weights, all zero."""
        self.table = self.add_weight(
            name="wide_embeddings", shape=(self.vocabulary_size + self.buckets, 1), initializer="zeros"
        )

    def call(self, ids: tf.Tensor) -> tf.Tensor:
        """Compute the logit ``(batch, 1)``."""
        features = self.runs(ids)
        real = tf.cast(features != 0, tf.float32)
        weights = tf.gather(self.table.value[:, 0], features) * real
        total = tf.reduce_sum(weights, axis=1, keepdims=True)
        count = tf.reduce_sum(real, axis=1, keepdims=True)
        return self.scale * total * tf.math.rsqrt(tf.maximum(count, 1.0))

    def runs(self, ids: tf.Tensor) -> tf.Tensor:
        """List the features: ids ``(batch, tokens)``, then one bucket a run, int64; 0 where there is none."""
        ids = tf.cast(ids, tf.int64)
        features, mixed = [ids], ids
        for length in range(2, self.longest + 1):
            last = ids[:, length - 1 :]
            # Multiplying by a large odd number spreads the runs over the buckets (Knuth, TAOCP 6.4).
            mixed = (mixed[:, :-1] * 2_654_435_761 + last) * 40_503
            buckets = tf.math.floormod(mixed, self.buckets) + self.vocabulary_size
            features.append(tf.where(last != 0, buckets, 0))
        return tf.concat(features, axis=1)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "buckets": self.buckets,
            "longest": self.longest,
            "scale": self.scale,
        }
