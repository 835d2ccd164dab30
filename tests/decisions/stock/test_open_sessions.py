from __future__ import annotations

import pandas as pd
import pytest

from intent_tf.decisions.stock.open_sessions import open_probabilities
from intent_tf.errors import InputError


def minute(number: float) -> pd.Timestamp:
    return pd.Timestamp(60 * number, unit="s", tz="UTC")


@pytest.fixture
def log() -> pd.DataFrame:
    rows = [
        ("ann", "1", 0, "detail", "a"),
        ("ann", "1", 10, "detail", "b"),
        ("ann", "1", 20, "purchase", "b"),
        ("bob", "2", 5, "detail", "a"),
        ("bob", "2", 12, "search", ""),
        ("bob", "2", 50, "cart", "a"),
        ("cid", "3", 0, "detail", "b"),
    ]
    frame = pd.DataFrame(rows, columns=["user_id", "session_id", "minute", "event_type", "item_id"])
    frame["timestamp"] = frame["minute"].map(minute)
    return frame.assign(text="", query="", price=1.0).sort_values("timestamp", ignore_index=True)


def events(examples: pd.DataFrame) -> pd.Series:
    """A probability that tells how many events were visible."""
    return examples["event_type"].map(len) / 10


def test_open_sessions_count_for_the_item_they_looked_at_last(log: pd.DataFrame) -> None:
    found = open_probabilities(events, log, [minute(15), minute(25), minute(60)], ["a", "b"])
    # at 15: bob has two events and looked at a, ann two and b, cid one and b
    assert found.loc[minute(15)].tolist() == pytest.approx([0.2, 0.3, 0.5])
    # at 25: ann has bought
    assert found.loc[minute(25)].tolist() == pytest.approx([0.2, 0.1, 0.3])
    # at 60: only bob came within half an hour
    assert found.loc[minute(60)].tolist() == pytest.approx([0.3, 0.0, 0.3])


def test_nothing_from_the_moment_on_is_looked_at(log: pd.DataFrame) -> None:
    prediction_times = [minute(12)]
    cut = log[log["timestamp"] < minute(12)]
    pd.testing.assert_frame_equal(
        open_probabilities(events, log, prediction_times, ["a"]),
        open_probabilities(events, cut, prediction_times, ["a"]),
    )


def test_without_open_sessions_the_sums_are_zero(log: pd.DataFrame) -> None:
    assert not open_probabilities(events, log, [minute(300)], ["a"]).to_numpy().any()


def test_no_moments_are_refused(log: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="no prediction times"):
        open_probabilities(events, log, [], ["a"])
