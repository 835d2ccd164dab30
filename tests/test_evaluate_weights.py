"""`evaluate` counts every row by its weight: by the training's column, unless another is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from intent_tf.columns.prepared import preprocess_data
from intent_tf.data.predictions import Predictions
from intent_tf.errors import InputError
from intent_tf.evaluation.metrics import evaluate
from intent_tf.models.build import build_feature_extractor, build_model, build_predictor
from intent_tf.models.intent_model import IntentModel
from intent_tf.options.evaluate import EvaluateConfig
from intent_tf.runs.evaluate import evaluate_file


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """A table whose weights count the buyers for little."""
    rng = np.random.default_rng(0)
    label = rng.integers(0, 2, 200)
    return pd.DataFrame(
        {
            "pages": label + rng.normal(size=200),
            "bought": label,
            "weight": np.where(label, 1.0, 1 / 0.3),
            "other": rng.uniform(0.5, 2, 200),
        }
    )


@pytest.fixture(scope="module")
def model(table: pd.DataFrame) -> IntentModel:
    """A model as it is before training."""
    data = preprocess_data(table, "bought", kinds={"pages": "number"}, drop=["other"], weight="weight")
    return build_model(data, build_feature_extractor(data), build_predictor(prior=0.2))


@pytest.fixture(scope="module")
def file(model: IntentModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "model.keras"
    model.save(path)
    return path


def figures(
    file: Path, table: pd.DataFrame, folder: Path, **options: str
) -> tuple[float, float, float | None]:
    table.to_csv(folder / "table.csv", index=False)
    config = EvaluateConfig(data=str(folder / "table.csv"), threshold=0.5, **options)  # type: ignore[arg-type]
    metrics = evaluate_file(file, config)
    return metrics.test.log_loss, metrics.test.rate, metrics.baselines["constant_rate"].log_loss


def expected(model: IntentModel, table: pd.DataFrame, weight: object) -> tuple[float, float, float]:
    predictions = Predictions(table["bought"], model.predict(table), weight)  # type: ignore[arg-type]
    rate = predictions.labels.rate
    constant = evaluate(Predictions.of(predictions.labels, np.full(len(table), rate)))
    return evaluate(predictions).log_loss, rate, constant.log_loss


def test_the_training_weights_count(
    model: IntentModel, file: Path, table: pd.DataFrame, tmp_path: Path
) -> None:
    found = figures(file, table, tmp_path)
    assert found == pytest.approx(expected(model, table, table["weight"]), abs=1e-6)
    assert found[1] < 0.35 < table["bought"].mean()


def test_another_column_may_hold_the_weights(
    model: IntentModel, file: Path, table: pd.DataFrame, tmp_path: Path
) -> None:
    found = figures(file, table, tmp_path, weight="other")
    assert found == pytest.approx(expected(model, table, table["other"]), abs=1e-6)


def test_a_table_without_the_training_weights_is_told(
    model: IntentModel,
    file: Path,
    table: pd.DataFrame,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = figures(file, table.drop(columns="weight"), tmp_path)
    assert found == pytest.approx(expected(model, table, np.ones(200)), abs=1e-6)
    assert "no column 'weight' of sample weights" in capsys.readouterr().out


def test_weights_that_are_asked_for_must_be_there(file: Path, table: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column 'wieght'"):
        figures(file, table, tmp_path, weight="wieght")


@pytest.mark.parametrize("value", [0, -1.5, None, "heavy", np.inf])
def test_a_weight_that_cannot_be_is_told_with_its_row(
    value: object, file: Path, table: pd.DataFrame, tmp_path: Path
) -> None:
    spoilt = table.astype({"weight": object})
    spoilt.loc[7, "weight"] = value
    with pytest.raises(InputError, match=r"table.csv, row .*column 'weight': found .*a positive weight"):
        figures(file, spoilt, tmp_path)


def test_training_stops_by_weighted_figures(model: IntentModel, table: pd.DataFrame) -> None:
    """What early stopping watches is what `evaluate` of the model gives."""
    data = preprocess_data(table, "bought", kinds={"pages": "number"}, drop=["other"], weight="weight")
    found = model.evaluate(data.train, return_dict=True, verbose=0)
    label, probability = data.train.label, model.predict(data.train)
    weighted = evaluate(Predictions(label, probability, data.train.weight))
    assert found["log_loss"] == pytest.approx(weighted.log_loss, abs=1e-5)
    assert weighted.log_loss != pytest.approx(
        evaluate(Predictions.unweighted(label, probability)).log_loss, abs=1e-3
    )


def test_a_model_made_of_another_is_judged_alike(model: IntentModel, table: pd.DataFrame) -> None:
    data = preprocess_data(table, "bought", kinds={"pages": "number"}, drop=["other"], weight="weight")
    other = model.with_calibration(None, 0.5)
    figures = [each.evaluate(data.train, return_dict=True, verbose=0)["log_loss"] for each in (model, other)]
    assert figures[0] == pytest.approx(figures[1])
