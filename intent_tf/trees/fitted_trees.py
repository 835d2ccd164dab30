"""Trees that some library has fitted, as plain arrays."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple, Self

import keras
import numpy as np
import numpy.typing as npt


class Split(NamedTuple):
    """A question to one column, answered by *left* or *right*.

    A number goes left if an even number of the thresholds lie below it. So one threshold asks whether the
    number is at most that, and several tell a set of category ids from all others.

    Args:
        column: Index of the column.
        thresholds: Rising float32 numbers.
        missing_left: Whether NaN goes left.
    """

    column: int
    thresholds: Sequence[np.float32]
    missing_left: bool


class Tree(NamedTuple):
    """Splits, and the leaves that they lead to.

    Args:
        splits: The root first.
        leaves: The leaves' values. In a tree with children, in the order from left to right; in a symmetric
            tree, which asks all its splits of every row, leaf ``i`` is where exactly those splits are
            answered by right whose bit in ``i`` is set.
        children: Left and right child of each split: a split's index, or ``~index`` of a leaf. None in a
            symmetric tree.
    """

    splits: Sequence[Split]
    leaves: Sequence[float]
    children: Sequence[Sequence[int]] | None = None


def tree_of(root: Any, read: Callable[[Any], float | tuple[Split, Any, Any]]) -> Tree:
    """Bring the splits and leaves of a tree into order, however a library tells its nodes apart.

    Args:
        root: The library's root node.
        read: Gives the value of a leaf, or a node's split with its left and right child.
    """
    splits: list[Split] = []
    leaves: list[float] = []
    children: list[list[int]] = []
    waiting: list[tuple[Any, list[int], int]] = [(root, [0], 0)]
    while waiting:  # left before right; not by recursion, since a tree may be deep
        node, siblings, side = waiting.pop()
        content = read(node)
        if isinstance(content, tuple):
            split, left, right = content
            siblings[side] = len(splits)
            splits.append(split)
            children.append([0, 0])
            waiting += [(right, children[-1], 1), (left, children[-1], 0)]
        else:
            siblings[side] = ~len(leaves)
            leaves.append(content)
    return Tree(splits, leaves, children)


@keras.saving.register_keras_serializable(package="intent_tf")
@dataclass(frozen=True, eq=False)
class FittedTrees:
    """Fitted trees for two classes: the values of the leaves that a row reaches add up to its logit.

    The trees' arrays are joined one after another. In the graph they are `intent_tf.layers.TreeEnsemble`.

    Args:
        columns: Names of the columns, in the order in which the trees count them.
        categories: For each column None, or its categories: the id of each, which the trees take as a number,
            is its index. A number that is no such id is a category that the trees have not seen.
        symmetric: Whether the trees are symmetric; see `Tree`.
        bias: What is added to the leaves' values.
        split_counts: Number of splits of each tree, int32 ``(trees,)``.
        column: Column of each split, int32 ``(splits,)``; see `Split`.
        missing_left: Whether NaN goes left, bool ``(splits,)``.
        threshold_counts: Number of thresholds of each split, int32 ``(splits,)``.
        thresholds: float32 ``(thresholds,)``.
        children: Children of each split within its tree, int32 ``(splits, 2)``; none if symmetric.
        leaves: float64 ``(leaves,)``: one more a tree than splits, or two to their power if symmetric.
    """

    columns: tuple[str, ...]
    categories: tuple[tuple[Any, ...] | None, ...]
    symmetric: bool
    bias: float
    split_counts: npt.NDArray[np.int32]
    column: npt.NDArray[np.int32]
    missing_left: npt.NDArray[np.bool_]
    threshold_counts: npt.NDArray[np.int32]
    thresholds: npt.NDArray[np.float32]
    children: npt.NDArray[np.int32]
    leaves: npt.NDArray[np.float64]

    @classmethod
    def of(
        cls,
        trees: Iterable[Tree],
        columns: Sequence[str],
        categories: Mapping[int, Sequence[Any]],
        bias: float = 0.0,
    ) -> Self:
        """Join trees, all of them symmetric or none.

        Args:
            trees: The trees.
            columns: Names of the columns.
            categories: The categories of each column that has some, by the column's index.
            bias: What is added to the leaves' values. Defaults to 0.
        """
        trees = list(trees)
        splits = [split for tree in trees for split in tree.splits]
        children = [pair for tree in trees for pair in tree.children or ()]
        return cls(
            columns=tuple(columns),
            categories=tuple(
                tuple(categories[index]) if index in categories else None for index in range(len(columns))
            ),
            symmetric=any(tree.children is None for tree in trees),
            bias=float(bias),
            split_counts=np.array([len(tree.splits) for tree in trees], np.int32),
            column=np.array([split.column for split in splits], np.int32),
            missing_left=np.array([split.missing_left for split in splits], bool),
            threshold_counts=np.array([len(split.thresholds) for split in splits], np.int32),
            thresholds=np.array([number for split in splits for number in split.thresholds], np.float32),
            children=np.array(children, np.int32).reshape(-1, 2),
            leaves=np.array([value for tree in trees for value in tree.leaves], np.float64),
        )

    @classmethod
    def mean(cls, fits: Sequence[Self]) -> Self:
        """Return trees whose logit is the mean of several fits' on the same columns, with the same ids."""
        joined: dict[str, Any] = {
            name: np.concatenate([getattr(each, name) for each in fits])
            for name, value in vars(fits[0]).items()
            if isinstance(value, np.ndarray)
        }
        joined["leaves"] = joined["leaves"] / len(fits)
        joined["bias"] = float(np.mean([each.bias for each in fits]))
        of_column = zip(*(each.categories for each in fits), strict=True)
        joined["categories"] = tuple(max(known, key=lambda ids: len(ids or ())) for known in of_column)
        return replace(fits[0], **joined)

    @property
    def leaf_counts(self) -> npt.NDArray[np.int32]:
        """Number of leaves of each tree, int32 ``(trees,)``."""
        counts = 1 << self.split_counts if self.symmetric else self.split_counts + 1
        return counts.astype(np.int32)

    def select(self, chosen: npt.NDArray[np.bool_]) -> Self:
        """Return some of the trees, without the bias.

        Args:
            chosen: Which, bool ``(trees,)``.
        """
        splits = np.repeat(chosen, self.split_counts)
        return replace(
            self,
            bias=0.0,
            split_counts=self.split_counts[chosen],
            column=self.column[splits],
            missing_left=self.missing_left[splits],
            threshold_counts=self.threshold_counts[splits],
            thresholds=self.thresholds[np.repeat(splits, self.threshold_counts)],
            children=self.children if self.symmetric else self.children[splits],
            leaves=self.leaves[np.repeat(chosen, self.leaf_counts)],
        )

    def reading(self, columns: Sequence[str], ids: Mapping[str, Sequence[int]]) -> Self:
        """Return the same trees for the columns in another order, with ids of categories as given.

        Args:
            columns: The names, each of the trees' own and no other.
            ids: The ids of a column's categories, rising, by its name. An id between them is where its
                neighbours are, one beyond them a category that the trees have not seen.
        """
        place = np.array([columns.index(name) for name in self.columns], np.int32)
        column, thresholds = np.repeat(self.column, self.threshold_counts), self.thresholds.copy()
        for index, name in enumerate(self.columns):
            if known := ids.get(name):
                # The lowest id above each threshold, and then what is just below that id's new number.
                lowest = np.floor(thresholds[column == index].astype(np.float64)).astype(int) + 1
                renumbered = np.array([*known, known[-1] + 1], np.float32)[lowest]
                thresholds[column == index] = np.nextafter(renumbered, np.float32(-1))
        return replace(
            self,
            columns=tuple(columns),
            categories=tuple(self.categories[self.columns.index(name)] for name in columns),
            column=place[self.column],
            thresholds=thresholds,
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arrays and the rest, as Keras writes them."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return what `get_config` described."""
        read = keras.saving.deserialize_keras_object(config)
        # A file has lists only, and an array of no rows has lost its width.
        read["columns"] = tuple(read["columns"])
        read["categories"] = tuple(each and tuple(each) for each in read["categories"])
        read["children"] = read["children"].reshape(-1, 2)
        return cls(**read)
