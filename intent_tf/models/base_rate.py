"""What is answered for rows of which nothing is known."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from intent_tf.text.configured import Configured

#: Rows by which the rate of all rows counts beside the rows without any value.
_ROWS = 20


@keras.saving.register_keras_serializable(package="intent_tf")
class BaseRate(Configured, keras.layers.Layer):
    """Answers the training rows' rate for rows in which no column has a value.

    A network takes what is missing for typical and trees for small, each column by itself; where training
    rows never lacked a column, rows that lack all are beyond what these parts know.

    Args:
        **kwargs: Those of every Keras layer.

    Shapes: probabilities ``(batch,)`` and which rows are blank ``(batch,)`` to probabilities ``(batch,)``.

    Example:
        >>> layer = BaseRate()
        >>> layer.adapt([0, 1, 0, 0], [1, 1, 1, 1], [False, False, False, False])
        >>> layer(tf.constant([0.9, 0.9]), tf.constant([False, True])).numpy()
        array([0.9 , 0.25], dtype=float32)
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", "trainable": False, **kwargs})

    def build(self, probability_shape: Any = None, blank_shape: Any = None) -> None:
        """Create the rate, which `adapt` sets."""
        self.rate = self.add_weight(shape=(), initializer="zeros", trainable=False, name="rate")

    def adapt(self, label: ArrayLike, weight: ArrayLike, blank: ArrayLike) -> None:
        """Take the rate of blank training rows, shrunk towards that of all rows by the weight of 20 rows.

        Args:
            label: Of the training rows, in [0, 1], ``(rows,)``.
            weight: Of each row, ``(rows,)``.
            blank: Which rows have no value in any column, ``(rows,)``.
        """
        if not self.built:
            self.build()
        label, weight = np.asarray(label, np.float64), np.asarray(weight, np.float64)
        shrinkage, own = _ROWS * weight.mean(), weight * np.asarray(blank)
        rate = np.average(label, weights=weight)
        self.rate.assign((own @ label + shrinkage * rate) / (own.sum() + shrinkage))

    def call(self, probability: Any, blank: Any) -> tf.Tensor:
        """Replace the probabilities of blank rows."""
        return tf.where(blank, tf.convert_to_tensor(self.rate), probability)

    def compute_output_shape(self, probability_shape: Any, blank_shape: Any) -> Any:
        """Return the shape of the probabilities."""
        return probability_shape
