"""BERT: a stack of transformer blocks over embedded tokens."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.layers.bert.transformer_block import TransformerBlock

#: What is added to the attention of a token that must not be looked at; fits bfloat16 and float16.
_HIDDEN = -30000.0


@keras.saving.register_keras_serializable(package="intent_tf")
class BertTransformer(keras.layers.Layer):
    """The network of Devlin et al. (2019), from ids of subwords to one vector a subword.

    It computes what Hugging Face's ``BertModel`` and (with ``tanh_gelu``) KerasHub's ``BertBackbone`` compute
    with the same weights, to float32's rounding, at any length up to ``positions``, so that batches need no
    padding beyond their longest row. Core TensorFlow ops only.

    Args:
        vocabulary_size: Ids.
        layers: Blocks. Default 6.
        width: Of a token's vector. Default 384.
        heads: Attention heads. Default 12.
        hidden: Width between a block's dense layers. Default four times the width.
        positions: Most subwords of a row. Default 512.
        dropout: Share dropped in training. Default 0.1.
        causal: Let a token look at itself and earlier ones only (as GPT). Default False.
        epsilon: Of the layer normalisations. Default 1e-12.
        tanh_gelu: See `TransformerBlock`. Default False.
        **kwargs: Those of every Keras layer.

    Call arguments:
        ids: int32 ``(batch, subwords)``, padded at the end with 0.
        mask: 1 for subwords, 0 for padding. Default: where ids are not 0.
        types: Segment of each subword, 0 or 1. Default 0.
        first_only: Leave out what only the other subwords' vectors need: of the last block nearly all.
            Default False.

    Returns:
        ``sequence_output`` ``(batch, subwords, width)``, with ``first_only`` ``(batch, 1, width)``, and
        ``pooled_output`` ``(batch, width)``: the first subword's vector through a dense layer with tanh.

    Raises:
        InputError: If the heads do not divide the width, or a row is longer than the positions.

    Example:
        >>> network = BertTransformer(100, layers=1, width=8, heads=2)
        >>> network(tf.constant([[2, 7, 3, 0]]))["sequence_output"].shape
        TensorShape([1, 4, 8])
    """

    def __init__(
        self,
        vocabulary_size: int,
        layers: int = 6,
        width: int = 384,
        heads: int = 12,
        hidden: int | None = None,
        positions: int = 512,
        dropout: float = 0.1,
        causal: bool = False,
        epsilon: float = 1e-12,
        tanh_gelu: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if width % heads:
            raise InputError(f"{heads} heads do not divide the width {width}")
        self.vocabulary_size = vocabulary_size
        self.layers = layers
        self.width = width
        self.heads = heads
        self.hidden = hidden or 4 * width
        self.positions = positions
        self.dropout = dropout
        self.causal = causal
        self.epsilon = epsilon
        self.tanh_gelu = tanh_gelu
        block: dict[str, Any] = {
            "dropout": dropout,
            "epsilon": epsilon,
            "tanh_gelu": tanh_gelu,
            "dtype": self.dtype_policy,
        }
        self.blocks = [
            TransformerBlock(heads, self.hidden, name=f"block_{index}", **block) for index in range(layers)
        ]
        small = keras.initializers.TruncatedNormal(stddev=0.02)
        self.pooler = keras.layers.Dense(
            width, "tanh", kernel_initializer=small, name="pooler", dtype=self.dtype_policy
        )
        self.norm = keras.layers.LayerNormalization(
            epsilon=epsilon, name="embedding_norm", dtype=self.dtype_policy
        )
        self.drop = keras.layers.Dropout(dropout, dtype=self.dtype_policy)

    def build(self, input_shape: Any = None) -> None:
        """Create all weights."""
        for name, rows in (
            ("token_embedding", self.vocabulary_size),
            ("position_embedding", self.positions),
            ("type_embedding", 2),
        ):
            small = keras.initializers.TruncatedNormal(stddev=0.02)
            setattr(self, name, self.add_weight(shape=(rows, self.width), initializer=small, name=name))
        for block in self.blocks:
            block.build((None, None, self.width))
        self.norm.build((None, self.width))
        self.pooler.build((None, self.width))

    def call(
        self,
        ids: Any,
        mask: Any = None,
        types: Any = None,
        first_only: bool = False,
        training: bool | None = None,
    ) -> dict[str, tf.Tensor]:
        """Encode ids."""
        ids = tf.convert_to_tensor(ids)
        if (ids.shape[1] or 0) > self.positions:
            raise InputError(
                f"a row of {ids.shape[1]} subwords", expected=f"at most {self.positions}, the positions"
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

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        names = (
            "vocabulary_size",
            "layers",
            "width",
            "heads",
            "hidden",
            "positions",
            "dropout",
            "causal",
            "epsilon",
            "tanh_gelu",
        )
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
