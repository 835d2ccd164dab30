"""Weights from Keras' own layers to the extractor, and back."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.layers.text_cnn.text_cnn import TextCNN


def from_stock_layers(
    embedding: keras.layers.Embedding,
    convolutions: Sequence[keras.layers.Conv1D],
    mask_zero: bool = False,
    name: str | None = None,
) -> TextCNN:
    """Make an extractor of an ``Embedding`` and the ``Conv1D`` layers that read it, pooled over the text.

    Args:
        embedding: A built embedding.
        convolutions: Built convolutions, alike except in their kernel sizes.
        mask_zero: Whether the extractor takes id 0 as padding. The stock layers do not, whatever their
            ``mask_zero`` says: with ``False`` the extractor gives the same for every input.
        name: Name of the extractor.

    Returns:
        An extractor with the same weights.

    Raises:
        InputError: If a convolution is strided, dilated, grouped, causal or channels-first, or if they
            differ.

    Example:
        >>> import numpy as np
        >>> embedding, convolution = keras.layers.Embedding(50, 8), keras.layers.Conv1D(4, 3)
        >>> ids = np.array([[3, 1, 2, 7]])
        >>> expected = keras.layers.GlobalMaxPooling1D()(convolution(embedding(ids)))
        >>> extractor = from_stock_layers(embedding, [convolution])
        >>> bool(np.allclose(extractor(ids), expected, atol=1e-6))
        True
    """
    for layer in convolutions:
        found = (layer.strides, layer.dilation_rate, layer.groups, layer.data_format)
        if found != ((1,), (1,), 1, "channels_last") or layer.padding == "causal":
            raise InputError(
                f"{layer.name!r} has strides, dilation, groups, format = {found}, padding={layer.padding!r}",
                expected="(1,), (1,), 1, 'channels_last' and padding 'valid' or 'same'",
            )
    alike = {(layer.filters, layer.activation, layer.padding, layer.use_bias) for layer in convolutions}
    if len(alike) != 1:
        raise InputError(
            f"the convolutions have {len(alike)} kinds of (filters, activation, padding, use_bias)",
            expected="at least one convolution, and all alike except in their kernel sizes",
        )
    ((filters, activation, padding, use_bias),) = alike
    extractor = TextCNN(
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
    extractor.build((None, None))
    extractor.embeddings.assign(embedding.embeddings)
    for index, layer in enumerate(convolutions):
        extractor.kernels[index].assign(layer.kernel)
        if use_bias:
            extractor.biases[index].assign(layer.bias)
    return extractor


def to_stock_layers(extractor: TextCNN) -> keras.Model:
    """Make a model of Keras' own layers with an extractor's weights.

    The stock layers have no padding: the model gives the same for texts without id 0 that are at least as
    long as the longest kernel, and for all such texts if ``mask_zero=False``.

    Args:
        extractor: A built extractor.

    Returns:
        A model from ids ``(batch, tokens)`` to ``(batch, filters * len(kernel_sizes))``, in the extractor's
        types.
    """
    ids = keras.Input((None,), dtype="int32")
    policy = extractor.dtype_policy
    embedding = keras.layers.Embedding(extractor.vocabulary_size, extractor.output_dim, dtype=policy)
    vectors = embedding(ids)
    embedding.embeddings.assign(extractor.vectors(tf.range(extractor.vocabulary_size)))
    outputs = []
    for index, taps in enumerate(extractor.kernel_sizes):
        convolution = keras.layers.Conv1D(
            extractor.filters,
            taps,
            padding=extractor.padding,
            activation=extractor.activation,
            use_bias=extractor.use_bias,
            dtype=policy,
        )
        outputs.append(keras.layers.GlobalMaxPooling1D(dtype=policy)(convolution(vectors)))
        convolution.kernel.assign(extractor.kernels[index])
        if extractor.use_bias:
            convolution.bias.assign(extractor.biases[index])
    return keras.Model(ids, keras.layers.concatenate(outputs) if len(outputs) > 1 else outputs[0])
