from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from intent_tf.errors import InputError
from intent_tf.trees import from_scikit_learn, read_trees

ROWS = np.arange(120, dtype="float32").reshape(60, 2)


class Own(HistGradientBoostingClassifier):
    """A class of one's own tells the library by what it inherits from."""


@pytest.mark.parametrize("kind", [HistGradientBoostingClassifier, Own])
def test_the_class_of_a_model_tells_the_library(kind):
    model = kind(max_iter=2).fit(ROWS, ROWS[:, 0] > 50)
    assert (read_trees(model).leaves == from_scikit_learn(model).leaves).all()


def test_a_classifier_of_lightgbm_is_not_taken_for_one_of_scikit_learn():
    lightgbm = pytest.importorskip("lightgbm")
    model = lightgbm.LGBMClassifier(n_estimators=2, verbose=-1).fit(ROWS, ROWS[:, 0] > 50)
    assert len(read_trees(model).split_counts) == 2


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (LogisticRegression(), "expected a fitted HistGradientBoostingClassifier"),
        (object(), "expected one of lightgbm, xgboost, catboost, sklearn"),
    ],
)
def test_other_models_are_refused_with_what_is_read(model, message):
    with pytest.raises(InputError, match=message):
        read_trees(model)
