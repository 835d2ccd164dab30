from __future__ import annotations

import pandas as pd
import pytest

from intent_tf.decisions.advertise.funnel import funnel_table
from intent_tf.errors import InputError


def _log(*kinds: str) -> pd.DataFrame:
    times = pd.to_datetime([60 * index for index in range(len(kinds))], unit="s", utc=True)
    return pd.DataFrame(
        {"user_id": "ann", "session_id": "s", "event_type": kinds, "item_id": "7", "timestamp": times}
    )


@pytest.mark.parametrize(
    ("kinds", "labels"),
    [
        (("search", "click", "cart", "purchase"), [[1, 1], [0, 0]]),  # nothing is clicked after the second
        (("search", "search", "purchase", "click"), [[1, 0], [1, 0]]),  # bought before the click
    ],
)
def test_a_purchase_counts_after_a_click(kinds: tuple[str, ...], labels: list[list[int]]) -> None:
    other = _log("search", "detail", "purchase").assign(user_id="bob", session_id="t")
    table = funnel_table(pd.concat([_log(*kinds), other]))
    found = table[table["session_id"] == "s"].head(2)
    assert found[["click", "click_and_purchase"]].values.tolist() == labels


def test_a_log_without_clicks_or_purchases_is_an_error() -> None:
    with pytest.raises(InputError, match="no click follows any of 3 prediction times"):
        funnel_table(_log("search", "search", "search"))
    with pytest.raises(InputError, match="no purchase after a click follows"):
        funnel_table(_log("search", "click", "click"))
