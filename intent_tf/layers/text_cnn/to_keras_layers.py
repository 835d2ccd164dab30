"""A trained `TextCNN` in Keras' own layers, for another backend or framework to read."""

import keras
import tensorflow as tf

from intent_tf.layers.text_cnn.as_keras_layers import as_keras_layers
from intent_tf.layers.text_cnn.text_cnn import TextCNN


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
