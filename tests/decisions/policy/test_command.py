from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from intent_tf.decisions.policy.command import run
from intent_tf.decisions.policy.decision_table import simulated_decisions
from intent_tf.errors import InputError
from intent_tf.options.decide import LogConfig, PolicyConfig
from intent_tf.simulator.trial import simulate_trial


def test_a_log_without_actions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a log and a table of actions belong together"):
        run(LogConfig(log="log.csv", out=str(tmp_path)), PolicyConfig())


@pytest.mark.slow
def test_the_simulated_shop_is_acted_on_and_its_truth_told(
    tmp_path: Path, words_drawn: Callable[[Path], set[str]]
) -> None:
    folder = run(LogConfig(sessions=400, out=str(tmp_path)), PolicyConfig(trial_sessions=2000, runs=2))
    assert pd.read_csv(folder / "off_policy.csv")["truth"].between(1, 5).all()
    assert set(pd.read_csv(folder / "regret.csv")["policy"]) == {
        "uniform",
        "greedy on probability",
        "LinUCB",
    }
    assert {"LinUCB", "oracle"} <= words_drawn(folder / "regret.svg")


@pytest.mark.slow
def test_a_log_with_its_own_actions_is_evaluated(tmp_path: Path) -> None:
    log, _ = simulate_trial(1500, seed=1)
    log.to_parquet(tmp_path / "log.parquet")
    decisions = simulated_decisions(1500, seed=1)[0]
    names = ["session_id", "events", "action", "propensity", "reward"]
    decisions[names].to_csv(tmp_path / "actions.csv", index=False)
    config = PolicyConfig(actions=str(tmp_path / "actions.csv"))
    folder = run(LogConfig(log=str(tmp_path / "log.parquet"), out=str(tmp_path / "out")), config)
    found = pd.read_csv(folder / "off_policy.csv", index_col="policy")
    assert "truth" not in found and found.loc["uniform", "ips_low"] < found.loc["uniform", "ips_high"]
    assert (folder / "off_policy.svg").exists()
