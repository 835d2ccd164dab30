from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from threadpoolctl import threadpool_limits

from intent_tf.errors import InputError
from intent_tf.trees import from_scikit_learn

NUMBERS = ["normal", "rounded", "count", "missing", "tiny"]


@pytest.fixture(autouse=True)
def one_thread():
    with threadpool_limits(1):  # several wait for each other long where others work too
        yield


def fit(frame, label, **options):
    chosen = {"max_iter": 20, "learning_rate": 0.2, "min_samples_leaf": 5, **options}
    return HistGradientBoostingClassifier(**chosen).fit(frame, label)


def probability(model):
    return lambda frame: model.predict_proba(frame)[:, 1]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"max_leaf_nodes": 8},
        {"max_leaf_nodes": 64, "min_samples_leaf": 1},
        {"max_leaf_nodes": None, "min_samples_leaf": 1},
        {"max_bins": 16},
        {"early_stopping": True, "n_iter_no_change": 2},
    ],
    ids=str,
)
@pytest.mark.parametrize("gaps", [False, True])
def test_every_row_gets_the_librarys_probability(options, gaps, seed, table, assert_same):
    frame, label = table(seed)
    frame = frame[["color", *NUMBERS, "size"]]
    if gaps:
        frame["color"] = frame["color"].where(np.arange(len(frame)) % 5 > 0)
    model = fit(frame, label, **options)
    dtypes = {name: frame[name].dtype for name in ("color", "size")}
    assert_same(from_scikit_learn(model), probability(model), **dtypes)


def test_categories_of_an_array_keep_their_values(table, assert_same):
    frame, label = table(3)
    frame = frame[NUMBERS].assign(color=frame["color"].cat.codes.astype("float32") * 10)
    model = fit(frame, label, categorical_features=[5])
    trees = from_scikit_learn(model)
    assert trees.categories[5] == tuple(range(0, 90, 10))
    assert_same(trees, lambda rows: probability(model)(rows.replace("unseen", 777).astype("float32")))


def test_a_split_of_missing_numbers_from_all_others_is_read(assert_same):
    rows = np.where(np.arange(400)[:, None] % 2, np.nan, np.random.default_rng(0).normal(size=(400, 4)))
    model = fit(rows.astype("float32"), np.isnan(rows[:, 0]))
    trees = from_scikit_learn(model)
    assert np.isinf(trees.thresholds).any()
    assert_same(trees, lambda frame: probability(model)(frame.to_numpy()))


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (HistGradientBoostingRegressor(max_iter=2), "a HistGradientBoostingRegressor of scikit-learn"),
        (RandomForestClassifier(2), "a RandomForestClassifier of scikit-learn; expected a fitted Hist"),
    ],
)
def test_other_estimators_are_refused_in_a_sentence(model, message, table):
    frame, label = table(7)
    with pytest.raises(InputError, match=message):
        from_scikit_learn(model.fit(frame[NUMBERS], label))


def test_several_classes_are_refused(table):
    frame, _ = table(7)
    with pytest.raises(InputError, match="3 classes; expected two"):
        from_scikit_learn(fit(frame[NUMBERS], pd.cut(frame["normal"], 3, labels=False)))


def test_a_classifier_that_is_not_fitted_is_refused():
    with pytest.raises(InputError, match="expected a fitted HistGradientBoostingClassifier"):
        from_scikit_learn(HistGradientBoostingClassifier())
