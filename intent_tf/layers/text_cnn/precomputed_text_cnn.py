"""The extractor for serving: embedding and convolution as one table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args

import keras
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.layers.text_cnn.text_windows import text_lengths, text_windows
from intent_tf.layers.text_cnn.window_maxima import window_maxima

#: Types of the table of products.
Storage = Literal["float32", "bfloat16", "int8"]
STORAGES = get_args(Storage)


@keras.saving.register_keras_serializable(package="intent_tf")
class PrecomputedTextCNN(keras.layers.Layer):
    """:class:`~intent_tf.layers.text_cnn.text_cnn.TextCNN` with its products looked up instead of computed.

    ``table[id, j, f] = embedding[id] @ kernel[j, :, f]``, so that a text needs no product any more:
    ``output[f] = activation(bias[f] + max_t sum_j table[ids[t + j], j, f])``

    It is made by ``TextCNN.precompute()`` and is not trained. The table holds ``vocabulary × taps × filters``
    numbers. ``bfloat16`` halves its memory and ``int8`` quarters it: there each filter has a scale of its
    own, ``max |table[:, :, f]| / 127``; they do not make it faster, and both cost accuracy.

    Args:
        vocabulary_size: As in ``TextCNN``.
        filters: As in ``TextCNN``.
        kernel_sizes: As in ``TextCNN``.
        activation: As in ``TextCNN``; monotone.
        padding: As in ``TextCNN``.
        mask_zero: As in ``TextCNN``.
        storage: Type of the table: ``"float32"``, ``"bfloat16"`` or ``"int8"``.
        **kwargs: ``name`` and ``dtype``.

    Call arguments:
        ids: int ``(batch, tokens)``, dense and padded at the end, or a ``tf.RaggedTensor``.

    Returns:
        float ``(batch, filters * len(kernel_sizes))``.

    Raises:
        InputError: If the storage is none of the three.

    Example:
        >>> from intent_tf.layers.text_cnn.text_cnn import TextCNN
        >>> layer = TextCNN(vocabulary_size=50, output_dim=8, filters=4)
        >>> ids = tf.constant([[3, 1, 2, 0], [5, 0, 0, 0]])
        >>> expected = layer(ids)
        >>> bool(tf.reduce_max(tf.abs(layer.precompute()(ids) - expected)) < 1e-6)
        True
    """

    def __init__(
        self,
        vocabulary_size: int,
        filters: int = 128,
        kernel_sizes: Sequence[int] = (3,),
        activation: Any = "relu",
        padding: str = "valid",
        mask_zero: bool = True,
        storage: Storage = "float32",
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"trainable": False, **kwargs})
        if storage not in STORAGES:
            raise InputError(f"PrecomputedTextCNN got storage={storage!r}", expected=f"one of {STORAGES}")
        self.vocabulary_size = vocabulary_size
        self.filters = filters
        self.kernel_sizes = tuple(kernel_sizes)
        self.activation = keras.activations.get(activation)
        self.padding = padding
        self.mask_zero = mask_zero
        self.storage = storage

    def build(self, input_shape: Any) -> None:
        """Create the tables, and for each a scale and a bias."""
        # Row 0 stands for what lies outside the text.
        rows = self.vocabulary_size + (0 if self.mask_zero else 1)

        def weights(name: str, shapes: list[tuple[int, ...]], dtype: str) -> list[keras.Variable]:
            return [
                self.add_weight(
                    name=f"{name}_{index}",
                    shape=shape,
                    dtype=dtype,
                    initializer="zeros",
                    trainable=False,
                    autocast=False,
                )
                for index, shape in enumerate(shapes)
            ]

        self.tables = weights(
            "table", [(rows, taps * self.filters) for taps in self.kernel_sizes], self.storage
        )
        self.scales = weights("scale", [(self.filters,) for _ in self.kernel_sizes], "float32")
        self.biases = weights("bias", [(self.filters,) for _ in self.kernel_sizes], "float32")

    def assign(self, index: int, products: tf.Tensor, bias: tf.Tensor | float) -> None:
        """Set the table of one kernel size.

        Args:
            index: Index of the kernel size.
            products: float32 ``(rows, taps * filters)``; row 0 is zero and stands for padding. With
                ``mask_zero=False`` the row of an id is the one after it.
            bias: float32 ``(filters,)``, or one number for all.
        """
        scale = tf.ones([self.filters])
        if self.storage == "int8":
            largest = tf.reduce_max(tf.abs(tf.reshape(products, [-1, self.filters])), axis=0)
            scale = tf.where(largest > 0, largest / 127, 1.0)
            products = tf.round(products / tf.tile(scale, [self.kernel_sizes[index]]))
        self.tables[index].assign(tf.cast(products, self.storage))
        self.scales[index].assign(scale)
        self.biases[index].assign(tf.broadcast_to(bias, [self.filters]))

    def call(self, ids: tf.Tensor | tf.RaggedTensor) -> tf.Tensor:
        """Look up and pool; see the class."""
        padding_id = 0 if self.mask_zero else -1
        if isinstance(ids, tf.RaggedTensor):
            ids = ids.to_tensor(padding_id)
        ids = tf.cast(ids, tf.int32)
        lengths = text_lengths(ids, padding_id)
        outputs = []
        for index, taps in enumerate(self.kernel_sizes):
            windows = text_windows(ids - padding_id, lengths, taps, self.padding == "same", padding=0)
            (largest,) = window_maxima(tf.convert_to_tensor(self.tables[index].value), windows)
            outputs.append(largest * self.scales[index].value + self.biases[index].value)
        return self.activation(tf.cast(tf.concat(outputs, axis=-1), self.compute_dtype))

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, int]:
        """``(batch, filters * len(kernel_sizes))``."""
        return (input_shape[0], self.filters * len(self.kernel_sizes))

    def get_config(self) -> dict[str, Any]:
        """Every constructor argument."""
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "filters": self.filters,
            "kernel_sizes": list(self.kernel_sizes),
            "activation": keras.activations.serialize(self.activation),
            "padding": self.padding,
            "mask_zero": self.mask_zero,
            "storage": self.storage,
        }
