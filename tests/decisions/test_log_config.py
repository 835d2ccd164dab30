from __future__ import annotations

import pandas as pd
import pytest

from intent_tf.decisions.event_log import clean_log, read_log
from intent_tf.errors import InputError
from intent_tf.options.decide import LogConfig
from intent_tf.simulator.simulator import simulate


def test_a_clean_simulated_log_has_the_events_of_the_simulator() -> None:
    log = simulate(60, seed=1)
    keys = ["session_id", "timestamp", "event_type", "item_id", "text", "query", "price"]
    found = clean_log(log)[keys].sort_values(keys, ignore_index=True)
    expected = log[keys].sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_bots_and_double_fired_events_are_gone() -> None:
    times = [0.0, 0.5, 100.0, *(200 + step / 20 for step in range(12))]
    users = ["ann"] * 3 + ["bot"] * 12
    log = pd.DataFrame({"user_id": users, "timestamp": times, "event_type": "detail"})
    log["item_id"] = ["7"] * 3 + list("abcdefghijkl")
    assert clean_log(log)["user_id"].tolist() == ["ann", "ann"]


def test_an_unknown_adapter_is_named_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"no adapter 'rees64'.*rees46"):
        read_log(LogConfig(log="log.csv", adapter="rees64"))
