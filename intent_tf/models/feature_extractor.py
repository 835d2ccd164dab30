"""The feature extractor: one small extractor for each part of the features, their vectors side by side."""

import math
from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from intent_tf.layers.category_embedding import CategoryEmbedding
from intent_tf.layers.number_embedding import NumberEmbedding
from intent_tf.text.configured import Configured


@keras.saving.register_keras_serializable(package="intent_tf")
class FeatureExtractor(Configured, keras.layers.Layer):
    """Turns a table's features into one vector.

    Args:
        parts: A layer for each feature that is read: ``numbers`` (takes scores and missing flags),
            ``categories``, ``text`` and ``session`` (take ids). Outputs are flattened and set side by side,
            in this order.
        dropout: Share of the entries of token vectors (``text``, ``session``) dropped in training, in
            [0, 1). Default 0.
        **kwargs: Those of every Keras layer.

    Shapes: a mapping of feature to tensor, as `Preprocessor` returns it, to float32 ``(batch, width)``.

    Raises:
        ValueError: If a feature of ``parts`` is not in the input.
    """

    def __init__(self, parts: Mapping[str, keras.layers.Layer], dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**{"autocast": False, **kwargs})
        self.parts = dict(parts)
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

    def call(self, inputs: Mapping[str, tf.Tensor], training: bool | None = None) -> tf.Tensor:
        """Extract ``(batch, width)``."""
        unknown = set(self.parts) - set(inputs)
        if unknown:
            raise ValueError(f"no feature {sorted(unknown)}; there are {', '.join(inputs)}")
        vectors = []
        for name, layer in self.parts.items():
            part = inputs[name]
            vector = layer(part, inputs["missing"]) if name == "numbers" else layer(part)
            vector = tf.reshape(vector, (-1, math.prod(vector.shape[1:])))
            vectors.append(self.dropout(vector, training=training) if name in ("text", "session") else vector)
        return tf.concat(vectors, axis=1)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "dropout": self.dropout.rate}
