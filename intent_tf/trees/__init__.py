"""Trees that other libraries have fitted, read into plain arrays; none of these libraries is imported.

`FittedTrees` describes them in one way; `intent_tf.layers.TreeEnsemble` computes them in the graph.
"""

from intent_tf.trees.fitted_trees import FittedTrees, Split, Tree
from intent_tf.trees.from_catboost import from_catboost
from intent_tf.trees.from_lightgbm import from_lightgbm
from intent_tf.trees.from_scikit_learn import from_scikit_learn
from intent_tf.trees.from_xgboost import from_xgboost
from intent_tf.trees.read_trees import read_trees

__all__ = [
    "FittedTrees",
    "Split",
    "Tree",
    "from_catboost",
    "from_lightgbm",
    "from_scikit_learn",
    "from_xgboost",
    "read_trees",
]
