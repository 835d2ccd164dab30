from __future__ import annotations

import pandas as pd
import pytest

from intent_tf.errors import InputError
from intent_tf.trees import from_catboost

catboost = pytest.importorskip("catboost")
NUMBERS = ["normal", "rounded", "count", "missing", "tiny"]


def pool_of(frame, label):
    sets = [name for name in ("color", "size") if name in frame]
    return catboost.Pool(frame.astype(dict.fromkeys(sets, str)), label, cat_features=sets)


def fit(pool, **options):
    chosen = {"iterations": 20, "depth": 4, "learning_rate": 0.3, "one_hot_max_size": 100, **options}
    return catboost.CatBoostClassifier(
        thread_count=1, verbose=False, allow_writing_files=False, **chosen
    ).fit(pool)


def probability(model):
    def predict(frame):
        # CatBoost wants each category as a string; a missing one is one that it has not seen.
        sets = {name: frame[name].fillna("unseen") for name in ("color", "size") if name in frame}
        return model.predict_proba(frame.assign(**sets))[:, 1]

    return predict


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"depth": 1},
        {"depth": 8},
        {"depth": 10},
        {"nan_mode": "Max"},
        {"loss_function": "CrossEntropy"},
        {"scale_pos_weight": 3.0},
        {"boost_from_average": True},
        {"grow_policy": "Depthwise", "depth": 6},
        {"grow_policy": "Lossguide", "max_leaves": 25},
    ],
    ids=str,
)
def test_every_row_gets_the_librarys_probability(options, seed, table, assert_same):
    frame, label = table(seed)
    pool = pool_of(frame, label)
    model = fit(pool, **options)
    assert_same(from_catboost(model, pool), probability(model))


def test_missing_numbers_where_training_had_none_are_the_lowest(table, assert_same):
    frame, label = table(3)
    model = fit(pool_of(frame[["normal", "rounded", "tiny"]], label))
    assert_same(from_catboost(model), probability(model))


def test_categories_are_the_names_that_splits_ask_for(table):
    frame, label = table(4)
    pool = pool_of(frame, label)
    trees = from_catboost(fit(pool), pool)
    assert trees.categories[:5] == (None,) * 5
    assert set(trees.categories[5]) <= set(frame["color"].cat.categories) and len(trees.categories[5]) > 2


def test_categories_that_are_whole_numbers_are_their_own_ids(table, assert_same):
    frame, label = table(6)
    frame = frame.drop(columns="size").assign(color=frame["color"].cat.codes * 2 + 1)
    pool = pool_of(frame, label)
    model = fit(pool, depth=6)
    trees = from_catboost(model, pool)
    assert (
        trees.categories[5] == tuple(map(str, range(len(trees.categories[5]))))
        and len(trees.categories[5]) > 9
    )
    assert_same(trees, probability(model))


def test_categories_without_the_pool_are_refused_with_what_to_do(table):
    frame, label = table(5)
    with pytest.raises(InputError, match=r"column 'color'.* a hash only. Give the Pool"):
        from_catboost(fit(pool_of(frame, label)))


@pytest.mark.parametrize(
    ("options", "columns", "message"),
    [
        ({"one_hot_max_size": 2}, [*NUMBERS, "color"], "target statistics of categories.*one_hot_max_size"),
        ({"loss_function": "Focal:focal_alpha=0.5;focal_gamma=1"}, NUMBERS, "the loss 'Focal.*two classes"),
        ({"loss_function": "MultiClass"}, NUMBERS, "the loss 'MultiClass'"),
    ],
)
def test_other_models_are_refused_in_a_sentence(options, columns, message, table):
    frame, label = table(7)
    if options.get("loss_function") == "MultiClass":
        label = pd.cut(frame["normal"], 3, labels=False)
    pool = pool_of(frame[columns], label)
    with pytest.raises(InputError, match=message):
        from_catboost(fit(pool, **options), pool)
