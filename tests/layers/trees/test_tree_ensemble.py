from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from intent_tf.layers import TreeEnsemble
from intent_tf.layers.trees import tree_ensemble
from intent_tf.trees import FittedTrees, Split, Tree
from intent_tf.trees.thresholds import of_categories

NAMES = ("a", "b", "c")
FLOAT = np.float32


def number(column, threshold, missing_left=False):
    return Split(column, [FLOAT(threshold)], missing_left)


def trees_of(*trees, **options):
    return FittedTrees.of(trees, NAMES, {}, **options)


def random_tree(rng, leaves):
    """A tree whose thresholds and ids are few, so that values fall upon them."""
    splits, children, free = [], [], [(None, 0)]
    while len(splits) < leaves - 1:
        parent, side = free.pop(rng.integers(len(free)))
        if parent is not None:
            children[parent][side] = len(splits)
        column = int(rng.integers(3))
        ids = of_categories(rng.choice(9, rng.integers(1, 6), replace=False).tolist())
        thresholds = ids if column == 2 else [FLOAT(rng.integers(-2, 3) / 2)]
        free += [(len(splits), 0), (len(splits), 1)]
        splits.append(Split(column, thresholds, bool(rng.integers(2))))
        children.append([0, 0])
    for leaf, (parent, side) in enumerate(sorted(free, key=lambda each: path(children, *each))):
        if parent is not None:
            children[parent][side] = ~leaf
    return Tree(splits, rng.normal(size=leaves).tolist(), children)


def path(children, parent, side):
    """The turns from the root to a child: what orders leaves from left to right."""
    turns = [side]
    while parent:
        parent, side = next(
            (above, pair.index(parent)) for above, pair in enumerate(children) if parent in pair
        )
        turns.insert(0, side)
    return turns


def goes_right(split, value):
    if np.isnan(value):
        return not split.missing_left
    return sum(float(each) < float(value) for each in split.thresholds) % 2


def by_hand(tree, row):
    """What a tree gives for a row, in plain Python."""
    if tree.children is None:
        answers = [goes_right(split, row[split.column]) for split in tree.splits]
        return tree.leaves[sum(int(right) << index for index, right in enumerate(answers))]
    node = 0
    while node >= 0:
        node = tree.children[node][goes_right(tree.splits[node], row[tree.splits[node].column])]
    return tree.leaves[~node]


def random_rows(rng, rows=300):
    values = np.array([np.nan, -np.inf, np.inf, -1, -0.5, 0, -0.0, 0.5, 1, 1.5, 1e-45, -1e-45], "float32")
    numbers, ids = rng.choice(values, (rows, 2)), rng.choice([*range(-1, 11), np.nan], (rows, 1))
    return np.concatenate([numbers, ids], axis=1).astype("float32")


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("most_bytes", [tree_ensemble.MOST_BYTES, 0], ids=["tables", "walk"])
@pytest.mark.parametrize("leaves", [(2,), (8, 3), (9, 16), (32, 20, 5), (33, 64), (65, 130, 7)], ids=str)
def test_it_gives_what_the_trees_give_by_hand(leaves, most_bytes, seed, monkeypatch):
    monkeypatch.setattr(tree_ensemble, "MOST_BYTES", most_bytes)
    rng = np.random.default_rng(seed)
    trees, rows = [random_tree(rng, count) for count in leaves], random_rows(rng)
    expected = [sum(by_hand(tree, row) for tree in trees) + 0.5 for row in rows]
    layer = TreeEnsemble(trees_of(*trees, bias=0.5))
    np.testing.assert_allclose(layer(rows), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("depths", [(1,), (3, 2, 1), (9, 4), (16,)], ids=str)
def test_it_gives_what_symmetric_trees_give_by_hand(depths):
    rng = np.random.default_rng(0)
    rows, trees = random_rows(rng), []
    for depth in depths:
        splits = random_tree(rng, depth + 1).splits
        trees.append(Tree(splits, rng.normal(size=2**depth).tolist()))
    expected = [sum(by_hand(tree, row) for tree in trees) for row in rows]
    np.testing.assert_allclose(TreeEnsemble(trees_of(*trees))(rows), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("children", [None, [[~0, ~1]]], ids=["symmetric", "other"])
@pytest.mark.parametrize("missing_left", [False, True])
@pytest.mark.parametrize("threshold", [0.0, -1e-45, 1e-45, 1.5, -3.0, 3e38])
def test_at_and_next_to_a_threshold_and_without_a_value(threshold, missing_left, children):
    split = number(1, threshold, missing_left)
    layer = TreeEnsemble(trees_of(Tree([split], [1.0, 2.0], children)))
    at = FLOAT(threshold)
    values = [at, np.nextafter(at, FLOAT(9)), np.nextafter(at, FLOAT(-9)), np.nan, -np.nan, -np.inf]
    rows = np.zeros((6, 3), "float32")
    rows[:, 1] = values
    above = [2.0, 1.0] if threshold < 9 else [1.0, 1.0]
    missing = 1.0 if missing_left else 2.0
    assert layer(rows).numpy().tolist() == [1.0, *above, missing, missing, 1.0]


def test_trees_of_one_leaf_only_add_their_value():
    layer = TreeEnsemble(trees_of(Tree([], [0.25], []), Tree([], [0.5], []), bias=1.0))
    assert layer(np.zeros((2, 3), "float32")).numpy().tolist() == [1.75, 1.75]


def test_no_rows_give_no_logits():
    layer = TreeEnsemble(trees_of(random_tree(np.random.default_rng(0), 7)))
    assert layer(np.zeros((0, 3), "float32")).shape == (0,)


def test_another_number_of_columns_is_refused():
    layer = TreeEnsemble(trees_of(Tree([], [0.25], [])))
    with pytest.raises(ValueError, match="expected axis -1 of input shape to have value 3"):
        layer(np.zeros((2, 4), "float32"))


def model_with(trees):
    rows = keras.Input((3,), name="rows")
    return keras.Model(rows, TreeEnsemble(trees)(rows))


def forest(rng):
    return trees_of(*(random_tree(rng, leaves) for leaves in (7, 20, 70)), bias=-1.5)


def test_the_keras_file_gives_the_same_logits(tmp_path):
    rng = np.random.default_rng(0)
    model, rows = model_with(forest(rng)), random_rows(rng)
    model.save(tmp_path / "model.keras")
    reloaded = keras.models.load_model(tmp_path / "model.keras")
    assert (reloaded(rows).numpy() == model(rows).numpy()).all()


def test_a_clone_gives_the_same_logits():
    rng = np.random.default_rng(1)
    model, rows = model_with(forest(rng)), random_rows(rng)
    assert (keras.models.clone_model(model)(rows).numpy() == model(rows).numpy()).all()


def test_the_saved_model_gives_the_same_logits_by_core_operations_and_holds_no_table_twice(tmp_path):
    rng = np.random.default_rng(2)
    trees = trees_of(*(random_tree(rng, 64) for _ in range(100)))
    model, rows = model_with(trees), random_rows(rng)
    model.export(tmp_path, verbose=False)
    serve = tf.saved_model.load(tmp_path).signatures["serving_default"]
    assert (serve(tf.constant(rows))["output_0"].numpy() == model(rows).numpy()).all()
    assert not {op.type for op in serve.graph.get_operations()} & {"PyFunc", "EagerPyFunc", "While"}
    tables = sum(variable.numpy().nbytes for way in model.layers[-1].ways for variable in way.variables)
    assert sum(each.stat().st_size for each in (tmp_path / "variables").iterdir()) < 1.5 * tables


def test_training_leaves_the_trees_alone():
    layer = TreeEnsemble(forest(np.random.default_rng(3)))
    layer.build((None, 3))
    assert layer.trainable_weights == [] and layer.weights == []
