"""The wide part: one weight for each word and each hashed n-gram, beside the deep extractor."""

from typing import Any

import keras
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.layers.integer_ids import integer_ids
from intent_tf.layers.optioned_layer import OptionedLayer


@keras.saving.register_keras_serializable(package="intent_tf")
class WideText(OptionedLayer):
    """A linear model of words and n-grams, whose logit is added to the predictor's.

    ``logit = scale · Σ w[feature] / √features`` over the row's tokens and its n-grams of 2 to ``ngrams``
    tokens; n-grams share ``num_bins`` weights by hashing. It learns rare, decisive words at once, where the
    deep extractor is slow to. Weights start at zero. The scale stands for a learning rate of its own: an
    optimiser that normalises gradients, such as Adam, moves the logit ``scale`` times faster.

    Args:
        input_dim: int, the number of token ids, which are in ``[0, input_dim)``; 0 is padding.
        num_bins: int, the number of weights for n-grams. Defaults to 2¹⁸.
        ngrams: int, the number of tokens of the longest n-gram; 1 for single tokens only. Defaults to 2.
        scale: float, by which the sum is multiplied. Defaults to 10.
        embeddings_initializer: Initializer of the weights. Defaults to `"zeros"`.
        embeddings_regularizer: Regularizer of the weights. Defaults to None.
        embeddings_constraint: Constraint of the weights. Defaults to None.
        **kwargs: Keyword arguments of `keras.layers.Layer`, such as ``name``.

    Call arguments:
        ids: integer tensor of shape ``(batch, tokens)``, token ids, padded at the end with 0.

    Returns:
        float32 tensor of shape ``(batch, 1)``, the logits; 0 for a text without a token.

    Raises:
        InputError: If a number is below 1, or the ids are no integers.
        ValueError: If the input has not two axes.

    Example:
        >>> layer = WideText(input_dim=10, num_bins=8)
        >>> layer(tf.constant([[4, 7, 0], [5, 0, 0]])).numpy()
        array([[0.],
               [0.]], dtype=float32)

    References:
        - Cheng et al. (2016), Wide & Deep Learning for Recommender Systems.
        - Wang and Manning (2012), Baselines and Bigrams.
    """

    def __init__(
        self,
        input_dim: int,
        num_bins: int = 1 << 18,
        ngrams: int = 2,
        scale: float = 10.0,
        *,
        embeddings_initializer: Any = "zeros",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"autocast": False, **kwargs})
        if min(input_dim, num_bins, ngrams) < 1:
            raise InputError(
                f"WideText got input_dim={input_dim}, num_bins={num_bins}, ngrams={ngrams}",
                expected="at least 1 each",
            )
        self.input_dim = input_dim
        self.num_bins = num_bins
        self.ngrams = ngrams
        self.scale = scale
        self.keep_options("embeddings", embeddings_initializer, embeddings_regularizer, embeddings_constraint)
        self.input_spec = keras.layers.InputSpec(ndim=2)

    def build(self, input_shape: Any) -> None:
        """Create the weights of all tokens, and below them those of the n-grams."""
        shape = (self.input_dim + self.num_bins, 1)
        self.table = self.new_weight("embeddings", shape, name="wide_embeddings")

    def call(self, ids: tf.Tensor) -> tf.Tensor:
        """Compute the logits ``(batch, 1)``."""
        features = self.features(ids)
        real = tf.cast(features != 0, tf.float32)
        weights = tf.gather(self.table.value[:, 0], features) * real
        total = tf.reduce_sum(weights, axis=1, keepdims=True)
        count = tf.reduce_sum(real, axis=1, keepdims=True)
        return self.scale * total * tf.math.rsqrt(tf.maximum(count, 1.0))

    def features(self, ids: tf.Tensor) -> tf.Tensor:
        """List the rows of the table that a text's logit adds up.

        Args:
            ids: integer tensor of shape ``(batch, tokens)``.

        Returns:
            int64 tensor of shape ``(batch, features)``: the ids, then the n-grams of each length from left to
            right; 0 where there is none.
        """
        ids = integer_ids(ids, self.name, tf.int64)
        features, mixed = [ids], ids
        for length in range(2, self.ngrams + 1):
            last = ids[:, length - 1 :]
            # Multiplying by a large odd number spreads the n-grams over the bins (Knuth, TAOCP 6.4).
            mixed = (mixed[:, :-1] * 2_654_435_761 + last) * 40_503
            rows = tf.math.floormod(mixed, self.num_bins) + self.input_dim
            features.append(tf.where(last != 0, rows, 0))
        return tf.concat(features, axis=1)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, int]:
        """Return the shape of the logits, ``(batch, 1)``."""
        return (input_shape[0], 1)
