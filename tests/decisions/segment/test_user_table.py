from __future__ import annotations

import pandas as pd
import pytest

from intent_tf.decisions.segment.user_table import user_table
from intent_tf.errors import InputError


@pytest.fixture
def log() -> pd.DataFrame:
    rows = [
        ("ann", "1", 0, "click", 4.0),
        ("ann", "1", 60, "purchase", 4.0),
        ("ann", "2", 86_400, "purchase", 6.0),
        ("bob", "3", 86_400, "search", None),
    ]
    columns = ["user_id", "session_id", "timestamp", "event_type", "price"]
    frame = pd.DataFrame(rows, columns=columns).assign(item_id="7")
    frame["timestamp"] = pd.to_datetime(frame["timestamp"], unit="s", utc=True)
    return frame


@pytest.fixture
def probabilities() -> pd.DataFrame:
    times = pd.to_datetime([0, 80_000], unit="s", utc=True)
    return pd.DataFrame({"user_id": "ann", "prediction_time": times, "intent_strength": [0.2, 0.6]})


def test_hand_counted_users(log: pd.DataFrame, probabilities: pd.DataFrame) -> None:
    table = user_table(log, probabilities, pd.Timestamp(2 * 86_400, unit="s", tz="UTC"))
    assert table.loc["ann"].tolist() == [1.0, 2.0, 10.0, 0.6]
    assert table.loc["bob"].tolist() == [1.0, 1.0, 0.0, 0.6]  # never scored: the median


def test_nothing_after_the_moment_is_known(log: pd.DataFrame, probabilities: pd.DataFrame) -> None:
    table = user_table(log, probabilities, pd.Timestamp(43_200, unit="s", tz="UTC"))
    assert table.index.tolist() == ["ann"] and table.loc["ann", ["money", "probability"]].tolist() == [
        4.0,
        0.2,
    ]


def test_a_moment_before_everything_is_an_error(log: pd.DataFrame, probabilities: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="0 events"):
        user_table(log, probabilities, pd.Timestamp(-1, unit="s", tz="UTC"))
