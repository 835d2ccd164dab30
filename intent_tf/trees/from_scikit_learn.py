"""Trees fitted by scikit-learn's histogram boosting."""

from typing import Any

import numpy as np

from intent_tf.errors import InputError
from intent_tf.trees.fitted_trees import FittedTrees, Split, Tree, tree_of
from intent_tf.trees.thresholds import at_most, bit_set, of_categories


def from_scikit_learn(model: Any) -> FittedTrees:
    """Read the trees of a `HistGradientBoostingClassifier` of two classes.

    Args:
        model: The fitted classifier.

    Raises:
        InputError: If it is another estimator, or has several classes.
    """
    if not hasattr(model, "_predictors") or not hasattr(model, "classes_"):
        raise InputError(
            f"a {type(model).__name__} of scikit-learn", expected="a fitted HistGradientBoostingClassifier"
        )
    if model.n_trees_per_iteration_ != 1:
        raise InputError(f"a classifier of {len(model.classes_)} classes", expected="two classes")
    width = model.n_features_in_
    columns = np.arange(width)
    categories: dict[int, list[Any]] = {}
    if model.is_categorical_ is not None:
        # The columns of categories are encoded first, and put before the others.
        columns = np.argsort(~model.is_categorical_, stable=True)
        encoder = model._preprocessor.named_transformers_["encoder"]
        for column, known in zip(columns, encoder.categories_, strict=False):
            categories[int(column)] = [each for each in known.tolist() if each == each and each is not None]
    trees = [_tree(predictor, columns, categories) for (predictor,) in model._predictors]
    names = getattr(model, "feature_names_in_", [f"x{index}" for index in range(width)])
    return FittedTrees.of(trees, names, categories, model._baseline_prediction.item())


def _tree(predictor: Any, columns: Any, categories: dict[int, Any]) -> Tree:
    nodes = predictor.nodes

    def read(index: int) -> float | tuple[Split, int, int]:
        node = nodes[index]
        if node["is_leaf"]:
            return float(node["value"])
        column, missing_left = int(columns[node["feature_idx"]]), bool(node["missing_go_to_left"])
        left, right = int(node["left"]), int(node["right"])
        if not node["is_categorical"]:
            return Split(column, [at_most(float(node["num_threshold"]))], missing_left), left, right
        goes_left = bit_set(predictor.raw_left_cat_bitsets[node["bitset_idx"]])
        # Unknown categories go where missing ones go, so these take the side outside the set.
        if missing_left:
            others = set(range(len(categories[column]))) - goes_left
            return Split(column, of_categories(others), True), left, right
        return Split(column, of_categories(goes_left), True), right, left

    return tree_of(0, read)
