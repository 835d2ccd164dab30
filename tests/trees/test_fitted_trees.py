from __future__ import annotations

import json
from dataclasses import fields

import keras
import numpy as np
import pytest

from intent_tf.trees import FittedTrees, Split, Tree
from intent_tf.trees.fitted_trees import tree_of

SPLIT = Split(1, [np.float32(0.1), np.float32(np.inf)], True)
SYMMETRIC = FittedTrees.of(
    [Tree([SPLIT, SPLIT], [1.0, 2.0, 3.0, 4.0]), Tree([SPLIT], [5.0, 6.0])], "ab", {0: "xy"}
)
OTHER = FittedTrees.of(
    [Tree([], [1.0], []), Tree([SPLIT, SPLIT], [2.0, 3.0, 4.0], [[1, ~2], [~0, ~1]])], "ab", {}, bias=0.1
)
both = pytest.mark.parametrize("trees", [SYMMETRIC, OTHER], ids=["symmetric", "other"])


@both
def test_what_is_written_as_json_is_read_as_it_was(trees):
    written = json.dumps(keras.saving.serialize_keras_object(trees))
    restored = keras.saving.deserialize_keras_object(json.loads(written))
    for each in fields(trees):
        was, value = getattr(trees, each.name), getattr(restored, each.name)
        assert type(value) is type(was) and np.all(value == was)
        assert getattr(value, "dtype", None) == getattr(was, "dtype", None)
    assert restored.children.shape == trees.children.shape


@pytest.mark.parametrize(("trees", "counts"), [(SYMMETRIC, [4, 2]), (OTHER, [1, 3])], ids=["4, 2", "1, 3"])
def test_the_number_of_leaves_follows_from_that_of_splits(trees, counts):
    assert trees.leaf_counts.tolist() == counts


@both
def test_of_selected_trees_the_bias_is_left_behind(trees):
    last = trees.select(np.array([False, True]))
    assert last.bias == 0 and last.leaves.tolist() == trees.leaves[-last.leaf_counts[0] :].tolist()
    assert len(last.column) == len(last.missing_left) == last.split_counts.sum()


def test_leaves_are_numbered_from_left_to_right_and_splits_from_the_root():
    nodes = {"root": ("low", "high"), "low": (1.0, 2.0), "high": (3.0, "top"), "top": (4.0, 5.0)}
    tree = tree_of("root", lambda node: (SPLIT, *nodes[node]) if node in nodes else node)
    assert tree.leaves == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert tree.children == [[1, 2], [~0, ~1], [~2, 3], [~3, ~4]]


def test_a_tree_deeper_than_pythons_stack_is_brought_into_order():
    tree = tree_of(0, lambda node: 0.5 if node < 0 else (SPLIT, ~node, node + 1 if node < 5000 else -1))
    assert len(tree.leaves) == len(tree.splits) + 1 == 5002
