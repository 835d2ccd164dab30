"""All parts of a model together: their logits, weighted and added."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf

from intent_tf.layers.logit import logit
from intent_tf.text.configured import Configured


@keras.saving.register_keras_serializable(package="intent_tf")
class PartStack(Configured, keras.layers.Layer):
    """Stacks a network and further parts on their logits.

    ::

        probability = sigmoid(bias + weight[0] · logit(network) + Σ weight[1 + part] · logit[part])

    The weights are fitted by `intent_tf.training.parts.fit_parts`, on what each part says of rows that it has
    not learnt from; a new stack is the network alone.

    Args:
        parts: Layers that turn features into logits ``(batch,)``, by name.
        **kwargs: Those of every Keras layer.

    References:
        - Wolpert (1992), Stacked Generalization; Breiman (1996), Stacked Regressions, on weights that are
          not negative.
    """

    def __init__(self, parts: Mapping[str, keras.layers.Layer], **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", "trainable": False, **kwargs})
        self.parts = dict(parts)

    def build(self, input_shape: Any = None) -> None:
        """Create the weights: the network counts, and no other part."""
        shape = (1 + len(self.parts),)
        self.part_weights = self.add_weight(
            shape=shape, initializer="zeros", trainable=False, name="part_weights"
        )
        self.bias = self.add_weight(shape=(), initializer="zeros", trainable=False, name="bias")
        self.reset()

    def reset(self) -> None:
        """Let the network count alone again."""
        self.assign([1.0] + [0.0] * len(self.parts))

    def assign(self, weights: Sequence[float], bias: float = 0.0) -> None:
        """Take over weights, that of the network first."""
        self.part_weights.assign(weights)
        self.bias.assign(bias)

    def shares(self) -> dict[str, float]:
        """Return the weight of each part, by name."""
        weights = self.part_weights.numpy().astype(float).round(3)
        return dict(zip(("network", *self.parts), weights.tolist(), strict=True))

    def cross_names(self, categories: Sequence[str], numbers: Sequence[str]) -> list[str]:
        """Name the columns that any part takes together; see `CategoryCrosses.names`."""
        every = [getattr(part, "crosses", None) for part in self.parts.values()]
        return list(dict.fromkeys(name for each in every if each for name in each.names(categories, numbers)))

    def call(self, features: Mapping[str, tf.Tensor]) -> tf.Tensor:
        """Compute the logits of the parts beside the network, float32 ``(batch, parts)``."""
        return tf.stack([part(features) for part in self.parts.values()], axis=1)

    def compute_output_spec(self, features: Mapping[str, Any]) -> keras.KerasTensor:
        """Return shape and type of the logits."""
        return keras.KerasTensor((None, len(self.parts)), "float32")

    def together(self, probability: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
        """Join the network's probability ``(batch,)`` with the parts' logits ``(batch, parts)``."""
        weights = tf.convert_to_tensor(self.part_weights)
        return tf.sigmoid(self.bias + weights[0] * logit(probability) + tf.linalg.matvec(logits, weights[1:]))
