from __future__ import annotations

import pandas as pd
import pytest

from intent_tf.decisions.churn.churn_examples import churn_examples, snapshots, users_at
from intent_tf.errors import InputError

DAY = pd.Timedelta(days=1)


def day(number: float) -> pd.Timestamp:
    return pd.Timestamp(number * 86_400, unit="s", tz="UTC")


@pytest.fixture
def log() -> pd.DataFrame:
    rows = [
        ("ann", 0, "click"),
        ("ann", 3, "purchase"),
        ("ann", 6, "click"),
        ("bob", 1, "click"),
        ("cid", 9, "cart"),
    ]
    frame = pd.DataFrame(rows, columns=["user_id", "day", "event_type"]).assign(item_id="7")
    frame["session_id"] = frame["user_id"] + frame["day"].astype(str)
    frame["timestamp"] = pd.to_datetime(frame["day"], unit="D", utc=True)
    return frame.drop(columns="day").sort_values("timestamp", ignore_index=True)


def test_who_comes_back_within_the_horizon_has_not_churned(log: pd.DataFrame) -> None:
    found = churn_examples(log, day(4), 3 * DAY, 10 * DAY).set_index("user_id")
    assert found["churned"].to_dict() == {"ann": 0, "bob": 1}
    assert churn_examples(log, day(4), DAY, 10 * DAY)["churned"].tolist() == [1, 1]


def test_nothing_after_the_moment_is_known(log: pd.DataFrame) -> None:
    whole, cut = users_at(log, day(4), 10 * DAY), users_at(log[log["timestamp"] < day(4)], day(4), 10 * DAY)
    pd.testing.assert_frame_equal(whole, cut)
    ann = whole.set_index("user_id").loc["ann"]
    assert (
        list(ann["event_type"]) == ["purchase"] and ann["days_silent"] == 1 and ann["previous_sessions"] == 1
    )


def test_users_silent_for_too_long_are_given_up(log: pd.DataFrame) -> None:
    assert users_at(log, day(4), 2 * DAY)["user_id"].tolist() == ["ann"]
    with pytest.raises(InputError, match="no user was active"):
        users_at(log, day(30), DAY)


def test_a_horizon_past_the_logs_end_is_refused(log: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="the horizon ends at"):
        churn_examples(log, day(8), 3 * DAY, 10 * DAY)


def test_a_log_shorter_than_two_horizons_is_refused(log: pd.DataFrame) -> None:
    with pytest.raises(InputError, match=r"has 1 prediction times.*shorter horizon"):
        snapshots(log, 5 * DAY)


def test_no_outcome_is_known_later_than_the_moment_to_foretell(log: pd.DataFrame) -> None:
    *earlier, last = snapshots(log, 2 * DAY, count=4)
    assert all(prediction_time + 2 * DAY <= last for prediction_time in earlier) and last == day(7)
