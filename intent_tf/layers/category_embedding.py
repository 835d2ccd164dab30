"""A short vector for each category of each categorical column."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from intent_tf.layers.integer_ids import integer_ids
from intent_tf.layers.optioned_layer import OptionedLayer
from intent_tf.options.as_tuple import as_tuple


@keras.saving.register_keras_serializable(package="intent_tf")
class CategoryEmbedding(OptionedLayer):
    """Embeds the category ids of all columns with one table and one look-up.

    ``vector[c] = embeddings[input_dims[0] + … + input_dims[c − 1] + ids[c]]``

    Id 0 means a category that is unknown or rare; ids that a column does not have are read as 0.
    Its vector starts at zero, so that where training rows held no such category it says nothing. The other
    vectors start at random, which keeps the members of an ensemble behind this layer from learning the same.

    Args:
        input_dims: int or sequence of ints, the number of ids of each column, id 0 included: column ``c``
            takes the ids ``0 … input_dims[c] − 1``.
        output_dim: int, the length of each vector. Defaults to 4.
        embeddings_initializer: Initializer of the vectors of ids other than 0. Defaults to None: uniform
            within ``± 1 / √output_dim``.
        embeddings_regularizer: Regularizer of the table. Defaults to None.
        embeddings_constraint: Constraint of the table. Defaults to None.
        **kwargs: Keyword arguments of `keras.layers.Layer`, such as ``name``.

    Call arguments:
        inputs: integer tensor of shape ``(batch, columns)``, the ids.

    Returns:
        float tensor of shape ``(batch, columns, output_dim)``.

    Raises:
        ValueError: If a column has no id, or the input has not one column for each of ``input_dims``.
        InputError: If the ids are no integers.

    Example:
        >>> layer = CategoryEmbedding(input_dims=(3, 12))
        >>> layer(np.array([[2, 11], [0, 5]])).shape
        TensorShape([2, 2, 4])
    """

    def __init__(
        self,
        input_dims: int | Sequence[int],
        output_dim: int = 4,
        *,
        embeddings_initializer: Any = None,
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.input_dims = as_tuple(input_dims)
        self.output_dim = output_dim
        if min(self.input_dims, default=1) < 1:
            raise ValueError(f"Every column has at least the id 0; received input_dims={self.input_dims}.")
        self.keep_options("embeddings", embeddings_initializer, embeddings_regularizer, embeddings_constraint)
        self.input_spec = keras.layers.InputSpec(ndim=2)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the table of all columns' vectors, one column below the other."""
        if input_shape[-1] != len(self.input_dims):
            raise ValueError(
                f"`input_dims` has {len(self.input_dims)} entries, and so many columns were expected; "
                f"received the input shape {tuple(input_shape)}."
            )
        shape = (sum(self.input_dims), self.output_dim)
        self.embeddings = self.new_weight("embeddings", shape, self._start)

    def _start(self, shape: tuple[int, int], dtype: Any = None) -> tf.Tensor:
        spread = self.output_dim**-0.5
        draw = self.embeddings_initializer or keras.initializers.RandomUniform(-spread, spread)
        vectors = draw(shape, dtype)
        means_category = np.concatenate([[], *map(np.arange, self.input_dims)]) > 0
        return tf.where(means_category[:, None], vectors, tf.zeros_like(vectors))

    def call(self, inputs: Any) -> tf.Tensor:
        """Look up ids ``(batch, columns)``."""
        ids = integer_ids(inputs, self.name)
        sizes = tf.constant(self.input_dims, tf.int32)
        ids = tf.where((ids >= 0) & (ids < sizes), ids, 0)
        return tf.gather(tf.convert_to_tensor(self.embeddings), ids + tf.cumsum(sizes, exclusive=True))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of the vectors, ``(batch, columns, output_dim)``."""
        return (*input_shape, self.output_dim)
