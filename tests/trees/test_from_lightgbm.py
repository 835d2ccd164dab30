from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from intent_tf.errors import InputError
from intent_tf.trees import from_lightgbm

lightgbm = pytest.importorskip("lightgbm")
NUMBERS = ["normal", "rounded", "count", "missing", "tiny"]


def fit(frame, label, categorical="auto", **options):
    chosen = {"n_estimators": 20, "num_leaves": 31, "learning_rate": 0.2, "min_child_samples": 5, **options}
    model = lightgbm.LGBMClassifier(verbose=-1, n_jobs=1, min_data_per_group=5, **chosen)
    return model.fit(frame, label, categorical_feature=categorical)


def probability(model):
    return lambda frame: model.predict_proba(frame)[:, 1]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"use_missing": False},
        {"zero_as_missing": True},
        {"num_leaves": 8},
        {"num_leaves": 16},
        {"num_leaves": 64, "min_child_samples": 1},
        {"num_leaves": 200, "min_child_samples": 1},
        {"boosting_type": "dart"},
        {"objective": "cross_entropy"},
        {"sigmoid": 2.5},
        {"max_cat_to_onehot": 1, "cat_smooth": 0},
        {"max_cat_to_onehot": 20},
    ],
    ids=str,
)
def test_every_row_gets_the_librarys_probability(options, seed, table, assert_same):
    frame, label = table(seed)
    model = fit(frame, label, **options)
    dtypes = {name: frame[name].dtype for name in ("color", "size")}
    assert_same(from_lightgbm(model), probability(model), **dtypes)


@pytest.mark.parametrize("zero_as_missing", [False, True])
def test_categories_that_are_integers_are_their_own_ids(zero_as_missing, table, assert_same):
    frame, label = table(3)
    frame["color"] = frame["color"].cat.codes.astype("float32") * 2
    model = fit(frame.drop(columns="size"), label, ["color"], zero_as_missing=zero_as_missing)
    trees = from_lightgbm(model)
    assert trees.categories[-1] == tuple(range(17))
    assert_same(trees, lambda rows: probability(model)(rows.replace("unseen", 777).astype("float32")))


def test_a_column_of_one_category_keeps_it(table, assert_same):
    frame, label = table(8)
    frame.insert(0, "single", pd.Categorical(["x"] * len(frame)))
    model = fit(frame, label)
    trees = from_lightgbm(model)
    assert trees.categories[0] == ("x",) and trees.categories[-1] == ("L", "M", "S")
    dtypes = {name: frame[name].dtype for name in ("single", "color", "size")}
    assert_same(trees, probability(model), **dtypes)


def test_ordered_categories_which_lightgbm_takes_as_numbers_are_refused(table):
    frame, label = table(8)
    frame["size"] = frame["size"].cat.as_ordered()
    with pytest.raises(InputError, match="in 2 columns, of which LightGBM takes 1 as such"):
        from_lightgbm(fit(frame, label))


def test_of_a_model_that_stopped_early_the_best_trees_are_read(table, assert_same):
    frame, label = table(4)
    model = lightgbm.LGBMClassifier(n_estimators=200, learning_rate=0.3, verbose=-1, n_jobs=1)
    stop = lightgbm.early_stopping(3, verbose=False)
    noisy = np.where(np.arange(500) % 3, label, 1 - label)
    model.fit(frame[NUMBERS], label, eval_X=frame[NUMBERS], eval_y=noisy, callbacks=[stop])
    trees = from_lightgbm(model)
    assert len(trees.split_counts) == model.best_iteration_ < 200
    assert_same(trees, probability(model))


def test_a_booster_is_read_as_a_classifier_is(table):
    frame, label = table(5)
    model = fit(frame, label)
    assert (from_lightgbm(model.booster_).leaves == from_lightgbm(model).leaves).all()


def test_trees_without_a_split_are_read(table):
    frame, label = table(6, rows=20)
    trees = from_lightgbm(fit(frame[NUMBERS], label, min_child_samples=20))
    assert trees.split_counts.sum() == 0 and len(trees.leaves) == len(trees.split_counts) > 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"linear_tree": True}, "linear trees of LightGBM; expected one value a leaf"),
        ({"boosting_type": "rf", "subsample": 0.5, "subsample_freq": 1}, "random forest.*expected boosted"),
        ({"objective": lambda label, score: (score - label, np.ones_like(score))}, "objective 'none'"),
        ({"objective": "multiclass"}, "objective 'multiclass' and 3 class"),
        ({"objective": "regression"}, "objective 'regression'"),
    ],
)
def test_other_models_are_refused_in_a_sentence(options, message, table):
    frame, label = table(7)
    if options.get("objective") == "multiclass":
        label = pd.cut(frame["normal"], 3, labels=False)
    with pytest.raises(InputError, match=message):
        from_lightgbm(fit(frame[NUMBERS], label, **options))
