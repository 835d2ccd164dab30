"""`python -m intent_tf.compare`, in small real runs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from intent_tf.compare import main
from intent_tf.errors import InputError
from intent_tf.options.compare import CompareConfig
from intent_tf.options.preprocessing import PreprocessingConfig
from intent_tf.options.source import SourceConfig
from intent_tf.options.training import TrainingConfig
from intent_tf.runs.compare import compare_models


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table whose label follows from a number, with a user to group by."""
    rng = np.random.default_rng(0)
    pages = rng.integers(1, 30, size=300)
    bought = rng.uniform(size=300) < pages / 30
    frame = pd.DataFrame(
        {
            "pages": pages + rng.normal(size=300),
            "month": rng.choice(["May", "Nov"], 300),
            "user_id": [f"user {number}" for number in rng.integers(120, size=300)],
            "bought": bought.astype(int),
        }
    )
    path = tmp_path_factory.mktemp("data") / "visits.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def compared(visits: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a comparison of all models on two folds."""
    for package in ("lightgbm", "catboost", "xgboost"):
        pytest.importorskip(package, reason="needs intent_tf[compare]")
    out = tmp_path_factory.mktemp("compared")
    main(
        [
            "--data",
            str(visits),
            "--label",
            "bought",
            "--group",
            "user_id",
            "--folds",
            "2",
            "--out",
            str(out),
            "--epochs",
            "2",
            "--ensemble-size",
            "2",
            "--parts",
            "network",
        ]
    )
    return out


@pytest.mark.guard
def test_one_command_compares_all_models_on_a_table(compared: Path) -> None:
    found = json.loads((compared / "comparison.json").read_text())
    assert set(found["models"]["all"]) == {
        "intent_tf",
        "lightgbm",
        "catboost",
        "xgboost",
        "mean_of_boosters",
        "hist_gradient_boosting",
        "logistic_regression",
        "constant_rate",
    }


@pytest.mark.guard
def test_every_row_is_tested_once(compared: Path) -> None:
    assert json.loads((compared / "comparison.json").read_text())["rows"] == 300


@pytest.mark.guard
def test_every_rival_learns(compared: Path) -> None:
    models = json.loads((compared / "comparison.json").read_text())["models"]["all"]
    for name in ("lightgbm", "catboost", "xgboost", "logistic_regression"):
        assert models[name]["auroc"]["mean"] > 0.7, name


@pytest.mark.guard
def test_the_page_is_written(compared: Path) -> None:
    assert "mean_of_boosters" in (compared / "comparison.html").read_text()


def test_boosters_stay_away_from_a_table_of_texts(tmp_path: Path) -> None:
    texts = ["love this hat", "bad cap", "love it", "so bad"] * 20
    frame = pd.DataFrame(
        {"review": [f"{text} {i % 7}" for i, text in enumerate(texts)], "bought": [1, 0] * 40}
    )
    frame.to_csv(tmp_path / "reviews.csv", index=False)
    source = SourceConfig(data=str(tmp_path / "reviews.csv"), label="bought", kinds={"review": "text"})
    config = CompareConfig(
        folds=1, models=("lightgbm", "logistic_regression"), out=str(tmp_path / "compared")
    )
    found = compare_models(source, PreprocessingConfig(), TrainingConfig(), config)
    assert set(found.models["all"]) == {"logistic_regression"}


def test_an_unknown_model_is_refused(visits: Path, tmp_path: Path) -> None:
    source = SourceConfig(data=str(visits), label="bought")
    with pytest.raises(InputError, match="no model 'lightbgm'"):
        config = CompareConfig(models=("lightbgm",), out=str(tmp_path))
        compare_models(source, PreprocessingConfig(), TrainingConfig(), config)


def compared_by(source: SourceConfig, out: Path, folds: int | None = None) -> dict[str, object]:
    config = CompareConfig(folds=folds, models=("logistic_regression", "constant_rate"), out=str(out))
    compare_models(source, PreprocessingConfig(), TrainingConfig(), config)
    return json.loads((out / "comparison.json").read_text())


def test_test_rows_that_are_given_are_those_compared_on(visits: Path, tmp_path: Path) -> None:
    table = pd.read_csv(visits)
    table.iloc[:80].to_csv(tmp_path / "test.csv", index=False)
    table.iloc[80:].to_csv(tmp_path / "visits.csv", index=False)
    source = SourceConfig(
        data=str(tmp_path / "visits.csv"), label="bought", test_data=str(tmp_path / "test.csv")
    )
    found = compared_by(source, tmp_path / "out")
    assert (found["folds"], found["rows"]) == (1, 80)


def test_with_a_column_of_times_the_latest_rows_are_those_compared_on(visits: Path, tmp_path: Path) -> None:
    table = pd.read_csv(visits).assign(when=lambda frame: np.arange(len(frame)))
    table.to_csv(tmp_path / "visits.csv", index=False)
    source = SourceConfig(data=str(tmp_path / "visits.csv"), label="bought", time="when")
    found = compared_by(source, tmp_path / "out")
    assert (found["folds"], found["rows"]) == (1, 60)


@pytest.mark.parametrize("given", [{"time": "pages"}, {"test_data": "visits"}], ids=["time", "test data"])
def test_folds_beside_given_test_rows_are_refused(
    visits: Path, tmp_path: Path, given: dict[str, str]
) -> None:
    if "test_data" in given:
        given = {"test_data": str(visits)}
    source = SourceConfig(data=str(visits), label="bought", **given)
    with pytest.raises(InputError, match="3 folds, where --t"):
        compared_by(source, tmp_path / "out", folds=3)
