"""Trees fitted by XGBoost."""

import json
import math
from typing import Any

from intent_tf.errors import InputError
from intent_tf.trees.fitted_trees import FittedTrees, Split, Tree, tree_of
from intent_tf.trees.thresholds import below, of_categories


def from_xgboost(model: Any) -> FittedTrees:
    """Read the trees of a binary classifier of XGBoost.

    An `XGBClassifier` that stopped early has trees up to its best iteration, as in its own predictions.
    Columns of pandas' categories keep them; in other categorical columns a category is its own id.

    Args:
        model: An `xgboost.XGBClassifier` or `xgboost.Booster`.

    Raises:
        InputError: If the model has several classes, an objective other than ``binary:logistic`` and
            ``reg:logistic``, a booster other than ``gbtree``, or takes another number than NaN as missing.
    """
    booster, objective = model, None
    if hasattr(model, "get_booster"):
        booster, objective = model.get_booster(), model.objective
        if not math.isnan(model.missing):
            raise InputError(
                f"an XGBoost model that takes {model.missing} as missing", expected="NaN", remedy="fit it so"
            )
        if (best := getattr(model, "best_iteration", None)) is not None:
            booster = booster[: best + 1]
    learner = json.loads(booster.save_raw("json").decode())["learner"]
    kind, facts = learner["gradient_booster"]["name"], learner["learner_model_param"]
    objective = "of its own" if callable(objective) else learner["objective"]["name"]
    if int(facts["num_class"]) > 1 or objective not in ("binary:logistic", "reg:logistic"):
        raise InputError(
            f"an XGBoost model with the objective {objective!r}",
            expected="a classifier of two classes (objective binary:logistic)",
        )
    if kind != "gbtree":
        raise InputError(f"an XGBoost model of the booster {kind!r}", expected="gbtree")
    trees = learner["gradient_booster"]["model"]["trees"]
    rate = float(facts["base_score"].strip("[]"))
    width = int(facts["num_feature"])
    names = booster.feature_names or [f"f{index}" for index in range(width)]
    return FittedTrees.of(
        map(_tree, trees), names, _categories(booster, trees), math.log(rate) - math.log1p(-rate)
    )


def _categories(booster: Any, trees: list[dict[str, Any]]) -> dict[int, Any]:
    highest: dict[int, int] = {}
    for tree in trees:
        for node, ids in _sets(tree).items():
            column = tree["split_indices"][node]
            highest[column] = max(highest.get(column, 0), *ids)
    kept = booster.get_categories(export_to_arrow=True).to_arrow()
    kept = {index: values.to_pylist() for index, (_, values) in enumerate(kept) if values is not None}
    return {**{column: range(last + 1) for column, last in highest.items()}, **kept}


def _sets(tree: dict[str, Any]) -> dict[int, list[int]]:
    """Return the categories that go right, by node."""
    starts, sizes = tree["categories_segments"], tree["categories_sizes"]
    return {
        node: tree["categories"][start : start + size]
        for node, start, size in zip(tree["categories_nodes"], starts, sizes, strict=True)
    }


def _tree(facts: dict[str, Any]) -> Tree:
    sets, left, right = _sets(facts), facts["left_children"], facts["right_children"]

    def read(node: int) -> float | tuple[Split, int, int]:
        number = facts["split_conditions"][node]
        if left[node] < 0:
            return float(number)
        thresholds = of_categories(sets[node]) if node in sets else [below(number)]
        split = Split(facts["split_indices"][node], thresholds, bool(facts["default_left"][node]))
        return split, left[node], right[node]

    return tree_of(0, read)
