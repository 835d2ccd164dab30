"""The article's extractor as one layer: embedding, convolution and global max-pooling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.layers.text_cnn.pooled_products import pooled_products
from intent_tf.layers.text_cnn.precomputed_text_cnn import PrecomputedTextCNN, Storage
from intent_tf.layers.text_cnn.sharing_pays import sharing_pays
from intent_tf.layers.text_cnn.text_windows import text_lengths, text_windows

# max(f(x)) = f(max(x)) for a function that never falls, so pooling may come first.
MONOTONE = frozenset(
    {"celu", "elu", "exponential", "hard_sigmoid", "hard_tanh", "leaky_relu", "linear", "log_sigmoid", "relu"}
    | {"relu6", "selu", "sigmoid", "softplus", "softsign", "squareplus", "tanh"}
)


@keras.saving.register_keras_serializable(package="intent_tf")
class TextCNN(keras.layers.Layer):
    """Turns token ids into the largest response of each convolution filter anywhere in the text.

    The same function as ``Embedding → Conv1D → GlobalMaxPooling1D`` with the same weights, for each kernel
    size, concatenated:

    ``output[f] = max_t activation(bias[f] + sum_j embedding[ids[t + j]] @ kernel[j, :, f])``

    but in a fraction of the time, because each distinct token of a batch is multiplied by the kernel once,
    and the gradient of each filter goes straight to the one window that won.

    Padding never changes a result: every text gives what it would give alone. With ``padding="valid"`` a
    text shorter than the kernel is filled up at its end with zero vectors, so that it has one window; an
    empty text has a window of zeros, and so gives ``activation(bias)``.

    Args:
        vocabulary_size: Number of token ids, padding included; ids are in ``[0, vocabulary_size)``.
        output_dim: Width of a token's vector.
        filters: Number of filters of each kernel size.
        kernel_sizes: Tokens under a filter; several give one convolution each.
        activation: Name or function, as in ``keras.layers.Conv1D``. An activation that is not known to be
            monotone is computed the plain way, at every position.
        padding: ``"valid"`` (whole windows only) or ``"same"`` (one window a token).
        mask_zero: Whether id 0 is padding; a 0 inside a text counts as a zero vector. If ``False``, 0 is a
            token like any other, and only a ragged text can be shorter than the batch's longest.
        use_bias: Whether the filters have a bias.
        embeddings_initializer: Initialiser of the embedding.
        embedding: A layer from ids to vectors of this dimension, such as `HashedEmbedding`, that takes the
            place of a table with a row for each token. Default None: the table.
        kernel_initializer: Initialiser of the kernels.
        **kwargs: ``name``, ``dtype``, ``trainable`` as for every layer.

    Call arguments:
        ids: int32 or int64 ``(batch, tokens)``, dense and padded at the end, or a ``tf.RaggedTensor``.

    Returns:
        ``(batch, filters * len(kernel_sizes))`` in the layer's compute type.

    Raises:
        InputError: If an argument is out of its range.

    Example:
        >>> import numpy as np
        >>> layer = TextCNN(vocabulary_size=50, output_dim=8, filters=4, kernel_sizes=(2, 3))
        >>> layer(np.array([[3, 1, 2, 0], [5, 0, 0, 0]])).shape
        TensorShape([2, 8])

    References:
        Y. Kim, "Convolutional Neural Networks for Sentence Classification", EMNLP 2014.
    """

    def __init__(
        self,
        vocabulary_size: int,
        output_dim: int = 128,
        filters: int = 128,
        kernel_sizes: Sequence[int] = (3,),
        activation: Any = "relu",
        padding: str = "valid",
        mask_zero: bool = True,
        *,
        use_bias: bool = True,
        embeddings_initializer: Any = "uniform",
        kernel_initializer: Any = "glorot_uniform",
        embedding: keras.layers.Layer | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        for name, value in {
            "vocabulary_size": vocabulary_size,
            "output_dim": output_dim,
            "filters": filters,
            **{f"kernel_sizes[{i}]": size for i, size in enumerate(kernel_sizes)},
        }.items():
            if not isinstance(value, int) or value < 1:
                raise InputError(f"TextCNN got {name}={value!r}", expected="a whole number of at least 1")
        if not kernel_sizes:
            raise InputError("TextCNN got no kernel sizes", expected="at least one, such as (3,)")
        if padding not in ("valid", "same"):
            raise InputError(f"TextCNN got padding={padding!r}", expected="'valid' or 'same'")
        self.vocabulary_size = vocabulary_size
        self.output_dim = output_dim
        self.filters = filters
        self.kernel_sizes = tuple(kernel_sizes)
        self.activation = keras.activations.get(activation)
        self.padding = padding
        self.mask_zero = mask_zero
        self.use_bias = use_bias
        self.embeddings_initializer = keras.initializers.get(embeddings_initializer)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.embedding = embedding

    def build(self, input_shape: Any) -> None:
        """Create the weights: the embedding, then a kernel and a bias for each kernel size."""
        # The table must stay in its own type: casting all of it to gather some of it would cost more than
        # the rest of the layer, and would make its gradient dense.
        if self.embedding is None:
            self.embeddings = self.add_weight(
                name="embeddings",
                shape=(self.vocabulary_size, self.output_dim),
                initializer=self.embeddings_initializer,
                autocast=False,
            )
        elif not self.embedding.built:
            self.embedding.build((None,))
        self.kernels = [
            self.add_weight(
                name=f"kernel_{position}",
                shape=(size, self.output_dim, self.filters),
                initializer=_copy(self.kernel_initializer),
                autocast=False,
            )
            for position, size in enumerate(self.kernel_sizes)
        ]
        self.biases = [
            self.add_weight(name=f"bias_{position}", shape=(self.filters,), initializer="zeros")
            for position in range(len(self.kernel_sizes) if self.use_bias else 0)
        ]

    def call(self, ids: tf.Tensor | tf.RaggedTensor, training: bool = False) -> tf.Tensor:
        """Extract; see the class."""
        padding_id = 0 if self.mask_zero else -1
        if isinstance(ids, tf.RaggedTensor):
            ids = ids.to_tensor(padding_id)
        ids = tf.cast(ids, tf.int32)
        lengths = text_lengths(ids, padding_id)
        missing = tf.maximum(max(self.kernel_sizes) - tf.shape(ids)[1], 0)
        ids = tf.pad(ids, [[0, 0], [0, missing]], constant_values=padding_id)
        if not self._monotone or ids.shape[0] == 1 or _in_xla_or_map():
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

    @property
    def _monotone(self) -> bool:
        return getattr(self.activation, "__name__", "") in MONOTONE

    def vectors(self, ids: tf.Tensor) -> tf.Tensor:
        """Look up the vectors ``(…, output_dim)`` of ids ``(…)``."""
        return tf.gather(self.embeddings.value, ids) if self.embedding is None else self.embedding(ids)

    def _look_up(self, ids: tf.Tensor, padding_id: int) -> tf.Tensor:
        vectors = self.vectors(tf.maximum(ids, 0))
        return vectors * tf.cast(ids != padding_id, vectors.dtype)[..., tf.newaxis]

    def _share(self, ids: tf.Tensor, lengths: tf.Tensor, padding_id: int, training: bool) -> tf.Tensor:
        distinct, index = tf.unique(tf.concat([[padding_id], tf.reshape(ids, [-1])], axis=0))
        rows, index = self._look_up(distinct, padding_id), tf.reshape(index[1:], tf.shape(ids))
        outputs = []
        for number, (taps, kernel) in enumerate(zip(self.kernel_sizes, self.kernels, strict=True)):
            windows = text_windows(index, lengths, taps, self.padding == "same", padding=0)
            pooled = pooled_products(rows, kernel.value, windows, self.compute_dtype, training)
            outputs.append(self._activate(pooled, number))
        return tf.concat(outputs, axis=-1)

    def _convolve(self, ids: tf.Tensor, lengths: tf.Tensor | None = None, padding_id: int = -1) -> tf.Tensor:
        vectors = self.vectors(ids) if lengths is None else self._look_up(ids, padding_id)
        vectors = tf.cast(vectors, self.compute_dtype)
        outputs = []
        for index, (taps, kernel) in enumerate(zip(self.kernel_sizes, self.kernels, strict=True)):
            kernel = tf.cast(kernel.value, self.compute_dtype)
            responses = tf.nn.conv1d(vectors, kernel, 1, self.padding.upper())
            if not self._monotone:
                responses = self._activate(responses, index)
            if lengths is not None:
                windows = lengths if self.padding == "same" else lengths - taps + 1
                real = tf.range(tf.shape(responses)[1]) < tf.maximum(windows, 1)[:, tf.newaxis]
                responses += tf.cast(tf.where(real, 0.0, float("-inf")), responses.dtype)[:, :, tf.newaxis]
            pooled = tf.reduce_max(responses, axis=1)
            outputs.append(self._activate(pooled, index) if self._monotone else pooled)
        return tf.concat(outputs, axis=-1)

    def _activate(self, responses: tf.Tensor, index: int) -> tf.Tensor:
        if self.use_bias:
            responses += tf.cast(self.biases[index].value, responses.dtype)
        return self.activation(tf.cast(responses, self.compute_dtype))

    def precompute(self, storage: Storage = "float32") -> PrecomputedTextCNN:
        """Compute the products of all tokens once and for all, for serving.

        Args:
            storage: Type of the table: ``"float32"``, ``"bfloat16"`` or ``"int8"``.

        Returns:
            A layer that gives the same for the same ids, to the accuracy of its storage.

        Raises:
            InputError: If the activation is not known to be monotone.
        """
        if not self._monotone:
            raise InputError(
                f"TextCNN has activation={self.activation!r}", expected=f"one of {sorted(MONOTONE)} to fold"
            )
        if not self.built:
            self.build((None, None))
        precomputed = PrecomputedTextCNN(
            self.vocabulary_size,
            self.filters,
            self.kernel_sizes,
            self.activation,
            self.padding,
            self.mask_zero,
            storage,
            name=self.name,
            dtype=self.dtype_policy,
        )
        precomputed.build(None)
        tokens = tf.cast(self.vectors(tf.range(self.vocabulary_size)), tf.float32)
        rows = tf.concat([tf.zeros([1, self.output_dim]), tokens[1:] if self.mask_zero else tokens], axis=0)
        for index, kernel in enumerate(self.kernels):
            matrix = tf.transpose(tf.cast(kernel.value, tf.float32), [1, 0, 2])
            products = rows @ tf.reshape(matrix, [self.output_dim, -1])
            precomputed.assign(index, products, self.biases[index].value if self.use_bias else 0.0)
        return precomputed

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, int]:
        """``(batch, filters * len(kernel_sizes))``."""
        return (input_shape[0], self.filters * len(self.kernel_sizes))

    def get_config(self) -> dict[str, Any]:
        """Every constructor argument."""
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "output_dim": self.output_dim,
            "filters": self.filters,
            "kernel_sizes": list(self.kernel_sizes),
            "activation": keras.activations.serialize(self.activation),
            "padding": self.padding,
            "mask_zero": self.mask_zero,
            "use_bias": self.use_bias,
            "embeddings_initializer": keras.initializers.serialize(self.embeddings_initializer),
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "embedding": self.embedding and keras.saving.serialize_keras_object(self.embedding),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> TextCNN:
        """Return what `get_config` described."""
        embedding = config.get("embedding")
        return cls(**{**config, "embedding": embedding and keras.saving.deserialize_keras_object(embedding)})


def _in_xla_or_map() -> bool:
    # XLA has no sets and no sparse matrices; `tf.vectorized_map`, with which the gradient of each example is
    # computed, can turn them into none of many examples either. It is known by the name of its scope only.
    in_xla = tf.__internal__.get_enclosing_xla_context() is not None
    return in_xla or "loop_body" in tf.get_current_name_scope().split("/")


def _copy(initializer: Any) -> Any:
    # An unseeded initialiser object draws the same numbers each time it is called.
    return keras.initializers.get(keras.initializers.serialize(initializer))
