"""Trees that another library has fitted, in the graph."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from intent_tf.layers.trees.ordered_bits import ordered_bits
from intent_tf.layers.trees.table_lookup import TableLookup
from intent_tf.layers.trees.walk import Walk
from intent_tf.text.configured import Configured
from intent_tf.trees.fitted_trees import FittedTrees

#: Leaves of a tree that is looked up, and bytes of the table of all of them, at most.
MOST_LEAVES, MOST_BYTES = 64, 2**27


@keras.saving.register_keras_serializable(package="intent_tf")
class TreeEnsemble(Configured, keras.layers.Layer):
    """Computes the logits of fitted trees exactly: every row reaches the leaves that the library would reach.

    Numbers are compared as float32 with thresholds that part float32 numbers as the library's own do, and
    the leaves' values are added up in float64. Symmetric trees, and trees of at most 64 leaves, are looked up
    in tables; the others are walked down, which takes about ten times as long. The graph holds core
    operations only. The trees are part of the configuration, not weights: training leaves them alone.

    Args:
        trees: `intent_tf.trees.FittedTrees`, such as `intent_tf.trees.read_trees` makes of a model.
        **kwargs: Keyword arguments of `keras.layers.Layer`, such as ``name``.

    Call arguments:
        inputs: float32 tensor of shape ``(batch, columns)``, the columns in the order of ``trees.columns``.
            What is missing is NaN. A category is its index in ``trees.categories`` of its column, as a whole
            number; any other number, such as -1, is a category that the trees have not seen.

    Returns:
        The logits, float32 of shape ``(batch,)``; their sigmoid is the library's probability.

    Raises:
        ValueError: If the input has not as many columns as the trees.

    Example:
        >>> import numpy as np
        >>> from sklearn.ensemble import HistGradientBoostingClassifier
        >>> from intent_tf.trees import read_trees
        >>> rows = np.arange(100, dtype="float32").reshape(50, 2)
        >>> model = HistGradientBoostingClassifier(max_iter=3).fit(rows, rows[:, 0] > 40)
        >>> logits = TreeEnsemble(read_trees(model))(rows)
        >>> bool(np.allclose(keras.ops.sigmoid(logits), model.predict_proba(rows)[:, 1], atol=1e-6))
        True
    """

    def __init__(self, trees: FittedTrees, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", "trainable": False, **kwargs})
        self.trees = trees
        self.input_spec = keras.layers.InputSpec(ndim=2, axes={-1: len(trees.columns)})

    def build(self, input_shape: Any = None) -> None:
        """Make the tables of the trees, which are no weights: they follow from the configuration."""
        trees = self.trees
        grown = trees.split_counts > 0
        small = grown & (trees.symmetric | (trees.leaf_counts <= MOST_LEAVES))
        if not trees.symmetric and small.any() and TableLookup.table_bytes(trees.select(small)) > MOST_BYTES:
            small[:] = False
        self.constant = trees.bias + trees.select(~grown).leaves.sum()
        with tf.init_scope():
            self.ways = [
                way(trees.select(chosen))
                for way, chosen in ((TableLookup, small), (Walk, grown & ~small))
                if chosen.any()
            ]

    def call(self, inputs: Any) -> tf.Tensor:
        """Add up the leaves of rows of shape ``(batch, columns)``."""
        keys = ordered_bits(tf.cast(inputs, tf.float32))
        total = tf.fill((tf.shape(keys)[0],), np.float64(self.constant))
        return tf.cast(tf.add_n([total, *(way(keys) for way in self.ways)]), tf.float32)

    def compute_output_spec(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Return shape and type of the logits."""
        return keras.KerasTensor(inputs.shape[:1], "float32")
