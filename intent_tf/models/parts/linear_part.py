"""A linear model of the features as a part of a model."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf

from intent_tf.layers.category_embedding import CategoryEmbedding
from intent_tf.models.parts.category_crosses import CategoryCrosses
from intent_tf.options.as_tuple import as_tuple
from intent_tf.text.configured import Configured


@keras.saving.register_keras_serializable(package="intent_tf")
class LinearPart(Configured, keras.layers.Layer):
    """Adds up a weight for each number, each missing number, each category and each combination of some.

    ::

        logit = bias + Σ slope · score + Σ absent · missing + Σ weight[category] + Σ weight[combination]

    Args:
        numbers: int, the number of numbers. Defaults to 0.
        input_dims: int or sequence of ints, the number of ids of each category column. Defaults to none.
        crosses: The columns whose combinations have weights. Defaults to None.
        **kwargs: Those of every Keras layer.

    Shapes: a mapping of feature to tensor, as `Preprocessor` returns it, to float32 logits ``(batch,)``.
    """

    def __init__(
        self,
        numbers: int = 0,
        input_dims: int | Sequence[int] = (),
        crosses: CategoryCrosses | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"dtype": "float32", "trainable": False, **kwargs})
        self.numbers = numbers
        self.input_dims = as_tuple(input_dims)
        self.crosses = crosses
        sizes = (*self.input_dims, *(crosses.sizes if crosses else ()))
        self.weight_of = CategoryEmbedding(sizes, 1, dtype="float32", trainable=False)

    def build(self, input_shape: Any = None) -> None:
        """Create the weights, all 0 until `assign`."""
        self.bias = self.add_weight(shape=(), initializer="zeros", trainable=False, name="bias")
        shape = {"shape": (self.numbers,), "initializer": "zeros", "trainable": False}
        self.slope, self.absent = (self.add_weight(**shape, name=name) for name in ("slope", "absent"))
        if self.weight_of.input_dims:
            self.weight_of.build((None, len(self.weight_of.input_dims)))

    def assign(self, bias: float, coefficients: Any) -> None:
        """Take over coefficients: of numbers, of what is missing, of each id of each column, of crosses."""
        self.bias.assign(bias)
        self.slope.assign(coefficients[: self.numbers])
        self.absent.assign(coefficients[self.numbers : 2 * self.numbers])
        if self.weight_of.input_dims:
            self.weight_of.embeddings.assign(coefficients[2 * self.numbers :, None])

    def call(self, inputs: Mapping[str, tf.Tensor]) -> tf.Tensor:
        """Compute the logits ``(batch,)``."""
        terms = []
        if self.numbers:
            for name, weights in (("numbers", self.slope), ("missing", self.absent)):
                terms.append(tf.linalg.matvec(tf.convert_to_tensor(inputs[name]), weights))
        ids = [tf.convert_to_tensor(inputs["categories"])] if self.input_dims else []
        ids += [self.crosses(inputs)] if self.crosses else []
        if ids:
            terms.append(tf.reduce_sum(self.weight_of(tf.concat(ids, axis=1)), axis=(1, 2)))
        return tf.add_n(terms) + self.bias

    def compute_output_spec(self, inputs: Mapping[str, Any]) -> keras.KerasTensor:
        """Return shape and type of the logits."""
        return keras.KerasTensor((None,), "float32")
