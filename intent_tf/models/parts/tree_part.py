"""Fitted trees as a part of a model."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from intent_tf.layers.trees.tree_ensemble import TreeEnsemble
from intent_tf.options.as_tuple import as_tuple
from intent_tf.text.configured import Configured


@keras.saving.register_keras_serializable(package="intent_tf")
class TreePart(Configured, keras.layers.Layer):
    """Gives the features of a table to fitted trees.

    Its columns are the numbers' normal scores, NaN where one is missing, and behind them the ids of the
    categories. Since scores rise with the numbers, trees split them as they would the numbers themselves.

    Args:
        ensemble: The trees.
        input_dims: int or sequence of ints, the number of ids of each category column that the trees know:
            rarer ones, which have higher ids, count as unknown. Defaults to none: there are no categories.
        **kwargs: Those of every Keras layer.

    Shapes: a mapping of feature to tensor, as `Preprocessor` returns it, to float32 logits ``(batch,)``.
    """

    def __init__(self, ensemble: TreeEnsemble, input_dims: int | Sequence[int] = (), **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", "trainable": False, **kwargs})
        self.ensemble = ensemble
        self.input_dims = as_tuple(input_dims)
        #: Writes the trees into a folder as their library does; None for those that were read from a file.
        self.write_own_format: Callable[[Path], object] | None = None

    def call(self, inputs: Mapping[str, tf.Tensor]) -> tf.Tensor:
        """Compute the logits ``(batch,)``."""
        return self.ensemble(tf.concat(tree_columns(inputs, self.input_dims), axis=1))

    def compute_output_spec(self, inputs: Mapping[str, Any]) -> keras.KerasTensor:
        """Return shape and type of the logits."""
        return keras.KerasTensor((None,), "float32")


def tree_columns(features: Mapping[str, tf.Tensor], input_dims: Sequence[int]) -> list[tf.Tensor]:
    """Take what trees split: numbers, NaN where missing, and category ids, float32 ``(batch, n)`` each."""
    columns = []
    if "numbers" in features:
        numbers = tf.convert_to_tensor(features["numbers"])
        columns.append(tf.where(tf.convert_to_tensor(features["missing"]) > 0, np.nan, numbers))
    if input_dims:
        ids = tf.convert_to_tensor(features["categories"])
        columns.append(tf.cast(tf.where(ids < tf.constant(input_dims), ids, 0), tf.float32))
    return columns
