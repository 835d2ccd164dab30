from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from intent_tf.decisions.experiments.command import run
from intent_tf.errors import InputError
from intent_tf.options.decide import ExperimentConfig, LogConfig


def test_an_effect_that_is_there_is_found_and_written(
    tmp_path: Path, words_drawn: Callable[[Path], set[str]]
) -> None:
    run(LogConfig(sessions=500, out=str(tmp_path)), ExperimentConfig(effect=0.5))
    found = pd.read_csv(tmp_path / "difference.csv", index_col="test")
    assert found.loc["plain", "low"] > 0 and found.loc["CUPED", "low"] > 0
    assert {"plain test at every look", "always-valid test"} <= words_drawn(tmp_path / "peeking.svg")


def test_an_impossible_effect_is_refused() -> None:
    with pytest.raises(InputError, match="effect is 2"):
        ExperimentConfig(effect=2)
