"""Trees of any size in the graph: every row goes down all trees at once, a level a step."""

import numpy as np
import tensorflow as tf

from intent_tf.layers.trees.ordered_bits import INFINITY, LARGEST, MINUS_INFINITY, ordered_thresholds
from intent_tf.trees.fitted_trees import FittedTrees


class Walk(tf.Module):
    """Adds up the values of the leaves that rows reach, by as many steps as the deepest tree has levels.

    A split of several thresholds becomes nodes of one each, which halve the thresholds that are left.

    Args:
        trees: At least one; not symmetric, each with a split.
    """

    def __init__(self, trees: FittedTrees) -> None:
        super().__init__()
        counts = trees.threshold_counts
        first_node = np.cumsum(counts) - counts
        nodes = int(counts.sum())
        first_split = np.repeat(np.cumsum(trees.split_counts) - trees.split_counts, trees.split_counts)
        first_leaf = np.repeat(np.cumsum(trees.leaf_counts) - trees.leaf_counts, trees.split_counts)
        # Leaves stand behind the nodes, and are their own children.
        inner = first_node[np.maximum(trees.children + first_split[:, None], 0) % len(first_node)]
        ends = np.where(trees.children < 0, nodes + ~trees.children + first_leaf[:, None], inner)
        children = np.tile(np.arange(nodes + len(trees.leaves))[:, None], 2)
        missing_left = np.repeat(trees.missing_left, counts)
        thresholds = np.zeros(len(children), np.int32)
        keys = ordered_thresholds(trees.thresholds)
        for split, count in enumerate(counts.tolist()):
            waiting = [(0, count, first_node[split])]
            while waiting:
                low, high, node = waiting.pop()  # as many thresholds at least, and at most, lie below
                middle = (low + high) // 2
                thresholds[node] = keys[first_node[split] + middle]
                missing_left[node] |= (
                    middle > 0
                )  # so that what is missing on the right is above one threshold
                for side, (start, end, child) in enumerate(
                    ((low, middle, node + 1), (middle + 1, high, node + 1 + middle - low))
                ):
                    children[node, side] = child if end > start else ends[split, start % 2]
                    waiting += [(start, end, child)] if end > start else []
        columns = np.zeros(len(children), np.int32)
        columns[:nodes] = np.repeat(trees.column, counts) + np.where(missing_left, 0, len(trees.columns))

        roots = first_node[np.cumsum(trees.split_counts) - trees.split_counts]
        self.steps, reached = 0, roots
        while (reached := reached[reached < nodes]).size:
            self.steps, reached = self.steps + 1, np.unique(children[reached])
        self.roots = roots.astype(np.int32)
        self.columns = tf.Variable(columns, trainable=False)
        self.thresholds = tf.Variable(thresholds, trainable=False)
        self.children = tf.Variable(children.ravel().astype(np.int32), trainable=False)
        self.values = tf.Variable(np.concatenate([np.zeros(nodes), trees.leaves]), trainable=False)

    def __call__(self, keys: tf.Tensor) -> tf.Tensor:
        """Give the sums.

        Args:
            keys: The rows as `ordered_bits`, int32 ``(batch, columns)``.

        Returns:
            float64 ``(batch,)``.
        """
        missing = (keys > INFINITY) | (keys < MINUS_INFINITY)
        # Each column twice: once with what is missing below all thresholds, once above.
        both = tf.concat([tf.where(missing, -LARGEST, keys), tf.where(missing, LARGEST, keys)], axis=1)
        node = tf.tile(self.roots[None], (tf.shape(keys)[0], 1))
        for _ in range(self.steps):
            value = tf.gather(both, tf.gather(self.columns, node), batch_dims=1)
            right = tf.cast(value > tf.gather(self.thresholds, node), tf.int32)
            node = tf.gather(self.children, 2 * node + right)
        return tf.reduce_sum(tf.gather(self.values, node), axis=1)
