"""BERT: a stack of transformer blocks over embedded tokens."""

from typing import Any

import keras
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.layers.bert.transformer_block import TransformerBlock
from intent_tf.layers.integer_ids import integer_ids
from intent_tf.text.configured import Configured

#: What is added to the attention of a token that must not be looked at; fits bfloat16 and float16.
_HIDDEN = -30000.0


@keras.saving.register_keras_serializable(package="intent_tf")
class BertTransformer(Configured, keras.layers.Layer):
    """The network of BERT, from ids of subwords to one vector for each subword.

    ``norm(token_embedding[id] + position_embedding[index] + type_embedding[segment])``, then ``num_layers``
    times a `TransformerBlock`.

    It computes what Hugging Face's ``BertModel`` and (with ``tanh_gelu``) KerasHub's ``BertBackbone`` compute
    with the same weights, to float32's rounding, at any length up to ``max_sequence_length``, so that batches
    need no padding beyond their longest row. Core TensorFlow ops only. Arguments are named as in KerasHub.

    Args:
        vocabulary_size: int, the number of subword ids, padding included.
        num_layers: int, the number of blocks. Defaults to 6.
        hidden_dim: int, the length of a subword's vector. Defaults to 384.
        num_heads: int, the number of attention heads. Defaults to 12.
        intermediate_dim: int, the width between a block's dense layers. Defaults to None: four times
            ``hidden_dim``.
        max_sequence_length: int, the largest number of subwords of a row. Defaults to 512.
        dropout: float in [0, 1), the share dropped in training. Defaults to 0.1.
        causal: bool, whether a subword looks at itself and earlier ones only (as in GPT). Defaults to False.
        layer_norm_epsilon: float, the epsilon of the layer normalisations. Defaults to 1e-12.
        tanh_gelu: bool, whether to compute gelu with tanh, as Google's BERT and KerasHub do, and not exactly,
            as Hugging Face does. Defaults to False.
        **kwargs: Keyword arguments of `keras.layers.Layer`, such as ``name``.

    Call arguments:
        ids: integer tensor of shape ``(batch, subwords)``, padded at the end with 0.
        mask: Tensor of the same shape, 1 for subwords and 0 for padding. Defaults to None: 1 where ids are
            not 0.
        types: integer tensor of the same shape, the segment of each subword, 0 or 1. Defaults to None: 0.
        first_only: bool, whether to spare what only the other subwords' vectors need: of the last block
            nearly all. Defaults to False.
        training: bool, whether to drop.

    Returns:
        A dict of float tensors: ``sequence_output`` of shape ``(batch, subwords, hidden_dim)``, with
        ``first_only`` ``(batch, 1, hidden_dim)``, and ``pooled_output`` of shape ``(batch, hidden_dim)``: the
        first subword's vector through a dense layer with tanh.

    Raises:
        InputError: If the heads do not divide ``hidden_dim``, a row is longer than ``max_sequence_length``,
            or the ids are no integers.
        ValueError: If the input has not two axes.

    Example:
        >>> network = BertTransformer(100, num_layers=1, hidden_dim=8, num_heads=2)
        >>> network(tf.constant([[2, 7, 3, 0]]))["sequence_output"].shape
        TensorShape([1, 4, 8])

    References:
        - Devlin et al. (2019), BERT: Pre-training of Deep Bidirectional Transformers for Language
          Understanding.
    """

    def __init__(
        self,
        vocabulary_size: int,
        num_layers: int = 6,
        hidden_dim: int = 384,
        num_heads: int = 12,
        intermediate_dim: int | None = None,
        max_sequence_length: int = 512,
        dropout: float = 0.1,
        causal: bool = False,
        layer_norm_epsilon: float = 1e-12,
        tanh_gelu: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if hidden_dim % num_heads:
            raise InputError(f"{num_heads} heads do not divide the width {hidden_dim}")
        self.vocabulary_size = vocabulary_size
        self.num_layers = num_layers
        self.hidden_dim = hidden_dim
        self.num_heads = num_heads
        self.intermediate_dim = intermediate_dim or 4 * hidden_dim
        self.max_sequence_length = max_sequence_length
        self.dropout = dropout
        self.causal = causal
        self.layer_norm_epsilon = layer_norm_epsilon
        self.tanh_gelu = tanh_gelu
        block: dict[str, Any] = {
            "dropout": dropout,
            "layer_norm_epsilon": layer_norm_epsilon,
            "tanh_gelu": tanh_gelu,
            "dtype": self.dtype_policy,
        }
        self.blocks = [
            TransformerBlock(num_heads, self.intermediate_dim, name=f"block_{index}", **block)
            for index in range(num_layers)
        ]
        small = keras.initializers.TruncatedNormal(stddev=0.02)
        self.pooler = keras.layers.Dense(
            hidden_dim, "tanh", kernel_initializer=small, name="pooler", dtype=self.dtype_policy
        )
        self.norm = keras.layers.LayerNormalization(
            epsilon=layer_norm_epsilon, name="embedding_norm", dtype=self.dtype_policy
        )
        self.drop = keras.layers.Dropout(dropout, dtype=self.dtype_policy)
        self.input_spec = keras.layers.InputSpec(ndim=2)

    def build(self, input_shape: Any = None) -> None:
        """Create all weights."""
        for name, rows in (
            ("token_embedding", self.vocabulary_size),
            ("position_embedding", self.max_sequence_length),
            ("type_embedding", 2),
        ):
            small = keras.initializers.TruncatedNormal(stddev=0.02)
            setattr(self, name, self.add_weight(shape=(rows, self.hidden_dim), initializer=small, name=name))
        for block in self.blocks:
            block.build((None, None, self.hidden_dim))
        self.norm.build((None, self.hidden_dim))
        self.pooler.build((None, self.hidden_dim))

    def call(
        self,
        ids: Any,
        mask: Any = None,
        types: Any = None,
        first_only: bool = False,
        training: bool | None = None,
    ) -> dict[str, tf.Tensor]:
        """Encode ids ``(batch, subwords)``."""
        ids = integer_ids(ids, self.name)
        if (ids.shape[1] or 0) > self.max_sequence_length:
            raise InputError(
                f"a row of {ids.shape[1]} subwords",
                expected=f"at most {self.max_sequence_length}, the max_sequence_length",
            )
        mask = ids != 0 if mask is None else tf.cast(mask, tf.bool)
        x = tf.gather(tf.convert_to_tensor(self.token_embedding), ids)
        x += tf.convert_to_tensor(self.position_embedding)[: tf.shape(ids)[1]]
        kinds = tf.convert_to_tensor(self.type_embedding)
        x += kinds[0] if types is None else tf.gather(kinds, types)
        x = self.drop(self.norm(x), training=training)
        bias = self._bias(mask)
        for block in self.blocks[:-1]:
            x = block(x, bias, training=training)
        x = self.blocks[-1](x, bias, first_only=first_only, training=training)
        return {"sequence_output": x, "pooled_output": self.pooler(x[:, 0])}

    def _bias(self, mask: tf.Tensor) -> tf.Tensor:
        visible = mask[:, None, None, :]
        if self.causal:
            index = tf.range(tf.shape(mask)[1])
            visible = visible & (index[None, :] <= index[:, None])
        return tf.where(visible, 0.0, _HIDDEN)

    def compute_output_spec(
        self,
        ids: Any,
        mask: Any = None,
        types: Any = None,
        first_only: bool = False,
        training: bool | None = None,
    ) -> dict[str, keras.KerasTensor]:
        """Return shapes and types of both outputs."""
        shapes = {
            "sequence_output": (ids.shape[0], 1 if first_only else ids.shape[1], self.hidden_dim),
            "pooled_output": (ids.shape[0], self.hidden_dim),
        }
        return {name: keras.KerasTensor(shape, self.compute_dtype) for name, shape in shapes.items()}
