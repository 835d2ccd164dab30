"""Numbers of any scale and shape turned into standard normal scores, in the graph."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from intent_tf.text.configured import Configured

TAIL = 0.001
"""Share of a column's training rows at each end that is set to the end's value (winsorised)."""


@keras.saving.register_keras_serializable(package="intent_tf")
class NormalScores(Configured, keras.layers.Layer):
    """Replaces each number by the standard normal quantile of its rank among the training rows.

    Shop numbers are skewed, have a spike at zero and a few absurd values; standardising leaves a network to
    cope with that. Ranks do not care about scale, shape or outliers, and the normal quantile function spreads
    them evenly around zero::

        score(x) = Φ⁻¹((rows < x + ½ rows = x) / rows)

    Equal values share the middle of their ranks, so that the spike at zero is one point and not a whole
    range. Between the values that were seen the score is linear, and beyond the ends it stays what it is at
    the end: the smallest and the largest 0.1 % of the training rows are winsorised first, so a score is at
    most 3.3 in size.

    A column keeps at most ``knots`` of its distinct values: all where it has no more than that, otherwise
    those nearest to scores at even distances. A column of one value scores 0 everywhere, and so does one that
    was missing in every training row.

    Args:
        knots: int, the number of points that describe a column's curve, at least 2. Defaults to 256, which
            leaves an error of at most 0.02.
        **kwargs: Keyword arguments of `keras.layers.Layer`, such as ``name``.

    Call arguments:
        inputs: float32 tensor of shape ``(batch, columns)``; NaN and infinities mean missing.

    Returns:
        Two float32 tensors of shape ``(batch, columns)``: the scores, 0 where a number is missing, and flags,
        1.0 where it is missing and 0.0 elsewhere.

    Raises:
        ValueError: If ``knots`` is below 2, or the input has not two axes.

    Example:
        >>> import numpy as np
        >>> layer = NormalScores()
        >>> layer.adapt(np.array([[0.0], [0.0], [10.0], [np.nan]], "float32"))
        >>> scores, missing = layer(np.array([[0.0], [10.0], [5.0], [99.0], [np.nan]], "float32"))
        >>> print(scores.numpy().round(2).ravel())
        [-0.43  0.97  0.27  0.97  0.  ]
        >>> missing.numpy().ravel().tolist()
        [0.0, 0.0, 0.0, 0.0, 1.0]

    References:
        - Conover (1999), Practical Nonparametric Statistics, 5.10 (van der Waerden scores).
    """

    def __init__(self, knots: int = 256, **kwargs: Any) -> None:
        if knots < 2:
            raise ValueError(f"`knots` is {knots}; a curve needs at least 2.")
        # Raw numbers must not be rounded to half precision on their way in.
        super().__init__(autocast=False, **kwargs)
        self.knots = knots
        self.input_spec = keras.layers.InputSpec(ndim=2)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the curves, all 0 until they are adapted."""
        knots = {"shape": (input_shape[-1], self.knots), "initializer": "zeros", "trainable": False}
        self.knot_values = self.add_weight(**knots, autocast=False, name="knot_values")
        self.knot_scores = self.add_weight(**knots, autocast=False, name="knot_scores")

    def adapt(self, matrix: np.ndarray) -> None:
        """Learn every column's curve from training rows.

        Args:
            matrix: float array of shape ``(rows, columns)``; NaN and infinities mean missing.

        Raises:
            ValueError: If the matrix has not two axes.
        """
        matrix = np.asarray(matrix, np.float32)
        if matrix.ndim != 2:
            raise ValueError(f"adapt() takes (rows, columns), received the shape {matrix.shape}.")
        if not self.built:
            self.build((None, matrix.shape[1]))
        curves = [_curve(column[np.isfinite(column)], self.knots) for column in matrix.T]
        shape = (matrix.shape[1], self.knots)
        self.knot_values.assign(np.reshape([values for values, _ in curves], shape))
        self.knot_scores.assign(np.reshape([scores for _, scores in curves], shape))

    def call(self, inputs: Any) -> tuple[tf.Tensor, tf.Tensor]:
        """Score numbers ``(batch, columns)``; returns the scores and where they were missing."""
        numbers = tf.cast(inputs, tf.float32)
        present = tf.math.is_finite(numbers)
        x = tf.transpose(tf.where(present, numbers, 0.0))
        values, scores = tf.convert_to_tensor(self.knot_values), tf.convert_to_tensor(self.knot_scores)
        right = tf.clip_by_value(tf.searchsorted(values, x, side="right"), 1, self.knots - 1)
        left = right - 1
        x_left, x_right = (tf.gather(values, index, batch_dims=1) for index in (left, right))
        y_left, y_right = (tf.gather(scores, index, batch_dims=1) for index in (left, right))
        share = tf.clip_by_value(tf.math.divide_no_nan(x - x_left, x_right - x_left), 0.0, 1.0)
        score = tf.transpose(y_left + share * (y_right - y_left))
        return tf.where(present, score, 0.0), tf.cast(~present, tf.float32)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[Any, Any]:
        """Return the shapes of scores and flags, ``(batch, columns)`` each."""
        return input_shape, input_shape


def _curve(column: np.ndarray, knots: int) -> tuple[np.ndarray, np.ndarray]:
    """List values in rising order and their scores, the last repeated up to ``knots`` points."""
    if not column.size:
        return np.zeros(knots, np.float32), np.zeros(knots, np.float32)
    low, high = np.quantile(column, [TAIL, 1.0 - TAIL], method="inverted_cdf")
    values, counts = np.unique(np.clip(column, low, high), return_counts=True)
    scores = tf.math.ndtri((np.cumsum(counts) - counts / 2) / column.size).numpy()
    if len(values) > knots:
        even = np.linspace(scores[0], scores[-1], knots)
        after = np.clip(np.searchsorted(scores, even), 1, len(scores) - 1)
        nearest = np.unique(after - (even - scores[after - 1] < scores[after] - even))
        values, scores = values[nearest], scores[nearest]
    padding = (0, knots - len(values))
    return np.pad(values, padding, mode="edge"), np.pad(scores, padding, mode="edge").astype(np.float32)
