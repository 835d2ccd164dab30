"""Trees fitted by CatBoost."""

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from intent_tf.errors import InputError
from intent_tf.trees.fitted_trees import FittedTrees, Split, Tree, tree_of
from intent_tf.trees.thresholds import of_categories

_WHOLE = frozenset(map(str, range(2**16)))


def from_catboost(model: Any, pool: Any = None) -> FittedTrees:
    """Read the trees of a binary classifier of CatBoost, symmetric or not.

    A category that no split names is to the trees what an unseen one is, and gets no id, unless all that are
    named are whole numbers below 65,536: then each number is its own id.

    Args:
        model: A `catboost.CatBoostClassifier` or `catboost.CatBoost`.
        pool: The `catboost.Pool` that it was fitted on, or another that holds its categories: the model
            itself knows their hashes only. Needed if splits ask for categories. Defaults to None.

    Raises:
        InputError: If the model has several classes, a loss other than ``Logloss`` and ``CrossEntropy``,
            statistics of the target in place of categories, texts or embeddings; or if the pool lacks a
            category.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.json")
        model.save_model(str(path), format="json", pool=pool)
        facts = json.loads(path.read_text(encoding="utf-8"))
    loss = model.get_all_params()["loss_function"]
    if loss not in ("Logloss", "CrossEntropy"):
        raise InputError(f"a CatBoost model with the loss {loss!r}", expected="two classes (loss Logloss)")
    features = facts["features_info"]
    for kind in ("ctrs", "text_features", "embedding_features"):
        if features.get(kind):
            raise InputError(
                f"a CatBoost model with {kind.replace('ctrs', 'target statistics of categories')}",
                expected="numbers and one-hot categories",
                remedy="fit it with one_hot_max_size=1000, above the number of every column's categories",
            )
    reader = _Reader(features)
    scale, (bias,) = facts["scale_and_bias"]
    trees = [reader.symmetric(tree, scale) for tree in facts.get("oblivious_trees", ())]
    trees += [reader.tree(tree, scale) for tree in facts.get("trees", ())]
    return FittedTrees.of(trees, model.feature_names_, reader.categories, bias)


class _Reader:
    """Reads the splits of a model from the facts about its features."""

    def __init__(self, features: dict[str, Any]) -> None:
        # What a model has none of is null, or not there.
        self.numbers = features.get("float_features") or []
        self.sets = features.get("categorical_features") or []
        names = {each["hash"]: each["value"] for each in features.get("cat_features_hash") or ()}
        self.categories: dict[int, list[str]] = {}
        self.ids: list[dict[int, int]] = []
        for column in self.sets:
            hashes = [each % 2**32 for each in column.get("values") or ()]
            if missing := set(hashes) - set(names):
                raise InputError(
                    f"{len(missing)} categories of which the CatBoost model knows a hash only",
                    column=column["feature_id"],
                    remedy="give the Pool that the model was fitted on, with ``pool``",
                )
            known = sorted(names[each] for each in hashes)
            if all(name in _WHOLE for name in known):
                known = [str(number) for number in range(1 + max(map(int, known), default=-1))]
            self.ids.append({each: known.index(names[each]) for each in hashes})
            self.categories[column["flat_feature_index"]] = known

    def split(self, facts: dict[str, Any]) -> Split:
        """Read a split, which answers by right what CatBoost answers by yes."""
        if facts["split_type"] == "OneHotFeature":
            index = facts["cat_feature_index"]
            thresholds = of_categories([self.ids[index][facts["value"] % 2**32]])
            return Split(self.sets[index]["flat_feature_index"], thresholds, True)
        column = self.numbers[facts["float_feature_index"]]
        missing_left = column["nan_value_treatment"] != "AsTrue"
        return Split(column["flat_feature_index"], [np.float32(facts["border"])], missing_left)

    def symmetric(self, facts: dict[str, Any], scale: float) -> Tree:
        """Read a symmetric tree."""
        splits = [self.split(split) for split in facts.get("splits") or ()]
        return Tree(splits, [scale * value for value in facts["leaf_values"]])

    def tree(self, facts: dict[str, Any], scale: float) -> Tree:
        """Read a tree whose nodes have splits of their own."""

        def read(node: dict[str, Any]) -> float | tuple[Split, Any, Any]:
            if "split" not in node:
                return float(scale * node["value"])
            return self.split(node["split"]), node["left"], node["right"]

        return tree_of(facts, read)
