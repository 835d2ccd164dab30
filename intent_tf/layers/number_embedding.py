"""A short vector for each number, piecewise linear in it."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf


@keras.saving.register_keras_serializable(package="intent_tf")
class NumberEmbedding(keras.layers.Layer):
    """Embeds each normal score as a vector that bends at the quantiles of the training rows.

    A dense network is smooth in its inputs; what a number says about intent often is not (three detail views
    are not three times one). Trees split at thresholds; this layer gives a network the same chance::

        e(x) = w·x + b + Σₜ Wₜ · clip((x − qₜ₋₁) / (qₜ − qₜ₋₁), 0, 1)      (+ v where x is missing)

    with q₀ < … < q_bins the column's quantiles, and w, b, Wₜ, v vectors of its own. W and v start at zero:
    the layer begins as a straight line, and bends only where the labels say so. A missing number is the
    median (score 0) plus v; where a column was never missing in training, v stays 0 and missing means the
    median.

    Args:
        output_dim: Length of each vector. Default 8.
        bins: Bins between quantiles, at most; equal quantiles are merged. Default 8: with more, a network
            that is trained on 10,000 rows bends where there is only noise.
        **kwargs: Those of every Keras layer, such as ``name``.

    Shapes: two float32 ``(batch, columns)`` from `NormalScores`, the scores and the missing flags,
        to ``(batch, columns, output_dim)``.

    References:
        - Gorishniy et al. (2022), On Embeddings for Numerical Features in Tabular Deep Learning.

    Example:
        >>> import numpy as np
        >>> scores, missing = np.random.normal(size=(100, 3)), np.zeros((100, 3))
        >>> layer = NumberEmbedding(output_dim=4)
        >>> layer.adapt(scores, missing)
        >>> layer(scores, missing).shape
        TensorShape([100, 3, 4])
    """

    def __init__(self, output_dim: int = 8, bins: int = 8, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.output_dim = output_dim
        self.bins = bins

    def build(self, scores_shape: tuple[int | None, ...], missing_shape: Any = None) -> None:
        """Create the edges, all 0 until they are adapted, and the vectors."""
        columns, output_dim, bins = scores_shape[-1], self.output_dim, self.bins
        spread = keras.initializers.RandomUniform(-(output_dim**-0.5), output_dim**-0.5)
        self.edges = self.add_weight(
            shape=(columns, bins + 1), initializer="zeros", trainable=False, dtype="float32", name="edges"
        )
        self.slope = self.add_weight(shape=(columns, output_dim), initializer=spread, name="slope_embedding")
        self.bias = self.add_weight(shape=(columns, output_dim), initializer=spread, name="bias_embedding")
        self.steps = self.add_weight(
            shape=(columns, bins, output_dim), initializer="zeros", name="step_embedding"
        )
        self.missing = self.add_weight(
            shape=(columns, output_dim), initializer="zeros", name="missing_embedding"
        )

    def adapt(self, scores: np.ndarray, missing: np.ndarray) -> None:
        """Learn the quantiles from training rows: scores and missing flags, ``(rows, columns)`` each."""
        scores, present = np.asarray(scores, np.float32), np.asarray(missing) == 0
        if not self.built:
            self.build(scores.shape)
        edges = [_edges(column[seen], self.bins) for column, seen in zip(scores.T, present.T, strict=True)]
        self.edges.assign(np.reshape(edges, (scores.shape[1], self.bins + 1)))

    def call(self, scores: Any, missing: Any) -> tf.Tensor:
        """Embed scores ``(batch, columns)`` as ``(batch, columns, output_dim)``."""
        edges = tf.cast(self.edges, scores.dtype)
        low, width = edges[:, :-1], edges[:, 1:] - edges[:, :-1]
        x, absent = scores[:, :, None], missing[:, :, None]
        # A bin of no width (a merged quantile) adds nothing.
        filled = tf.clip_by_value(tf.math.divide_no_nan(x - low, width), 0.0, 1.0)
        bends = tf.einsum("bct,ctd->bcd", filled, tf.convert_to_tensor(self.steps))
        return x * self.slope + self.bias + bends + absent * self.missing

    def compute_output_shape(self, scores_shape: tuple[int | None, ...], missing_shape: Any = None) -> Any:
        """Add the dimension."""
        return (*scores_shape, self.output_dim)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "output_dim": self.output_dim, "bins": self.bins}


def _edges(column: np.ndarray, bins: int) -> np.ndarray:
    """Return the distinct quantiles of a column, the last repeated up to ``bins + 1``."""
    if not column.size:
        return np.zeros(bins + 1, np.float32)
    distinct = np.unique(column)
    if len(distinct) > bins + 1:
        distinct = np.unique(np.quantile(column, np.linspace(0.0, 1.0, bins + 1)))
    return np.pad(distinct, (0, bins + 1 - len(distinct)), mode="edge").astype(np.float32)
