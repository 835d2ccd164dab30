"""Weights from Keras' own layers to a `TextCNN`, and back."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.layers.text_cnn.as_keras_layers import as_keras_layers
from intent_tf.layers.text_cnn.text_cnn import TextCNN


def from_keras_layers(
    embedding: keras.layers.Embedding,
    convolutions: Sequence[keras.layers.Conv1D],
    mask_zero: bool = False,
    name: str | None = None,
) -> TextCNN:
    """Make a `TextCNN` of an ``Embedding`` and the ``Conv1D`` layers that read it, pooled over the text.

    Args:
        embedding: A built embedding.
        convolutions: Built convolutions, alike except in their kernel sizes.
        mask_zero: bool, whether the result takes id 0 as padding. Keras' layers do not, whatever their
            ``mask_zero`` says: with False the result gives the same for every input. Defaults to False.
        name: str, the name of the result. Defaults to None: Keras gives one.

    Returns:
        A `TextCNN` with the same weights.

    Raises:
        InputError: If a convolution is strided, dilated, grouped, causal or channels-first, or if they
            differ.

    Example:
        >>> import numpy as np
        >>> embedding, convolution = keras.layers.Embedding(50, 8), keras.layers.Conv1D(4, 3)
        >>> ids = np.array([[3, 1, 2, 7]])
        >>> expected = keras.layers.GlobalMaxPooling1D()(convolution(embedding(ids)))
        >>> bool(np.allclose(from_keras_layers(embedding, [convolution])(ids), expected, atol=1e-6))
        True
    """
    for layer in convolutions:
        options = (layer.strides, layer.dilation_rate, layer.groups, layer.data_format)
        if options != ((1,), (1,), 1, "channels_last") or layer.padding == "causal":
            raise InputError(
                f"{layer.name} has strides, dilation, groups, format = {options}, padding={layer.padding!r}",
                expected="(1,), (1,), 1, 'channels_last' and padding 'valid' or 'same'",
            )
    alike = {(layer.filters, layer.activation, layer.padding, layer.use_bias) for layer in convolutions}
    if len(alike) != 1:
        raise InputError(
            f"the convolutions have {len(alike)} kinds of (filters, activation, padding, use_bias)",
            expected="at least one convolution, and all alike except in their kernel sizes",
        )
    ((filters, activation, padding, use_bias),) = alike
    text_cnn = TextCNN(
        embedding.input_dim,
        embedding.output_dim,
        filters,
        [layer.kernel_size[0] for layer in convolutions],
        activation,
        padding,
        mask_zero,
        use_bias=use_bias,
        name=name,
        dtype=embedding.dtype_policy,
    )
    text_cnn.build((None, None))
    text_cnn.embeddings.assign(embedding.embeddings)
    for index, layer in enumerate(convolutions):
        text_cnn.kernels[index].assign(layer.kernel)
        if use_bias:
            text_cnn.biases[index].assign(layer.bias)
    return text_cnn


def to_keras_layers(text_cnn: TextCNN) -> keras.Model:
    """Make a model of Keras' own layers with the weights of a `TextCNN`.

    Keras' layers know no padding: the model gives the same for texts without id 0 that are at least as long
    as the largest kernel, and for all such texts if ``mask_zero=False``.

    Args:
        text_cnn: A built `TextCNN`.

    Returns:
        A model from ids ``(batch, tokens)`` to ``(batch, filters * len(kernel_sizes))``, in the types of the
        `TextCNN`.
    """
    model = as_keras_layers(
        text_cnn.input_dim,
        text_cnn.output_dim,
        text_cnn.filters,
        text_cnn.kernel_sizes,
        text_cnn.activation,
        text_cnn.padding,
        use_bias=text_cnn.use_bias,
        dtype=text_cnn.dtype_policy,
    )
    (embedding,) = (layer for layer in model.layers if isinstance(layer, keras.layers.Embedding))
    embedding.embeddings.assign(text_cnn.vectors(tf.range(text_cnn.input_dim)))
    convolutions = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv1D)]
    for index, convolution in enumerate(convolutions):
        convolution.kernel.assign(text_cnn.kernels[index])
        if text_cnn.use_bias:
            convolution.bias.assign(text_cnn.biases[index])
    return model
