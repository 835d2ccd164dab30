"""`python -m intent_tf.evaluate` on a SavedModel beside which no file tells the label."""

from __future__ import annotations

from pathlib import Path

import pytest

from intent_tf.data.predictions import Predictions
from intent_tf.errors import InputError
from intent_tf.evaluation.metrics import evaluate
from intent_tf.options.evaluate import EvaluateConfig
from intent_tf.runs.evaluate import evaluate_file


@pytest.fixture
def data(tiny, tmp_path: Path) -> str:
    tiny.rows.replace({"bought": {0: "left", 1: "bought"}}).to_csv(tmp_path / "rows.csv", index=False)
    return str(tmp_path / "rows.csv")


def test_a_label_that_nothing_tells_is_asked_for(tiny, data: str) -> None:
    with pytest.raises(InputError, match=r"does not tell its label; expected --label COLUMN"):
        evaluate_file(tiny.folder, EvaluateConfig(data=data))


def test_the_figures_are_those_of_the_model(tiny, data: str) -> None:
    metrics = evaluate_file(tiny.folder, EvaluateConfig(data=data, label="bought", threshold=0.4)).test
    expected = evaluate(Predictions.unweighted(tiny.rows["bought"], tiny.probabilities), 0.4)
    assert metrics.log_loss == pytest.approx(expected.log_loss, rel=0, abs=1e-6)
    assert metrics.confusion_matrix == expected.confusion_matrix


def test_a_threshold_that_nothing_tells_is_noted(tiny, data: str, capsys: pytest.CaptureFixture[str]) -> None:
    metrics = evaluate_file(tiny.folder, EvaluateConfig(data=data, label="bought")).test
    assert metrics.threshold == 0.5
    assert "note: " in (printed := capsys.readouterr().out) and "--threshold" in printed


def test_rows_without_a_label_are_not_evaluated_and_every_label_is_told(
    tiny, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = ["bought", "left", " ", None, "NA", *["left", "Bought"] * 40]
    rows = tiny.rows[: len(labels)].assign(bought=labels)
    rows.to_parquet(tmp_path / "rows.parquet")
    config = EvaluateConfig(data=str(tmp_path / "rows.parquet"), label="bought")
    assert evaluate_file(tiny.folder, config).test.rows == 82
    told = capsys.readouterr().out
    for line in ("rows: 85", "rows excluded: without a label: 3", "label 'Bought' is 1: 40"):
        assert f"  {line}\n" in told


def test_another_value_may_be_the_purchase(tiny, data: str) -> None:
    config = EvaluateConfig(data=data, label="bought", positive="left")
    assert evaluate_file(tiny.folder, config).test.positives == (tiny.rows["bought"] == 0).sum()
