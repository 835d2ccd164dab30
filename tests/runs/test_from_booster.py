"""Boosters of others as models like any other: the same probabilities from the same raw columns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import catboost
import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from sklearn.ensemble import HistGradientBoostingClassifier

import intent_tf
from intent_tf.errors import InputError
from intent_tf.runs.from_booster import _model_and_rows
from intent_tf.serving.served_model import ServedModel
from intent_tf.trees import read_trees

COLUMNS = ["pages", "month", "price", "weekday"]


def visits(rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "pages": rng.integers(1, 30, rows),
            "month": rng.choice(["May", "Nov", "Dec", "June"], rows),
            "price": np.where(rng.random(rows) < 0.2, np.nan, rng.lognormal(3, 2, rows)),
            "visitor": rng.integers(50, size=rows),
            "weekday": rng.integers(7, size=rows),
        }
    )
    odds = frame["pages"] / 10 + (frame["month"] == "Nov") + frame["price"].isna() - frame["weekday"] / 5 - 1
    return frame.assign(bought=(rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(int))


def with_categories(frame: pd.DataFrame) -> pd.DataFrame:
    """The columns as libraries take them that know pandas' categories."""
    months = pd.CategoricalDtype(["Nov", "Dec", "May", "June"])
    return frame[COLUMNS].astype({"month": months, "weekday": pd.CategoricalDtype(range(7))})


def with_texts(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[COLUMNS]


def fitted(name: str) -> tuple[Any, Callable[[pd.DataFrame], pd.DataFrame], dict[str, Any]]:
    seen = visits(600, seed=0)
    known, label = with_categories(seen), seen["bought"]
    if name == "lightgbm":
        return lightgbm.LGBMClassifier(n_estimators=30, verbose=-1).fit(known, label), with_categories, {}
    if name == "xgboost":
        booster = xgboost.XGBClassifier(n_estimators=30, enable_categorical=True, tree_method="hist")
        return booster.fit(known, label), with_categories, {}
    if name == "scikit-learn":
        booster = HistGradientBoostingClassifier(max_iter=30, categorical_features="from_dtype")
        return booster.fit(known, label), with_categories, {}
    pool = catboost.Pool(with_texts(seen), label, cat_features=["month", "weekday"])
    booster = catboost.CatBoostClassifier(
        iterations=30, one_hot_max_size=99, verbose=False, allow_writing_files=False
    )
    return booster.fit(pool), with_texts, {"pool": pool}


@pytest.mark.parametrize("name", ["lightgbm", "xgboost", "scikit-learn", "catboost"])
def test_the_graph_says_of_raw_columns_what_the_library_says(name: str) -> None:
    booster, taken, options = fitted(name)
    frame = visits(400, seed=1)
    model, _ = _model_and_rows(read_trees(booster, **options), frame, "bought", {"verbose": False})
    expected = booster.predict_proba(taken(frame))[:, 1]
    np.testing.assert_allclose(model.predict(frame), expected, rtol=0, atol=1e-6)


def test_a_category_that_the_booster_has_not_seen_is_a_missing_one_to_it() -> None:
    booster, taken, _ = fitted("lightgbm")
    frame = visits(300, seed=2)
    model, _ = _model_and_rows(read_trees(booster), frame, "bought", {"verbose": False})
    odd = frame.assign(month="Jan")
    np.testing.assert_allclose(model.predict(odd), booster.predict_proba(taken(odd))[:, 1], rtol=0, atol=1e-6)


def test_a_column_that_the_rows_lack_is_named() -> None:
    booster, _, _ = fitted("lightgbm")
    with pytest.raises(InputError, match="no column 'price'"):
        intent_tf.from_booster(booster, visits(50, seed=1).drop(columns="price"), "bought", "unused")


@pytest.mark.guard
def test_the_version_folder_is_served_and_loaded_like_any_other(tmp_path: Path) -> None:
    booster, _, _ = fitted("lightgbm")
    frame = visits(800, seed=1)
    folder = intent_tf.from_booster(booster, frame, "bought", tmp_path / "shop", verbose=False)
    assert folder == tmp_path / "shop" / "1"
    strength = intent_tf.load_model(folder).predict(frame)
    np.testing.assert_allclose(ServedModel(folder).predict(frame), strength, rtol=0, atol=1e-6)
    assert "LGBMClassifier" in (folder / "report.html").read_text()
