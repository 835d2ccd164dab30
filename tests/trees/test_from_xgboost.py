from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from intent_tf.errors import InputError
from intent_tf.trees import from_xgboost

xgboost = pytest.importorskip("xgboost")
NUMBERS = ["normal", "rounded", "count", "missing", "tiny"]


def fit(frame, label, **options):
    chosen = {"n_estimators": 20, "max_depth": 4, "learning_rate": 0.3, "n_jobs": 1, **options}
    return xgboost.XGBClassifier(enable_categorical="color" in frame, **chosen).fit(frame, label)


def probability(model):
    return lambda frame: model.predict_proba(frame)[:, 1]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"max_depth": 6, "min_child_weight": 0},
        {"max_depth": 12, "min_child_weight": 0},
        {"max_depth": 0, "grow_policy": "lossguide", "max_leaves": 20},
        {"max_cat_to_onehot": 1},
        {"max_cat_to_onehot": 20},
        {"base_score": 0.2},
        {"scale_pos_weight": 3.0},
        {"max_bin": 8},
        {"num_parallel_tree": 3, "subsample": 0.5},
    ],
    ids=str,
)
def test_every_row_gets_the_librarys_probability(options, seed, table, assert_same):
    frame, label = table(seed)
    model = fit(frame, label, **options)
    dtypes = {name: frame[name].dtype for name in ("color", "size")}
    assert_same(from_xgboost(model), probability(model), finite=True, **dtypes)


@pytest.mark.parametrize("seed", range(3))
def test_pruned_trees_of_exact_thresholds_are_read(seed, table, assert_same):
    frame, label = table(seed)
    model = fit(frame[NUMBERS], label, tree_method="exact", gamma=2.0)
    assert_same(from_xgboost(model), probability(model), finite=True)


def test_categories_that_are_integers_are_their_own_ids(table, assert_same):
    frame, label = table(3)
    rows = frame[NUMBERS].assign(color=frame["color"].cat.codes.astype("float32")).to_numpy()
    types = ["q"] * 5 + ["c"]
    data = xgboost.DMatrix(rows, label, feature_types=types, enable_categorical=True)
    booster = xgboost.train({"objective": "binary:logistic", "max_cat_to_onehot": 1}, data, 20)
    trees = from_xgboost(booster)
    assert trees.categories == (None,) * 5 + (tuple(range(9)),)

    def predict(frame):
        rows = frame.replace("unseen", 777).astype("float32").to_numpy()
        return booster.predict(xgboost.DMatrix(rows, feature_types=types, enable_categorical=True))

    assert_same(trees, predict, finite=True)


def test_of_a_classifier_that_stopped_early_the_best_trees_are_read(table, assert_same):
    frame, label = table(4)
    model = xgboost.XGBClassifier(n_estimators=200, early_stopping_rounds=3, n_jobs=1)
    noisy = np.where(np.arange(500) % 3, label, 1 - label)
    model.fit(frame[NUMBERS], label, eval_set=[(frame[NUMBERS], noisy)], verbose=False)
    trees = from_xgboost(model)
    assert len(trees.split_counts) == model.best_iteration + 1 < model.get_booster().num_boosted_rounds()
    assert_same(trees, probability(model), finite=True)


def test_a_classifier_that_was_saved_and_loaded_is_read_as_it_was(table, tmp_path):
    frame, label = table(4)
    model = xgboost.XGBClassifier(n_estimators=200, early_stopping_rounds=3, n_jobs=1)
    model.fit(frame[NUMBERS], label, eval_set=[(frame[NUMBERS], np.roll(label, 1))], verbose=False)
    model.save_model(tmp_path / "model.json")
    loaded = xgboost.XGBClassifier()
    loaded.load_model(tmp_path / "model.json")
    assert (from_xgboost(loaded).leaves == from_xgboost(model).leaves).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"booster": "dart"}, "booster 'dart'; expected gbtree"),
        ({"booster": "gblinear", "max_depth": None}, "booster 'gblinear'; expected gbtree"),
        ({"missing": -1.0}, "takes -1.0 as missing; expected NaN"),
        ({"objective": "binary:hinge"}, "objective 'binary:hinge'; expected .* two classes"),
        ({"objective": lambda label, score: (score - label, np.ones_like(score))}, "objective 'of its own'"),
        ({"objective": "multi:softprob"}, "objective 'multi:softprob'"),
    ],
)
def test_other_models_are_refused_in_a_sentence(options, message, table):
    frame, label = table(7)
    if options.get("objective") == "multi:softprob":
        label = pd.cut(frame["normal"], 3, labels=False)
    with pytest.raises(InputError, match=message):
        from_xgboost(fit(frame[NUMBERS], label, **options))


def test_a_regressor_is_refused(table):
    frame, label = table(8)
    with pytest.raises(InputError, match="objective 'reg:squarederror'"):
        from_xgboost(xgboost.XGBRegressor(n_estimators=2).fit(frame[NUMBERS], label))
