"""Trees fitted by LightGBM."""

import re
from typing import Any

import numpy as np

from intent_tf.errors import InputError
from intent_tf.trees.fitted_trees import FittedTrees, Split, Tree, tree_of
from intent_tf.trees.thresholds import at_most, below, bit_set, of_categories

#: Bits of a split's ``decision_type``; those of the missing type lie above the others.
_CATEGORICAL, _DEFAULT_LEFT, _MISSING_TYPE = 1, 2, 2
#: Missing types: a missing number is read as 0; 0 is read as missing; or neither.
_NONE, _ZERO = 0, 1
#: What lies above the first and not above the second is 0 to LightGBM.
_ZERO_ENDS = (below(-1e-35), np.float32(1e-35))


def from_lightgbm(model: Any) -> FittedTrees:
    """Read the trees of a binary classifier of LightGBM, up to its best iteration if it stopped early.

    Columns of pandas' categories keep them; in other categorical columns a category is its own id. Trees of
    ``dart`` carry their weights in their leaves.

    Args:
        model: A `lightgbm.LGBMClassifier` or `lightgbm.Booster`.

    Raises:
        InputError: If the model has several classes, an objective other than ``binary`` and
            ``cross_entropy``, linear trees, averages its trees as a random forest does, or has pandas'
            categories in columns that it does not take as categorical.
    """
    booster = model.booster_ if hasattr(type(model), "booster_") else model
    text = booster.model_to_string()
    head, *blocks = text.split("end of trees")[0].split("\nTree=")
    facts = _facts(head)
    objective, *options = facts.get("objective", "none").split(" ")
    if int(facts["num_class"]) > 1 or objective not in ("binary", "cross_entropy"):
        raise InputError(
            f"a LightGBM model with the objective {objective!r} and {facts['num_class']} class(es)",
            expected="a classifier of two classes (objective binary or cross_entropy)",
        )
    if "average_output" in facts:
        raise InputError("a random forest of LightGBM, which averages its trees", expected="boosted trees")
    trees = [_facts(block) for block in blocks]
    if any(tree["is_linear"] == "1" for tree in trees):
        raise InputError("linear trees of LightGBM", expected="one value a leaf (linear_tree=False)")
    sigmoid = float(dict(option.split(":") for option in options if ":" in option).get("sigmoid", 1.0))
    return FittedTrees.of(
        [_tree(tree, sigmoid) for tree in trees], booster.feature_name(), _categories(booster, text, facts)
    )


def _facts(block: str) -> dict[str, str]:
    lines = (line.partition("=") for line in block.splitlines())
    return {name: value for name, _, value in lines}


def _categories(booster: Any, text: str, facts: dict[str, str]) -> dict[int, Any]:
    listed = re.search(r"^\[categorical_feature: ([\d,]+)\]$", text, re.MULTILINE)
    columns = [int(index) for index in listed[1].split(",")] if listed else []
    kept = booster.pandas_categorical or []
    if not kept:
        # A range of numbers stands in brackets, categories stand between colons.
        values = [facts["feature_infos"].split(" ")[index] for index in columns]
        ids = [[int(each) for each in known.split(":") if each != "none"] for known in values]
        return {index: range(max(known, default=-1) + 1) for index, known in zip(columns, ids, strict=True)}
    if len(kept) != len(columns):
        raise InputError(
            f"pandas' categories in {len(kept)} columns, of which LightGBM takes {len(columns)} as such",
            expected="all",
            remedy="fit it on unordered categories, and leave categorical_feature at 'auto'",
        )
    return dict(zip(columns, kept, strict=True))


def _tree(facts: dict[str, str], sigmoid: float) -> Tree:
    def numbers(name: str, kind: type = int) -> list[Any]:
        return [kind(each) for each in facts.get(name, "").split()]

    leaves = numbers("leaf_value", float)
    columns, kinds = numbers("split_feature"), numbers("decision_type")
    thresholds = numbers("threshold", float)
    left, right = numbers("left_child"), numbers("right_child")
    words, ends = np.array(numbers("cat_threshold"), np.uint32), numbers("cat_boundaries")

    def read(node: int) -> float | tuple[Split, int, int]:
        if node < 0:
            return sigmoid * leaves[~node]
        if kinds[node] & _CATEGORICAL:
            index = int(thresholds[node])
            # The set goes to LightGBM's left; all else, what is missing included, to its right.
            inside = bit_set(words[ends[index] : ends[index + 1]])
            return Split(columns[node], of_categories(inside), True), right[node], left[node]
        return _number_split(columns[node], thresholds[node], kinds[node]), left[node], right[node]

    return tree_of(0 if columns else -1, read)


def _number_split(column: int, threshold: float, kind: int) -> Split:
    missing_type = kind >> _MISSING_TYPE
    zero_left = threshold >= 0.0
    missing_left = zero_left if missing_type == _NONE else bool(kind & _DEFAULT_LEFT)
    if missing_type == _ZERO:
        zero_left = missing_left
    rounded = at_most(threshold)
    if _ZERO_ENDS[0] <= rounded < _ZERO_ENDS[1]:
        rounded = _ZERO_ENDS[zero_left]
    if zero_left == (rounded >= 0):
        return Split(column, [rounded], missing_left)
    return Split(column, sorted({rounded} ^ {*_ZERO_ENDS}), missing_left)  # zeros leave their neighbours
