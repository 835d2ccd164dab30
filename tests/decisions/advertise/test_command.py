from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from intent_tf.decisions.advertise.command import run
from intent_tf.errors import InputError
from intent_tf.options.decide import AdvertiseConfig, LogConfig


@pytest.mark.slow
def test_rates_bids_targets_and_plot_are_written(
    tmp_path: Path, words_drawn: Callable[[Path], set[str]]
) -> None:
    run(LogConfig(sessions=400, out=str(tmp_path)), AdvertiseConfig(trial_sessions=1500))
    rates = pd.read_csv(tmp_path / "rates.csv")
    assert rates[["ctr", "cvr", "ctcvr"]].notna().all(axis=None)
    assert "probability" in pd.read_csv(tmp_path / "bids.csv")["way"].tolist()
    targeting = pd.read_csv(tmp_path / "targeting.csv", index_col="way")
    assert targeting["true_qini"].idxmax() == "true effect"
    assert set(targeting.index) <= words_drawn(tmp_path / "targeting.svg")


@pytest.mark.parametrize("wrong", [{"known": 1}, {"treated": 0}, {"value": 0}, {"budget": -1}])
def test_impossible_options_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError):
        AdvertiseConfig(**wrong)
