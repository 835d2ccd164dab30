"""The feature extractor: one small extractor for each part of the features, their vectors side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from intent_tf.columns.features import Features
from intent_tf.layers.category_embedding import CategoryEmbedding
from intent_tf.layers.number_embedding import NumberEmbedding


@keras.saving.register_keras_serializable(package="intent_tf")
class FeatureExtractor(keras.layers.Layer):
    """Turns `Features` into one vector.

    Args:
        parts: A layer for each part of the features that is read: ``numbers`` (takes scores and missing
            flags), ``categories``, ``text`` and ``session`` (take ids). Outputs are flattened and set side
            by side, in this order.
        dropout: Share of the entries of token vectors (``text``, ``session``) dropped in training, in
            [0, 1). Default 0.
        **kwargs: Those of every Keras layer.

    Shapes: `Features` to float32 ``(batch, width)``.
    """

    def __init__(self, parts: Mapping[str, keras.layers.Layer], dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**{"autocast": False, **kwargs})
        unknown = set(parts) - set(Features._fields)
        if unknown:
            raise ValueError(f"Unknown parts {sorted(unknown)}; features have {', '.join(Features._fields)}.")
        self.parts = {name: parts[name] for name in Features._fields if name in parts}
        self.dropout = keras.layers.Dropout(dropout)

    @property
    def feature_blocks(self) -> tuple[int, ...]:
        """Widths of the output's parts that are one feature each: a column's vector, or one filter."""
        widths: list[int] = []
        for layer in self.parts.values():
            if isinstance(layer, NumberEmbedding):
                widths += [layer.output_dim] * layer.slope.shape[0]
            elif isinstance(layer, CategoryEmbedding):
                widths += [layer.output_dim] * len(layer.input_dims)
            else:
                widths += [1] * int(layer.compute_output_shape((None, None))[-1])
        return tuple(widths)

    def call(self, inputs: Features, training: bool | None = None) -> tf.Tensor:
        """Extract ``(batch, width)``."""
        vectors = []
        for name, layer in self.parts.items():
            part = getattr(inputs, name)
            vector = layer(part, inputs.missing) if name == "numbers" else layer(part)
            vector = tf.reshape(vector, (-1, math.prod(vector.shape[1:])))
            vectors.append(self.dropout(vector, training=training) if name in ("text", "session") else vector)
        return tf.concat(vectors, axis=1)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        parts = {name: keras.saving.serialize_keras_object(layer) for name, layer in self.parts.items()}
        return {**super().get_config(), "parts": parts, "dropout": self.dropout.rate}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> FeatureExtractor:
        """Return what `get_config` described."""
        parts = {name: keras.saving.deserialize_keras_object(part) for name, part in config["parts"].items()}
        return cls(**{**config, "parts": parts})
