"""Trees of any library that is known, by the model alone."""

from collections.abc import Callable
from typing import Any

from intent_tf.errors import InputError
from intent_tf.trees.fitted_trees import FittedTrees
from intent_tf.trees.from_catboost import from_catboost
from intent_tf.trees.from_lightgbm import from_lightgbm
from intent_tf.trees.from_scikit_learn import from_scikit_learn
from intent_tf.trees.from_xgboost import from_xgboost

#: Packages whose models are read.
_READERS: dict[str, Callable[..., FittedTrees]] = {
    "lightgbm": from_lightgbm,
    "xgboost": from_xgboost,
    "catboost": from_catboost,
    "sklearn": from_scikit_learn,
}


def read_trees(model: Any, **options: Any) -> FittedTrees:
    """Read the trees of a fitted binary classifier of LightGBM, XGBoost, CatBoost or scikit-learn.

    Args:
        model: The model; its class, or one that it inherits from, tells the library.
        **options: What the library's own function takes, such as the ``pool`` of `from_catboost`.

    Raises:
        InputError: If the model is of another library, or of a kind that the library's function refuses.
    """
    for kind in type(model).__mro__:
        if (package := kind.__module__.partition(".")[0]) in _READERS:
            return _READERS[package](model, **options)
    raise InputError(f"a model of the class {type(model).__name__}", expected=f"one of {', '.join(_READERS)}")
