"""The extractor in Keras' own layers: what `TextCNN` computes, in the plain way."""

from collections.abc import Sequence
from typing import Any

import keras

from intent_tf.options.as_tuple import as_tuple


def as_keras_layers(
    input_dim: int,
    output_dim: int = 128,
    filters: int = 128,
    kernel_sizes: int | Sequence[int] = (3,),
    activation: Any = "relu",
    padding: str = "valid",
    *,
    use_bias: bool = True,
    dtype: Any = None,
) -> keras.Model:
    """Build Embedding → Conv1D → GlobalMaxPooling1D, with one convolution for each kernel size.

    Keras' layers know no padding of texts: a filter's maximum may lie in it. For texts that need none, this
    model and a `TextCNN` with the same weights are the same function; use this one where another backend or
    another framework is to read the model, and `TextCNN` where time counts.

    Args:
        input_dim: int, the number of token ids.
        output_dim: int, the length of a token's vector. Defaults to 128.
        filters: int, the number of filters of each kernel size. Defaults to 128.
        kernel_sizes: int or sequence of ints, the numbers of tokens under a filter. Defaults to (3,).
        activation: Keras activation of the responses. Defaults to `"relu"`.
        padding: `"valid"` or `"same"`, as in `keras.layers.Conv1D`. Defaults to `"valid"`.
        use_bias: bool, whether the filters have a bias. Defaults to True.
        dtype: Keras dtype or policy of all layers. Defaults to None: the global policy.

    Returns:
        A model from ids, int32 ``(batch, tokens)``, to ``(batch, filters * len(kernel_sizes))``.

    Example:
        >>> import numpy as np
        >>> as_keras_layers(50, output_dim=8, filters=4, kernel_sizes=(2, 3))(np.array([[3, 1, 2]])).shape
        TensorShape([1, 8])
    """
    ids = keras.Input((None,), dtype="int32")
    vectors = keras.layers.Embedding(input_dim, output_dim, dtype=dtype)(ids)
    maxima = []
    for size in as_tuple(kernel_sizes):
        convolution = keras.layers.Conv1D(
            filters, size, padding=padding, activation=activation, use_bias=use_bias, dtype=dtype
        )
        maxima.append(keras.layers.GlobalMaxPooling1D(dtype=dtype)(convolution(vectors)))
    return keras.Model(ids, keras.layers.concatenate(maxima) if len(maxima) > 1 else maxima[0])
