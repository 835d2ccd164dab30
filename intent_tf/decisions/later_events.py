"""What happened in a session after each of its prediction times."""

from __future__ import annotations

import pandas as pd

from intent_tf.data.examples import prepare_examples
from intent_tf.decisions.log_config import WHOLE_SESSIONS


def later_events(log: pd.DataFrame, examples: pd.DataFrame) -> pd.DataFrame:
    """Collect what came after the prediction times of examples, in the order of the log.

    Args:
        log: Events as `clean_log` gives them.
        examples: Prepared from that log: ``session_id`` and ``events`` (how many are visible).

    Returns:
        One row an example, with its index: the lists ``event_type`` and ``item_id`` of the later events of
        its session.

    Example:
        >>> log = pd.DataFrame({"user_id": "ann", "session_id": "s", "item_id": ["7", "8", "8"],
        ...     "event_type": ["click", "detail", "cart"],
        ...     "timestamp": pd.to_datetime([0, 60, 90], unit="s", utc=True)})
        >>> later_events(log, prepare_examples(log).examples)["item_id"].tolist()
        [['8', '8'], ['8']]
    """
    whole = prepare_examples(log, WHOLE_SESSIONS).examples.set_index("session_id")
    columns = {}
    for name in ("event_type", "item_id"):
        of_session = whole[name].to_dict()
        pairs = zip(examples["session_id"], examples["events"], strict=True)
        later = [list(of_session[session][events:]) for session, events in pairs]
        columns[name] = pd.Series(later, examples.index, dtype=object)
    return pd.DataFrame(columns)
