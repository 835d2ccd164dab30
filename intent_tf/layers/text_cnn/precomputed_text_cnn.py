"""The extractor for serving: embedding and convolution as one table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, get_args

import keras
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.layers.integer_ids import integer_ids
from intent_tf.layers.text_cnn.text_windows import text_lengths, text_windows
from intent_tf.layers.text_cnn.window_maxima import window_maxima
from intent_tf.options.as_tuple import as_tuple
from intent_tf.options.run import Storage
from intent_tf.text.configured import Configured

if TYPE_CHECKING:
    from intent_tf.layers.text_cnn.text_cnn import TextCNN

STORAGES: tuple[Storage, ...] = get_args(Storage)
"""Types of the table of products."""


@keras.saving.register_keras_serializable(package="intent_tf")
class PrecomputedTextCNN(Configured, keras.layers.Layer):
    """A `TextCNN` for serving, with its products looked up instead of computed.

    ``table[id, j, f] = embeddings[id] @ kernel[j, :, f]``, so that a text needs no product any more:
    ``output[f] = activation(bias[f] + max_t sum_j table[ids[t + j], j, f])``

    It is made by `TextCNN.precompute` and is not trained. The table holds
    ``input_dim × kernel size × filters`` numbers. `"bfloat16"` halves its memory and `"int8"` quarters it:
    there each filter has a scale of its own, ``max |table[:, :, f]| / 127``; they do not make it faster, and
    both cost accuracy.

    Args:
        input_dim: int, the number of token ids, padding included; ids are in ``[0, input_dim)``.
        filters: int, the number of filters of each kernel size. Defaults to 128.
        kernel_sizes: int or sequence of ints, the numbers of tokens under a filter. Defaults to (3,).
        activation: Keras activation that never falls. Defaults to `"relu"`.
        padding: `"valid"` (whole windows only) or `"same"` (one window for each token). Defaults to
            `"valid"`.
        mask_zero: bool, whether id 0 is padding. Defaults to True.
        storage: Type of the table: `"float32"`, `"bfloat16"` or `"int8"`. Defaults to `"float32"`.
        **kwargs: Keyword arguments of `keras.layers.Layer`, such as ``name``.

    Call arguments:
        ids: integer tensor of shape ``(batch, tokens)``, padded at the end, or a `tf.RaggedTensor`.

    Returns:
        float tensor of shape ``(batch, filters * len(kernel_sizes))``.

    Raises:
        InputError: If the storage is none of the three, or the ids are no integers.
        ValueError: If the input has not two axes.

    Example:
        >>> from intent_tf.layers import TextCNN
        >>> layer = TextCNN(input_dim=50, output_dim=8, filters=4)
        >>> ids = tf.constant([[3, 1, 2, 0], [5, 0, 0, 0]])
        >>> expected = layer(ids)
        >>> bool(tf.reduce_max(tf.abs(layer.precompute()(ids) - expected)) < 1e-6)
        True
    """

    def __init__(
        self,
        input_dim: int,
        filters: int = 128,
        kernel_sizes: int | Sequence[int] = (3,),
        activation: Any = "relu",
        padding: str = "valid",
        mask_zero: bool = True,
        storage: Storage = "float32",
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"trainable": False, **kwargs})
        if storage not in STORAGES:
            raise InputError(f"PrecomputedTextCNN got storage={storage!r}", expected=f"one of {STORAGES}")
        self.input_dim = input_dim
        self.filters = filters
        self.kernel_sizes = as_tuple(kernel_sizes)
        self.activation = keras.activations.get(activation)
        self.padding = padding
        self.mask_zero = mask_zero
        self.storage = storage
        self.input_spec = keras.layers.InputSpec(ndim=2)

    @classmethod
    def from_text_cnn(cls, text_cnn: TextCNN, storage: Storage = "float32") -> PrecomputedTextCNN:
        """Compute the products of all tokens of a `TextCNN`.

        Args:
            text_cnn: A layer whose activation never falls.
            storage: Type of the table. Defaults to `"float32"`.

        Returns:
            A layer that gives the same for the same ids, to the accuracy of its storage.
        """
        if not text_cnn.built:
            text_cnn.build((None, None))
        layer = cls(
            text_cnn.input_dim,
            text_cnn.filters,
            text_cnn.kernel_sizes,
            text_cnn.activation,
            text_cnn.padding,
            text_cnn.mask_zero,
            storage,
            name=text_cnn.name,
            dtype=text_cnn.dtype_policy,
        )
        layer.build((None, None))
        vectors = tf.cast(text_cnn.vectors(tf.range(text_cnn.input_dim)), tf.float32)
        first = tf.zeros([1, text_cnn.output_dim])
        rows = tf.concat([first, vectors[1:] if text_cnn.mask_zero else vectors], axis=0)
        for index, kernel in enumerate(text_cnn.kernels):
            matrix = tf.transpose(tf.cast(kernel.value, tf.float32), [1, 0, 2])
            products = rows @ tf.reshape(matrix, [text_cnn.output_dim, -1])
            layer.assign(index, products, text_cnn.biases[index].value if text_cnn.use_bias else 0.0)
        return layer

    def build(self, input_shape: Any) -> None:
        """Create the tables, and for each a scale and a bias."""
        # Row 0 stands for what lies outside the text.
        rows = self.input_dim + (0 if self.mask_zero else 1)

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
            "table", [(rows, size * self.filters) for size in self.kernel_sizes], self.storage
        )
        self.scales = weights("scale", [(self.filters,) for _ in self.kernel_sizes], "float32")
        self.biases = weights("bias", [(self.filters,) for _ in self.kernel_sizes], "float32")

    def assign(self, index: int, products: tf.Tensor, bias: tf.Tensor | float) -> None:
        """Set the table of one kernel size.

        Args:
            index: int, the index of the kernel size.
            products: float32 tensor of shape ``(rows, kernel size * filters)``; row 0 is zero and stands for
                padding. With ``mask_zero=False`` the row of an id is the one after it.
            bias: float32 tensor of shape ``(filters,)``, or one number for all.
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
        """Look up and pool ``(batch, filters * len(kernel_sizes))`` for ids ``(batch, tokens)``."""
        padding_id = 0 if self.mask_zero else -1
        if isinstance(ids, tf.RaggedTensor):
            ids = ids.to_tensor(padding_id)
        ids = integer_ids(ids, self.name)
        lengths = text_lengths(ids, padding_id)
        outputs = []
        for index, size in enumerate(self.kernel_sizes):
            windows = text_windows(ids - padding_id, lengths, size, self.padding == "same", padding=0)
            (largest,) = window_maxima(tf.convert_to_tensor(self.tables[index].value), windows)
            outputs.append(largest * self.scales[index].value + self.biases[index].value)
        return self.activation(tf.cast(tf.concat(outputs, axis=-1), self.compute_dtype))

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, int]:
        """Return the shape of the output, ``(batch, filters * len(kernel_sizes))``."""
        return (input_shape[0], self.filters * len(self.kernel_sizes))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "kernel_sizes": list(self.kernel_sizes)}
