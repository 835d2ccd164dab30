from __future__ import annotations

import pandas as pd

from intent_tf.decisions.experiments.experiment_table import experiment_table


def test_hand_counted_users() -> None:
    rows = [
        ("ann", 1, "click"),
        ("ann", 2, "purchase"),
        ("bob", 3, "click"),
        ("ann", 4, "click"),
        ("cat", 5, "click"),
        ("cat", 6, "purchase"),
    ]
    log = pd.DataFrame(rows, columns=["user_id", "timestamp", "event_type"]).assign(
        session_id="s", item_id=""
    )
    log["timestamp"] = pd.to_datetime(log["timestamp"], unit="s", utc=True)
    table = experiment_table(log, "coupon", known=0.5)
    found = table[["user_id", "purchase", "events", "events_before"]]
    assert found.to_numpy().tolist() == [["ann", 0, 1, 2], ["cat", 1, 2, 0]]
