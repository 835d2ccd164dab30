from __future__ import annotations

import pandas as pd

from intent_tf.data.examples import prepare_examples
from intent_tf.decisions.event_log import clean_log, later_events
from intent_tf.simulator.simulator import simulate


def test_what_was_visible_and_what_came_later_are_the_session() -> None:
    log = clean_log(simulate(40, seed=4))
    examples = prepare_examples(log).examples
    later = later_events(log, examples)
    sizes = log["session_id"].value_counts()
    lengths = examples["events"] + later["event_type"].map(len)
    assert lengths.tolist() == sizes[examples["session_id"]].tolist()
    bought = later["event_type"].map(lambda kinds: int("purchase" in kinds))
    pd.testing.assert_series_equal(bought, examples["purchase"], check_names=False, check_dtype=False)
    joined = [[*seen, *after] for seen, after in zip(examples["item_id"], later["item_id"], strict=True)]
    whole = log.groupby("session_id")["item_id"].apply(sorted)
    assert [sorted(items) for items in joined] == whole[examples["session_id"]].tolist()
