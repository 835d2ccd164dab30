from __future__ import annotations

import pandas as pd
import pytest

from intent_tf.decisions.event_log import split_by_time
from intent_tf.errors import InputError


def _log(seconds: list[int]) -> pd.DataFrame:
    times = pd.to_datetime(seconds, unit="s", utc=True)
    return pd.DataFrame(
        {"user_id": "a", "session_id": "s", "event_type": "click", "item_id": "", "timestamp": times}
    )


def test_events_of_one_instant_stay_on_one_side() -> None:
    past, future = split_by_time(_log([1, 2, 2, 2]), 0.5)
    assert (len(past), len(future)) == (1, 3)


def test_a_log_of_one_instant_cannot_be_split() -> None:
    with pytest.raises(InputError, match="no event is before"):
        split_by_time(_log([5, 5]))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InputError, match="no column 'item_id'"):
        split_by_time(_log([1, 2]).drop(columns="item_id"))
