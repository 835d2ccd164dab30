"""One block of BERT: attention, then two dense layers, each added to its input and normalised."""

from typing import Any

import keras
import tensorflow as tf

from intent_tf.text.configured import Configured


@keras.saving.register_keras_serializable(package="intent_tf")
class TransformerBlock(Configured, keras.layers.Layer):
    """Lets each token look at the others, then maps each on its own.

    ``x ← norm(x + attention(x))``, then ``x ← norm(x + down(gelu(up(x))))``

    Query, key and value are one matrix product, and all dense layers work on the tokens of the whole batch as
    the rows of one matrix, which TensorFlow multiplies faster than a batch of matrices. Dropout is on what is
    added, not on the attention's weights, whose random numbers cost more than they help in fine-tuning.

    Args:
        num_heads: int, the number of attention heads; divides ``hidden_dim``, the length of a token's vector.
        intermediate_dim: int, the width between the two dense layers.
        dropout: float in [0, 1), the share dropped of what is added, in training. Defaults to 0.1.
        layer_norm_epsilon: float, the epsilon of the layer normalisations. Defaults to 1e-12.
        tanh_gelu: bool, whether to compute gelu with tanh, as Google's BERT and KerasHub do, and not exactly,
            as Hugging Face does. Defaults to False.
        **kwargs: Keyword arguments of `keras.layers.Layer`, such as ``name``.

    Call arguments:
        x: float tensor of shape ``(batch, tokens, hidden_dim)``, the tokens' vectors.
        bias: float tensor of shape ``(batch, 1, 1, tokens)`` or ``(batch, 1, tokens, tokens)``, the bias of
            the attention: 0 where a token may be looked at and very negative where not.
        first_only: bool, whether only the first token's vector is wanted. Defaults to False.
        training: bool, whether to drop.

    Returns:
        float tensor of shape ``(batch, tokens, hidden_dim)``, with ``first_only``
        ``(batch, 1, hidden_dim)``.

    Raises:
        ValueError: If the input has not three axes, or the heads do not divide ``hidden_dim``.

    Example:
        >>> block = TransformerBlock(num_heads=2, intermediate_dim=16)
        >>> block(tf.ones((1, 3, 8)), tf.zeros((1, 1, 1, 3))).shape
        TensorShape([1, 3, 8])

    References:
        - Vaswani et al. (2017), Attention Is All You Need.
    """

    def __init__(
        self,
        num_heads: int,
        intermediate_dim: int,
        dropout: float = 0.1,
        layer_norm_epsilon: float = 1e-12,
        tanh_gelu: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.num_heads = num_heads
        self.intermediate_dim = intermediate_dim
        self.dropout = dropout
        self.layer_norm_epsilon = layer_norm_epsilon
        self.tanh_gelu = tanh_gelu
        self.input_spec = keras.layers.InputSpec(ndim=3)

    def build(self, input_shape: Any) -> None:
        """Create the weights, small as BERT's are."""
        width = input_shape[-1]
        if width % self.num_heads:
            raise ValueError(f"{self.num_heads} heads do not divide the width {width} of the vectors.")
        rows = (None, width)
        small = keras.initializers.TruncatedNormal(stddev=0.02)
        layers = keras.layers
        options: dict[str, Any] = {"kernel_initializer": small, "dtype": self.dtype_policy}
        self.attend = layers.Dense(3 * width, name="query_key_value", **options)
        self.project = layers.Dense(width, name="projection", **options)
        self.up = layers.Dense(self.intermediate_dim, name="up", **options)
        self.down = layers.Dense(width, name="down", **options)
        norm = {"epsilon": self.layer_norm_epsilon, "dtype": self.dtype_policy}
        self.attention_norm = layers.LayerNormalization(name="attention_norm", **norm)
        self.output_norm = layers.LayerNormalization(name="output_norm", **norm)
        self.drop = layers.Dropout(self.dropout, dtype=self.dtype_policy)
        for layer in (self.attend, self.project, self.up, self.attention_norm, self.output_norm):
            layer.build(rows)
        self.down.build((None, self.intermediate_dim))

    def call(self, x: Any, bias: Any, first_only: bool = False, training: bool | None = None) -> tf.Tensor:
        """Map the tokens' vectors; with ``first_only`` the first looks at all, and it alone is computed."""
        batch, tokens, width = tf.shape(x)[0], tf.shape(x)[1], x.shape[-1]
        joined = self.attend(tf.reshape(x, (-1, width)))
        joined = tf.reshape(joined, (batch, tokens, 3, self.num_heads, width // self.num_heads))
        query, key, value = tf.unstack(tf.transpose(joined, (2, 0, 3, 1, 4)))
        if first_only:
            x, query, bias = x[:, :1], query[:, :, :1], bias[:, :, :1]
        rows = tf.reshape(x, (-1, width))
        attended = tf.reshape(self._attention(query, key, value, bias), (-1, width))
        rows = self.attention_norm(rows + self.drop(self.project(attended), training=training))
        hidden = tf.nn.gelu(self.up(rows), approximate=self.tanh_gelu)
        rows = self.output_norm(rows + self.drop(self.down(hidden), training=training))
        return tf.reshape(rows, tf.shape(x))

    def _attention(self, query: Any, key: Any, value: Any, bias: Any) -> tf.Tensor:
        """Map ``(batch, heads, tokens, width of a head)`` to ``(batch, tokens, heads, width of a head)``."""
        scores = tf.matmul(query * query.shape[-1] ** -0.5, key, transpose_b=True)
        scores += tf.cast(bias, query.dtype)
        # The softmax of half precision loses the small weights.
        weights = tf.cast(tf.nn.softmax(tf.cast(scores, tf.float32)), value.dtype)
        return tf.transpose(tf.matmul(weights, value), (0, 2, 1, 3))

    def compute_output_spec(
        self, x: Any, bias: Any, first_only: bool = False, training: bool | None = None
    ) -> keras.KerasTensor:
        """Return shape and type of the vectors."""
        batch, tokens, width = x.shape
        return keras.KerasTensor((batch, 1 if first_only else tokens, width), dtype=self.compute_dtype)
