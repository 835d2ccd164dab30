"""A short vector for each number, piecewise linear in it."""

from functools import partial
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from intent_tf.layers.optioned_layer import OptionedLayer


@keras.saving.register_keras_serializable(package="intent_tf")
class NumberEmbedding(OptionedLayer):
    """Embeds each normal score as a vector that bends at the quantiles of the training rows.

    A dense network is smooth in its inputs; what a number says about intent often is not (three detail views
    are not three times one). Trees split at thresholds; this layer gives a network the same chance::

        e(x) = w·x + b + Σₜ Wₜ · clip((x − qₜ₋₁) / (qₜ − qₜ₋₁), 0, 1)      (+ v where x is missing)

    with q₀ < … < q_bins the column's quantiles, and w, b, Wₜ, v vectors of its own. W and v start at zero:
    the layer begins as a straight line, and bends only where the labels say so. A missing number is the
    median (score 0) plus v; where a column was never missing in training, v stays 0 and missing means the
    median.

    Args:
        output_dim: int, the length of each vector. Defaults to 8.
        num_bins: int, the number of bins between quantiles, at most; equal quantiles are merged. Defaults to
            8: with more, a network that is trained on 10,000 rows bends where there is only noise.
        embeddings_initializer: Initializer of w and b. Defaults to None: uniform within
            ``± 1 / √output_dim``.
        embeddings_regularizer: Regularizer of w, b, W and v. Defaults to None.
        embeddings_constraint: Constraint of w, b, W and v. Defaults to None.
        **kwargs: Keyword arguments of `keras.layers.Layer`, such as ``name``.

    Call arguments:
        scores: float32 tensor of shape ``(batch, columns)``, such as the scores of `NormalScores`.
        missing: float32 tensor of the same shape, 1 where a number is missing and 0 elsewhere.

    Returns:
        float tensor of shape ``(batch, columns, output_dim)``.

    Raises:
        ValueError: If a number is below 1, the scores have not two axes, or the flags have another shape.

    Example:
        >>> import numpy as np
        >>> scores, missing = np.random.normal(size=(100, 3)), np.zeros((100, 3))
        >>> layer = NumberEmbedding(output_dim=4)
        >>> layer.adapt(scores, missing)
        >>> layer(scores, missing).shape
        TensorShape([100, 3, 4])

    References:
        - Gorishniy et al. (2022), On Embeddings for Numerical Features in Tabular Deep Learning.
    """

    def __init__(
        self,
        output_dim: int = 8,
        num_bins: int = 8,
        *,
        embeddings_initializer: Any = None,
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if min(output_dim, num_bins) < 1:
            raise ValueError(
                f"`output_dim` and `num_bins` are at least 1; received {output_dim} and {num_bins}."
            )
        self.output_dim = output_dim
        self.num_bins = num_bins
        self.keep_options("embeddings", embeddings_initializer, embeddings_regularizer, embeddings_constraint)
        self.input_spec = keras.layers.InputSpec(ndim=2)

    def build(self, scores_shape: tuple[int | None, ...], missing_shape: Any = None) -> None:
        """Create the edges, all 0 until they are adapted, and the vectors."""
        if missing_shape is not None and tuple(missing_shape)[1:] != tuple(scores_shape)[1:]:
            raise ValueError(
                f"Expected a flag for each score, (batch, {scores_shape[-1]}); "
                f"received flags of shape {tuple(missing_shape)}."
            )
        columns, output_dim, num_bins = scores_shape[-1], self.output_dim, self.num_bins
        spread = self.embeddings_initializer or keras.initializers.RandomUniform(
            -(output_dim**-0.5), output_dim**-0.5
        )
        self.edges = self.add_weight(
            shape=(columns, num_bins + 1), initializer="zeros", trainable=False, dtype="float32", name="edges"
        )
        vectors = partial(self.new_weight, "embeddings")
        self.slope = vectors((columns, output_dim), spread, name="slope_embedding")
        self.bias = vectors((columns, output_dim), spread, name="bias_embedding")
        self.steps = vectors((columns, num_bins, output_dim), "zeros", name="step_embedding")
        self.missing = vectors((columns, output_dim), "zeros", name="missing_embedding")

    def adapt(self, scores: np.ndarray, missing: np.ndarray) -> None:
        """Learn the quantiles from training rows.

        Args:
            scores: float array of shape ``(rows, columns)``.
            missing: Array of the same shape, 0 where a number is there.
        """
        scores, present = np.asarray(scores, np.float32), np.asarray(missing) == 0
        if not self.built:
            self.build(scores.shape)
        edges = [
            _edges(column[rows], self.num_bins) for column, rows in zip(scores.T, present.T, strict=True)
        ]
        self.edges.assign(np.reshape(edges, (scores.shape[1], self.num_bins + 1)))

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
        """Return the shape of the vectors, ``(batch, columns, output_dim)``."""
        return (*scores_shape, self.output_dim)


def _edges(column: np.ndarray, num_bins: int) -> np.ndarray:
    """Return the distinct quantiles of a column, the last repeated up to ``num_bins + 1``."""
    if not column.size:
        return np.zeros(num_bins + 1, np.float32)
    distinct = np.unique(column)
    if len(distinct) > num_bins + 1:
        distinct = np.unique(np.quantile(column, np.linspace(0.0, 1.0, num_bins + 1)))
    return np.pad(distinct, (0, num_bins + 1 - len(distinct)), mode="edge").astype(np.float32)
