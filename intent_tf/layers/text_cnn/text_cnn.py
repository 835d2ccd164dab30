"""The article's extractor as one layer: embedding, convolution and global max-pooling."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import keras
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.layers.integer_ids import integer_ids
from intent_tf.layers.optioned_layer import OptionedLayer
from intent_tf.layers.text_cnn.monotone_activations import MONOTONE, is_monotone
from intent_tf.layers.text_cnn.plain_maxima import plain_maxima
from intent_tf.layers.text_cnn.pooled_products import pooled_products
from intent_tf.layers.text_cnn.precomputed_text_cnn import PrecomputedTextCNN
from intent_tf.layers.text_cnn.sharing_pays import sharing_is_possible, sharing_pays
from intent_tf.layers.text_cnn.text_windows import text_lengths, text_windows
from intent_tf.options.as_tuple import as_tuple
from intent_tf.options.run import Storage


@keras.saving.register_keras_serializable(package="intent_tf")
class TextCNN(OptionedLayer):
    """Turns token ids into the largest response of each convolution filter anywhere in the text.

    The same function as ``Embedding → Conv1D → GlobalMaxPooling1D`` with the same weights, for each kernel
    size, concatenated:

    ``output[f] = max_t activation(bias[f] + sum_j embeddings[ids[t + j]] @ kernel[j, :, f])``

    but in a fraction of the time, because each distinct token of a batch is multiplied by the kernel once,
    and the gradient of each filter goes straight to the one window that won.

    Padding never changes a result: every text gives what it would give alone. With ``padding="valid"`` a
    text shorter than the kernel is filled up at its end with zero vectors, so that it has one window; an
    empty text has a window of zeros, and so gives ``activation(bias)``.

    Args:
        input_dim: int, the number of token ids, padding included; ids are in ``[0, input_dim)``.
        output_dim: int, the length of a token's vector. Defaults to 128.
        filters: int, the number of filters of each kernel size. Defaults to 128.
        kernel_sizes: int or sequence of ints, the numbers of tokens under a filter; several give one
            convolution each. Defaults to (3,).
        activation: Keras activation. One that is not known to be monotone is computed the plain way, at every
            position. Defaults to `"relu"`.
        padding: `"valid"` (whole windows only) or `"same"` (one window for each token). Defaults to
            `"valid"`.
        mask_zero: bool, whether id 0 is padding; a 0 inside a text counts as a zero vector. If False, 0 is a
            token like any other, and only a ragged text can be shorter than the batch's longest. Defaults to
            True.
        use_bias: bool, whether the filters have a bias. Defaults to True.
        embeddings_initializer: Initializer of the embeddings. Defaults to `"uniform"`.
        embeddings_regularizer: Regularizer of the embeddings. Defaults to None.
        embeddings_constraint: Constraint of the embeddings. Defaults to None.
        kernel_initializer: Initializer of each kernel. Defaults to `"glorot_uniform"`.
        kernel_regularizer: Regularizer of each kernel. Defaults to None.
        kernel_constraint: Constraint of each kernel. Defaults to None.
        bias_initializer: Initializer of each bias. Defaults to `"zeros"`.
        bias_regularizer: Regularizer of each bias. Defaults to None.
        bias_constraint: Constraint of each bias. Defaults to None.
        embedding: Layer from ids to vectors of length ``output_dim``, such as `HashedEmbedding`, that takes
            the place of the embeddings with their three arguments. Defaults to None: a table with a row for
            each token.
        **kwargs: Keyword arguments of `keras.layers.Layer`, such as ``name``.

    Call arguments:
        ids: integer tensor of shape ``(batch, tokens)``, padded at the end, or a `tf.RaggedTensor`.
        training: bool, whether a gradient follows, so that the way there may prepare it.

    Returns:
        Tensor of shape ``(batch, filters * len(kernel_sizes))`` in the layer's compute type.

    Raises:
        InputError: If an argument is out of its range, or the ids are no integers.
        ValueError: If the input has not two axes.

    Example:
        >>> import numpy as np
        >>> layer = TextCNN(input_dim=50, output_dim=8, filters=4, kernel_sizes=(2, 3))
        >>> layer(np.array([[3, 1, 2, 0], [5, 0, 0, 0]])).shape
        TensorShape([2, 8])

    References:
        - Kim (2014), Convolutional Neural Networks for Sentence Classification.
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int = 128,
        filters: int = 128,
        kernel_sizes: int | Sequence[int] = (3,),
        activation: Any = "relu",
        padding: str = "valid",
        mask_zero: bool = True,
        *,
        use_bias: bool = True,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        kernel_initializer: Any = "glorot_uniform",
        kernel_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_initializer: Any = "zeros",
        bias_regularizer: Any = None,
        bias_constraint: Any = None,
        embedding: keras.layers.Layer | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.kernel_sizes = as_tuple(kernel_sizes)
        for name, value in {
            "input_dim": input_dim,
            "output_dim": output_dim,
            "filters": filters,
            **{f"kernel_sizes[{i}]": size for i, size in enumerate(self.kernel_sizes)},
        }.items():
            if not isinstance(value, int) or value < 1:
                raise InputError(f"TextCNN got {name}={value!r}", expected="a whole number of at least 1")
        if not self.kernel_sizes:
            raise InputError("TextCNN got no kernel sizes", expected="at least one, such as (3,)")
        if padding not in ("valid", "same"):
            raise InputError(f"TextCNN got padding={padding!r}", expected="'valid' or 'same'")
        self.input_dim = input_dim
        self.output_dim = output_dim
        self.filters = filters
        self.activation = keras.activations.get(activation)
        self.padding = padding
        self.mask_zero = mask_zero
        self.use_bias = use_bias
        self.keep_options("embeddings", embeddings_initializer, embeddings_regularizer, embeddings_constraint)
        self.keep_options("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.keep_options("bias", bias_initializer, bias_regularizer, bias_constraint)
        self.embedding = embedding
        self.input_spec = keras.layers.InputSpec(ndim=2)

    def build(self, input_shape: Any) -> None:
        """Create the weights: the embeddings, then a kernel and a bias for each kernel size."""
        # The table must stay in its own type: casting all of it to gather some of it would cost more than
        # the rest of the layer, and would make its gradient dense.
        if self.embedding is None:
            shape = (self.input_dim, self.output_dim)
            self.embeddings = self.new_weight("embeddings", shape, autocast=False)
        elif not self.embedding.built:
            self.embedding.build((None,))
        self.kernels = [
            self.new_weight(
                "kernel",
                (size, self.output_dim, self.filters),
                _copy(self.kernel_initializer),
                name=f"kernel_{index}",
                autocast=False,
            )
            for index, size in enumerate(self.kernel_sizes)
        ]
        self.biases = [
            self.new_weight("bias", (self.filters,), name=f"bias_{index}")
            for index in range(len(self.kernel_sizes) if self.use_bias else 0)
        ]

    def call(self, ids: tf.Tensor | tf.RaggedTensor, training: bool = False) -> tf.Tensor:
        """Extract ``(batch, filters * len(kernel_sizes))`` from ids ``(batch, tokens)``."""
        padding_id = 0 if self.mask_zero else -1
        if isinstance(ids, tf.RaggedTensor):
            ids = ids.to_tensor(padding_id)
        ids = integer_ids(ids, self.name)
        lengths = text_lengths(ids, padding_id)
        missing = tf.maximum(max(self.kernel_sizes) - tf.shape(ids)[1], 0)
        ids = tf.pad(ids, [[0, 0], [0, missing]], constant_values=padding_id)
        if not is_monotone(self.activation) or not sharing_is_possible(ids):
            return self._convolve(ids, lengths, padding_id)
        return tf.cond(
            sharing_pays(ids, bool(training)),
            lambda: self._share(ids, lengths, padding_id, bool(training)),
            lambda: tf.cond(
                tf.reduce_any(ids == padding_id),
                lambda: self._convolve(ids, lengths, padding_id),
                lambda: self._convolve(ids),
            ),
        )

    def vectors(self, ids: tf.Tensor) -> tf.Tensor:
        """Look up the vectors ``(…, output_dim)`` of ids ``(…)``."""
        return tf.gather(self.embeddings.value, ids) if self.embedding is None else self.embedding(ids)

    def _look_up(self, ids: tf.Tensor, padding_id: int) -> tf.Tensor:
        vectors = self.vectors(tf.maximum(ids, 0))
        return vectors * tf.cast(ids != padding_id, vectors.dtype)[..., tf.newaxis]

    def _share(self, ids: tf.Tensor, lengths: tf.Tensor, padding_id: int, training: bool) -> tf.Tensor:
        distinct, rows = tf.unique(tf.concat([[padding_id], tf.reshape(ids, [-1])], axis=0))
        vectors, rows = self._look_up(distinct, padding_id), tf.reshape(rows[1:], tf.shape(ids))
        outputs = []
        for index, kernel in enumerate(self.kernels):
            same = self.padding == "same"
            windows = text_windows(rows, lengths, self.kernel_sizes[index], same, padding=0)
            pooled = pooled_products(vectors, kernel.value, windows, self.compute_dtype, training)
            outputs.append(self._activate(pooled, index))
        return tf.concat(outputs, axis=-1)

    def _convolve(self, ids: tf.Tensor, lengths: tf.Tensor | None = None, padding_id: int = -1) -> tf.Tensor:
        vectors = self.vectors(ids) if lengths is None else self._look_up(ids, padding_id)
        vectors = tf.cast(vectors, self.compute_dtype)
        outputs = []
        for index, kernel in enumerate(self.kernels):
            kernel = tf.cast(kernel.value, self.compute_dtype)
            activate = partial(self._activate, index=index)
            if is_monotone(self.activation):
                outputs.append(activate(plain_maxima(vectors, kernel, self.padding, lengths)))
            else:
                outputs.append(plain_maxima(vectors, kernel, self.padding, lengths, activate))
        return tf.concat(outputs, axis=-1)

    def _activate(self, responses: tf.Tensor, index: int) -> tf.Tensor:
        if self.use_bias:
            responses += tf.cast(self.biases[index].value, responses.dtype)
        return self.activation(tf.cast(responses, self.compute_dtype))

    def precompute(self, storage: Storage = "float32") -> PrecomputedTextCNN:
        """Compute the products of all tokens once and for all, for serving.

        Args:
            storage: Type of the table: `"float32"`, `"bfloat16"` or `"int8"`. Defaults to `"float32"`.

        Returns:
            A layer that gives the same for the same ids, to the accuracy of its storage.

        Raises:
            InputError: If the activation is not known to be monotone.
        """
        if not is_monotone(self.activation):
            raise InputError(
                f"TextCNN has activation={self.activation!r}",
                expected=f"one of {sorted(MONOTONE)} to precompute",
            )
        return PrecomputedTextCNN.from_text_cnn(self, storage)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, int]:
        """Return the shape of the output, ``(batch, filters * len(kernel_sizes))``."""
        return (input_shape[0], self.filters * len(self.kernel_sizes))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "kernel_sizes": list(self.kernel_sizes)}


def _copy(initializer: Any) -> Any:
    # An unseeded initializer object draws the same numbers each time it is called.
    return keras.initializers.get(keras.initializers.serialize(initializer))
