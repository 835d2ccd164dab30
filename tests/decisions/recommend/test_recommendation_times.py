from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from intent_tf.decisions.recommend.recommendation_times import recommendation_times
from intent_tf.errors import InputError

DAY = 86_400


@pytest.fixture
def log(make_log: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    return make_log(
        [
            ("ann", "1", 0, "detail", "hat"),
            ("ann", "1", 60, "purchase", "hat"),
            ("bob", "2", DAY, "detail", "bag"),
            ("ann", "3", 2 * DAY, "search", ""),
            ("ann", "3", 2 * DAY + 9, "detail", "bag"),
            ("ann", "3", 2 * DAY + 30, "detail", "hat"),
            ("ann", "3", 2 * DAY + 60, "cart", "hat"),
            ("ann", "3", 2 * DAY + 90, "detail", "cap"),
        ]
    )


def _third(log: pd.DataFrame, **options: object) -> pd.DataFrame:
    prediction_times = recommendation_times(log, **options)  # type: ignore[arg-type]
    return prediction_times[prediction_times["session_id"] == "3"].reset_index(drop=True)


def test_what_is_wanted_comes_after_the_moment(log: pd.DataFrame) -> None:
    prediction_times = _third(log)
    assert prediction_times["events"].tolist() == [1, 2, 3]
    assert prediction_times["wanted"].tolist() == [["hat"]] * 3


def test_a_view_is_wanted_only_of_items_new_to_the_session(log: pd.DataFrame) -> None:
    prediction_times = _third(log, target="view")
    assert prediction_times["wanted"].tolist() == [["bag", "hat", "cap"], ["hat", "cap"], ["cap"]]
    assert prediction_times["hidden"].tolist() == [["hat"], ["bag", "hat"], ["bag", "hat"]]


def test_history_is_what_the_user_did_in_earlier_sessions(log: pd.DataFrame) -> None:
    assert _third(log)["history"].tolist() == [["hat", "hat"]] * 3


def test_an_item_bought_lately_is_hidden_and_offered_again_later(log: pd.DataFrame) -> None:
    assert _third(log)["hidden"].tolist() == [["hat"]] * 3
    assert _third(log, bought_days=1)["hidden"].tolist() == [[]] * 3
    assert _third(log, bought_days=0)["hidden"].tolist() == [[]] * 3


def test_events_after_the_moment_change_nothing_but_what_is_wanted(log: pd.DataFrame) -> None:
    shorter = log[log["timestamp"] <= pd.Timestamp(2 * DAY + 9, unit="s", tz="UTC")]
    before, after = _third(shorter), _third(log).head(2)
    pd.testing.assert_frame_equal(
        before.drop(columns=["wanted", "purchase"]), after.drop(columns=["wanted", "purchase"])
    )
    assert before["wanted"].tolist() == [[], []]


def test_a_time_after_everything_is_an_error(log: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="no session has a prediction time since 1990"):
        recommendation_times(log, since=pd.Timestamp("1990-01-01", tz="UTC"))
