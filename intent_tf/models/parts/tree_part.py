"""Fitted trees as a part of a model."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from intent_tf.layers.category_embedding import CategoryEmbedding
from intent_tf.layers.trees.tree_ensemble import TreeEnsemble
from intent_tf.models.parts.category_crosses import CategoryCrosses
from intent_tf.options.as_tuple import as_tuple
from intent_tf.text.configured import Configured


@keras.saving.register_keras_serializable(package="intent_tf")
class TreePart(Configured, keras.layers.Layer):
    """Gives the features of a table to fitted trees.

    Its columns are the numbers' normal scores, NaN where one is missing; behind them the effects of the
    categories of some columns, or of several columns together, and the ids of the others. Since scores rise
    with the numbers, trees split them as they would the numbers themselves.

    Args:
        ensemble: The trees.
        input_dims: int or sequence of ints, the number of ids of each category column that the trees know;
            higher ids count as unknown. Defaults to none: there are no categories.
        crosses: The columns of which each category, or each combination, has a number, its effect. Of a
            column that stands alone in one, the trees know the effect in the place of the id. Defaults to
            None.
        **kwargs: Those of every Keras layer.

    Shapes: a mapping of feature to tensor, as `Preprocessor` returns it, to float32 logits ``(batch,)``.
    """

    def __init__(
        self,
        ensemble: TreeEnsemble,
        input_dims: int | Sequence[int] = (),
        crosses: CategoryCrosses | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"dtype": "float32", "trainable": False, **kwargs})
        self.ensemble = ensemble
        self.input_dims = as_tuple(input_dims)
        #: Writes the trees into a folder as their library does; None for those that were read from a file.
        self.write_own_format: Callable[[Path], object] | None = None
        self.crosses = crosses
        sizes = crosses.sizes if crosses else ()
        self.effect_of = CategoryEmbedding(sizes, 1, dtype="float32", trainable=False, name="effects")

    def build(self, input_shape: Any = None) -> None:
        """Create the effects, random until `assign`."""
        if self.crosses:
            self.effect_of.build((None, len(self.crosses.sizes)))

    def assign(self, effects: Sequence[Any]) -> None:
        """Take over the effect of each id, ``(ids,)`` for each cross."""
        if self.crosses:
            self.effect_of.embeddings.assign(np.concatenate(effects)[:, None])

    def call(self, inputs: Mapping[str, tf.Tensor]) -> tf.Tensor:
        """Compute the logits ``(batch,)``."""
        effects, alone = None, list[int]()
        if self.crosses:
            effects = self.effect_of(self.crosses(inputs))[..., 0]
            alone = [columns[0] for columns in self.crosses.crosses if len(columns) == 1]
        return self.ensemble(tf.concat(tree_columns(inputs, self.input_dims, alone, effects), axis=1))

    def compute_output_spec(self, inputs: Mapping[str, Any]) -> keras.KerasTensor:
        """Return shape and type of the logits."""
        return keras.KerasTensor((None,), "float32")


def tree_columns(
    features: Mapping[str, tf.Tensor],
    input_dims: Sequence[int],
    left_out: Sequence[int] = (),
    effects: Any = None,
) -> list[tf.Tensor]:
    """Take what trees split: numbers, NaN where missing, effects, and ids, float32 ``(batch, n)`` each.

    Args:
        features: The features of rows.
        input_dims: Number of ids of each category column.
        left_out: The category columns whose ids are not taken.
        effects: Effects, ``(batch, n)``; None leaves them out.
    """
    columns, few = [], [column for column in range(len(input_dims)) if column not in left_out]
    if "numbers" in features:
        numbers = tf.convert_to_tensor(features["numbers"])
        columns.append(tf.where(tf.convert_to_tensor(features["missing"]) > 0, np.nan, numbers))
    if effects is not None:
        columns.append(tf.cast(effects, tf.float32))
    if few:
        ids = tf.convert_to_tensor(features["categories"])
        ids = tf.gather(ids, few, axis=1) if left_out else ids
        sizes = tf.constant([input_dims[column] for column in few])
        columns.append(tf.cast(tf.where(ids < sizes, ids, 0), tf.float32))
    return columns
