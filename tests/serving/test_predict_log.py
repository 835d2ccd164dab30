"""`predict` and `evaluate` read event logs, and folders that `prepare` wrote, as `train` reads them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import prepare_examples
from intent_tf.errors import InputError
from intent_tf.options.evaluate import EvaluateConfig
from intent_tf.options.predict import PredictConfig
from intent_tf.runs.evaluate import evaluate_file
from intent_tf.runs.predict import predict_file
from intent_tf.simulator.simulator import simulate

DEFINITION = ExampleDefinition(label="action_level")


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    return simulate(60, seed=5)


@pytest.fixture(params=["a log", "a folder as events", "a folder as data"])
def given(request: pytest.FixtureRequest, log: pd.DataFrame, tmp_path: Path) -> dict[str, str]:
    """The log in each of the ways in which the verbs take it."""
    if request.param == "a log":
        log.to_csv(tmp_path / "log.csv", index=False)
        return {"events": str(tmp_path / "log.csv")}
    prepare_examples(log, DEFINITION, out=tmp_path / "examples")
    return {request.param.split()[-1]: str(tmp_path / "examples")}


def test_the_examples_of_a_log_are_predicted(events, log, given, tmp_path, capsys) -> None:
    out = tmp_path / "scored.parquet"
    predict_file(events.folder, PredictConfig(**given, out=str(out)))
    scored = pd.read_parquet(out).sort_values(["session_id", "events"])
    expected = prepare_examples(log).examples.sort_values(["session_id", "events"])
    assert scored["session_id"].tolist() == expected["session_id"].tolist()
    probabilities = events.model.predict(expected)
    np.testing.assert_allclose(scored["intent_strength"], probabilities, rtol=0, atol=1e-6)
    assert f"file: {next(iter(given.values()))}" in capsys.readouterr().out


def test_the_examples_of_a_log_are_evaluated_by_the_label_of_the_training(events, log, given) -> None:
    metrics = evaluate_file(events.folder.parent.parent / "model.keras", EvaluateConfig(**given))
    examples = prepare_examples(log, DEFINITION).examples
    assert metrics.test.rows == len(examples)
    assert metrics.test.rate == pytest.approx((examples["action_level"] == 1).mean())


def test_the_rows_of_a_log_that_are_rejected_are_kept_also_on_failure(events, log, tmp_path) -> None:
    log.assign(timestamp="13.03.2024").to_csv(tmp_path / "log.csv", index=False)
    config = PredictConfig(events=str(tmp_path / "log.csv"), out=str(tmp_path / "out.csv"))
    with pytest.raises(InputError, match=r"rows rejected are in .*out\.csv\.rejected\.csv"):
        predict_file(events.folder, config)
    assert len(pd.read_csv(tmp_path / "out.csv.rejected.csv")) == len(log)
