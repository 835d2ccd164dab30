"""The parts of a model beside its network: trees, a linear part, and how they are stacked."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from intent_tf.layers import TreeEnsemble
from intent_tf.models.parts import CategoryCrosses, LinearPart, PartStack, TreePart
from intent_tf.trees import FittedTrees, Split, Tree

FEATURES = {
    "numbers": tf.constant([[1.0, -1.0], [0.0, 2.0]]),
    "missing": tf.constant([[0.0, 0.0], [1.0, 0.0]]),
    "categories": tf.constant([[2], [7]]),
}


def linear() -> LinearPart:
    part = LinearPart(2, (3,))
    part.build()
    part.assign(0.5, np.array([1.0, 2.0, 10.0, 20.0, 0.0, 100.0, 200.0], np.float32))
    return part


def trees(input_dims: tuple[int, ...] = (3,)) -> TreePart:
    """One tree that asks whether the first number is missing, and one whether the category is 2."""
    missing = Tree([Split(0, [np.float32(np.inf)], False)], [1.0, 10.0], [[~0, ~1]])
    is_two = Tree([Split(2, [np.float32(1.5)], True)], [100.0, 200.0], [[~0, ~1]])
    names = ["number 0", "number 1", "category 0"]
    return TreePart(TreeEnsemble(FittedTrees.of([missing, is_two], names, {2: ["0", "1", "2"]})), input_dims)


def test_a_linear_part_adds_up_the_weights_of_what_a_row_has() -> None:
    """0.5 + 1·1 + 2·(−1) + 200; with a missing number and an unknown category 0.5 + 2·2 + 10."""
    np.testing.assert_allclose(linear()(FEATURES), [199.5, 14.5])


def test_trees_see_missing_numbers_as_missing_and_rare_categories_as_unknown() -> None:
    np.testing.assert_allclose(trees()(FEATURES), [1.0 + 200.0, 10.0 + 100.0])


def test_trees_see_the_effect_of_a_category_where_there_are_many() -> None:
    effect = Tree([Split(1, [np.float32(0.5)], False)], [1.0, 10.0], [[~0, ~1]])
    names = ["number 0", "number 1", "category 0"]
    trees = FittedTrees.of([effect], names, {2: ["0", "1", "2"]})
    part = TreePart(TreeEnsemble(trees), (1001, 3), CategoryCrosses((1001, 3), [(0,)]))
    part.build()
    part.assign([np.arange(1001) == 7])
    features = {
        "numbers": np.zeros((3, 1), np.float32),
        "missing": np.zeros((3, 1), np.float32),
        "categories": np.array([[7, 1], [6, 1], [1001, 1]], np.int32),
    }
    assert (part(features)[0] != part(features)[1]) and part(features)[1] == part(features)[2]


PAIR = CategoryCrosses((3, 2), [(0, 1)])
PAIRS = {**FEATURES, "categories": tf.constant([[2, 1], [7, 0]])}


def test_a_linear_part_adds_the_weight_of_a_combination() -> None:
    """0.5, 100 for the first id 2, and 7 for the ids 2 and 1; 10 for a first id that is unknown, so 0."""
    part = LinearPart(0, (3, 2), PAIR)
    part.build()
    part.assign(0.5, np.array([10, 0, 100, 0, 0, *[0, 0, 0, 0, 0, 7]], np.float32))
    np.testing.assert_allclose(part(PAIRS), [107.5, 10.5])


def test_trees_see_the_effect_of_a_combination_beside_the_ids() -> None:
    effect = Tree([Split(2, [np.float32(0.5)], False)], [1.0, 10.0], [[~0, ~1]])
    is_two = Tree([Split(3, [np.float32(1.5)], True)], [100.0, 200.0], [[~0, ~1]])
    names = ["number 0", "number 1", "effect", "category 0", "category 1"]
    trees = FittedTrees.of([effect, is_two], names, {3: ["0", "1", "2"], 4: ["0", "1"]})
    part = TreePart(TreeEnsemble(trees), (3, 2), PAIR)
    part.build()
    part.assign([np.array([0, 0, 0, 0, 0, 1.0])])
    np.testing.assert_allclose(part(PAIRS), [10.0 + 200.0, 1.0 + 100.0])
    stack = PartStack({"trees": part, "linear": LinearPart(0, (3, 2), PAIR)})
    assert stack.cross_names(["month", "device"], []) == ["month × device"]


def crossed_linear() -> LinearPart:
    part = LinearPart(2, (8,), CategoryCrosses((8,), [(0, 1)], cuts=[(0, (0.5,))]))
    part.build()
    return part


def test_a_new_stack_is_the_network_alone() -> None:
    stack = PartStack({"linear": linear()})
    strength = stack.together(tf.constant([0.2, 0.9]), stack(FEATURES))
    np.testing.assert_allclose(strength, [0.2, 0.9], rtol=1e-6)


def test_a_stack_adds_weighted_logits() -> None:
    stack = PartStack({"linear": linear()})
    logits = tf.constant([[1.0], [-3.0]])
    stack.build()
    stack.assign([2.0, 0.5], 0.25)
    expected = tf.sigmoid([0.25 + 2.0 * 0.0 + 0.5, 0.25 + 2.0 * np.log(0.25) - 1.5])
    np.testing.assert_allclose(stack.together(tf.constant([0.5, 0.2]), logits), expected, rtol=1e-6)
    assert stack.shares() == {"network": 2.0, "linear": 0.5}
    stack.reset()
    assert stack.shares() == {"network": 1.0, "linear": 0.0} and float(stack.bias) == 0.0


@pytest.mark.parametrize("make", [linear, trees, crossed_linear])
def test_a_part_comes_back_from_its_file(make, tmp_path) -> None:
    inputs = {
        name: keras.Input(value.shape[1:], dtype=value.dtype, name=name) for name, value in FEATURES.items()
    }
    model = keras.Model(inputs, PartStack({"part": make()})(inputs))
    model.save(tmp_path / "part.keras")
    read = keras.models.load_model(tmp_path / "part.keras")
    np.testing.assert_array_equal(read(FEATURES), model(FEATURES))
