from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from intent_tf.decisions.churn.command import run
from intent_tf.decisions.intent import fit_model
from intent_tf.errors import InputError
from intent_tf.options.decide import ChurnConfig, LogConfig


@pytest.mark.slow
def test_alarms_are_listed_with_reasons_beside_the_baseline(
    tmp_path: Path, words_drawn: Callable[[Path], set[str]]
) -> None:
    folder = run(LogConfig(sessions=600, out=str(tmp_path)), ChurnConfig(horizon=5.0))
    alarms = pd.read_csv(folder / "alarms.csv")
    assert alarms["risk"].is_monotonic_decreasing and alarms["reasons"].str.contains(r"\(\+0\.").any()
    assert set(pd.read_csv(folder / "evaluation.csv", index_col=0).index) == {
        "intent_tf",
        "recency alone",
        "constant rate",
    }
    assert {"intent_tf", "recency alone", "constant rate"} <= words_drawn(folder / "calibration.svg")


def test_a_window_without_positives_teaches_nothing() -> None:
    with pytest.raises(InputError, match=r"all 2 labels 'churned' are 0.*another horizon"):
        fit_model(pd.DataFrame({"churned": [0, 0]}), "churned")


def test_a_horizon_of_no_time_is_refused() -> None:
    with pytest.raises(InputError, match="horizon is 0"):
        ChurnConfig(horizon=0)
