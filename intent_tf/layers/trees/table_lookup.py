"""Trees of few leaves in the graph: what each bin of each column says to all of them stands in one table."""

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from intent_tf.layers.trees.ordered_bits import INFINITY, LARGEST, MINUS_INFINITY, ordered_thresholds
from intent_tf.trees.fitted_trees import FittedTrees

#: Types in which a tree's bits are kept; as many trees as fit into 64 bits share a word.
_KINDS = (np.uint8, np.uint16, np.int32, np.int64)


class TableLookup(tf.Module):
    """Adds up the values of the leaves that rows reach, by a look-up for each column and one for the leaves.

    A column's thresholds part its values into bins. Of each bin the table holds some bits a tree, and those
    of a row are the *or* of its bins' bits over the columns. In a symmetric tree, bit ``i`` says that split
    ``i`` is answered by right, so that the bits are the leaf's index. In another tree, bit ``i`` says that
    some split excludes leaf ``i``: one that is answered by right excludes all leaves on its left. The first
    leaf that no split excludes is the one that the row reaches.

    Args:
        trees: At least one; each with a split, and with at most 64 leaves if they are not symmetric.

    References:
        - Lucchese et al. (2015), QuickScorer: A Fast Algorithm to Rank Documents with Additive Ensembles of
          Regression Trees.
    """

    def __init__(self, trees: FittedTrees) -> None:
        super().__init__()
        self.symmetric, self.kind = trees.symmetric, _kind(trees)
        self.columns, column_of = np.unique(trees.column, return_inverse=True)
        keys = np.split(ordered_thresholds(trees.thresholds), np.cumsum(trees.threshold_counts)[:-1])
        asked = [[keys[i] for i in np.flatnonzero(column_of == index)] for index in range(len(self.columns))]
        # The first bin and the last hold nothing but NaN, with a sign and without.
        ends = [np.unique(np.concatenate([[MINUS_INFINITY - 1, INFINITY], *each])) for each in asked]
        sizes = [len(each) + 1 for each in ends]
        first_row = np.cumsum([0, *sizes])
        edges = np.full((len(ends), max(sizes) - 1), LARGEST, np.int32)
        for row, each in zip(edges, ends, strict=True):
            row[: len(each)] = each

        count, shared = len(trees.split_counts), 8 // np.dtype(self.kind).itemsize
        bits = np.zeros((count + -count % shared, first_row[-1]), self.kind)
        tree_of = np.repeat(np.arange(count), trees.split_counts)
        said_by_right = _symmetric_bits(trees) if trees.symmetric else _leaves_on_the_left(trees)
        for split, column in enumerate(column_of):
            below = np.searchsorted(np.searchsorted(ends[column], keys[split]), np.arange(sizes[column]))
            right = below % 2 == 1
            right[[0, -1]] = not trees.missing_left[split]
            of_column = bits[tree_of[split], first_row[column] : first_row[column + 1]]
            of_column[right] |= said_by_right[split].astype(self.kind)
        self.edges = tf.Variable(edges, trainable=False)
        self.first_row = first_row[:-1, None].astype(np.int32)
        self.bits = tf.Variable(np.ascontiguousarray(bits.T).view(np.int64), trainable=False)
        # Trees that only fill the last word have one leaf, which is worth nothing.
        self.leaves = tf.Variable([*trees.leaves, 0.0], trainable=False, dtype=tf.float64)
        self.first_leaf = np.full(len(bits), len(trees.leaves), np.int32)
        self.first_leaf[:count] = np.cumsum(trees.leaf_counts) - trees.leaf_counts

    @staticmethod
    def table_bytes(trees: FittedTrees) -> int:
        """Return how large the table of such trees is, but for what is missing: it has a row a threshold."""
        column = np.repeat(trees.column, trees.threshold_counts)
        rows = len(np.unique(np.stack([column, ordered_thresholds(trees.thresholds)]), axis=1).T)
        return rows * len(trees.split_counts) * np.dtype(_kind(trees)).itemsize

    def __call__(self, keys: tf.Tensor) -> tf.Tensor:
        """Give the sums.

        Args:
            keys: The rows as `ordered_bits`, int32 ``(batch, columns)``.

        Returns:
            float64 ``(batch,)``.
        """
        values = tf.gather(tf.transpose(keys), self.columns)
        rows = tf.raw_ops.LowerBound(sorted_inputs=self.edges, values=values) + self.first_row
        first, *others = tf.unstack(rows, len(self.columns))
        words = tf.gather(self.bits, first)
        for each in others:  # one after the other: that is faster than a tree of them
            words = tf.bitwise.bitwise_or(words, tf.gather(self.bits, each))
        bits = tf.reshape(tf.bitcast(words, self.kind), (-1, len(self.first_leaf)))
        if self.symmetric:
            leaf = tf.cast(bits, tf.int32) + self.first_leaf
        else:  # as many bits as there are leaves up to the first that is not excluded
            excluded = tf.raw_ops.PopulationCount(x=tf.bitwise.bitwise_xor(bits, bits + 1))
            leaf = tf.cast(excluded, tf.int32) + (self.first_leaf - 1)
        # Of single numbers, `gather_nd` takes a third less time than `gather`.
        return tf.reduce_sum(tf.gather_nd(tf.convert_to_tensor(self.leaves), leaf[..., None]), axis=1)


def _symmetric_bits(trees: FittedTrees) -> npt.NDArray[np.int64]:
    return np.concatenate([1 << np.arange(count) for count in trees.split_counts])


def _leaves_on_the_left(trees: FittedTrees) -> npt.NDArray[np.int64]:
    """Return for each split the bits of the leaves on its left; leaves are numbered from left to right."""
    bits = np.zeros(len(trees.column), np.uint64)
    first = 0
    for count in trees.split_counts:
        under: dict[int, int] = {}  # the bits of all leaves under a split; children come after their parents
        for split in reversed(range(count)):
            left, right = (
                1 << ~child if child < 0 else under[child] for child in trees.children[first + split].tolist()
            )
            bits[first + split], under[split] = left, left | right
        first += count
    return bits.view(np.int64)


def _kind(trees: FittedTrees) -> type[np.integer]:
    width = int(trees.split_counts.max() if trees.symmetric else trees.leaf_counts.max())
    return next(kind for kind in _KINDS if 8 * np.dtype(kind).itemsize >= width)
