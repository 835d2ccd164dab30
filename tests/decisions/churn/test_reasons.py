from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from intent_tf.decisions.churn.reasons import alarm_reasons, typical_stayer
from intent_tf.errors import InputError


def test_what_adds_most_to_the_risk_comes_first() -> None:
    users = pd.DataFrame(
        {
            "days_silent": [8.0],
            "previous_sessions": [0.0],
            "days_since_last_purchase": [np.nan],
            "event_type": [["click"]],
        }
    )
    typical = pd.Series(
        {
            "days_silent": 2.0,
            "previous_sessions": 4.0,
            "days_since_last_purchase": 3.0,
            "event_type": ["click", "cart", "purchase"],
        }
    )

    def predict(rows: pd.DataFrame) -> pd.Series:
        short = rows["event_type"].map(len) == 1
        return rows["days_silent"] / 100 + 0.3 * short + 0.01 * rows["days_since_last_purchase"].isna()

    assert alarm_reasons(predict, users, typical).tolist() == [
        "the last session (1 events) (+0.30), silent for 8 days (+0.06)"
    ]
    assert alarm_reasons(predict, users, typical, most=3)[0].endswith("no earlier purchase (+0.01)")


@pytest.mark.parametrize(
    ("days", "said"), [(3.0, "3 days"), (1.5, "36 hours"), (0.0625, "90 minutes"), (0.01, "14.4 minutes")]
)
def test_short_times_are_told_in_short_units(days: float, said: str) -> None:
    users = pd.DataFrame({"days_silent": [days]})
    found = alarm_reasons(lambda rows: rows["days_silent"] > 0, users, pd.Series({"days_silent": 0.0}))
    assert found[0] == f"silent for {said} (+1.00)"


def test_the_typical_user_is_the_median_of_those_who_stayed() -> None:
    users = pd.DataFrame({"user_id": list("abcd")})
    assert typical_stayer(users, pd.Series([0, 1, 0, 0]), [0.9, 0.2, 0.1, 0.4])["user_id"] == "d"


def test_nobody_who_stayed_is_an_error() -> None:
    with pytest.raises(InputError, match="nobody came back"):
        typical_stayer(pd.DataFrame({"user_id": ["a"]}), pd.Series([1]), [0.5])
