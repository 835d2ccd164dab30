"""Small logs, shared by the tests of recommendations."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import pytest

Event = tuple[str, str, float, str, str]


def make_log(events: Sequence[Event], titles: dict[str, str] | None = None) -> pd.DataFrame:
    """A log of ``(user, session, seconds, event_type, item)``; an item costs its length in letters."""
    log = pd.DataFrame(events, columns=["user_id", "session_id", "timestamp", "event_type", "item_id"])
    log["text"] = log["item_id"].map(lambda item: (titles or {}).get(item, ""))
    price = log["item_id"].str.len().astype(float)
    log = log.assign(query="", price=price.where(price > 0))
    log["timestamp"] = pd.to_datetime(log["timestamp"], unit="s", utc=True)
    return log.sort_values("timestamp", kind="stable", ignore_index=True)


@pytest.fixture(scope="session", name="make_log")
def _make_log() -> Callable[..., pd.DataFrame]:
    return make_log
