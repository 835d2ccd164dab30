"""Times at which something is shown, whether a click follows, and whether that leads to a purchase."""

import numpy as np
import pandas as pd

from intent_tf.data.examples import prepare_examples
from intent_tf.decisions.event_log import check_log, later_events
from intent_tf.errors import InputError

CLICK, BOTH = "click", "click_and_purchase"
_CLICKS = ("click", "detail")


def funnel_table(log: pd.DataFrame) -> pd.DataFrame:
    """Take every prediction time before a session's first cart or purchase as an impression of the page.

    Args:
        log: Events as `clean_log` gives them.

    Returns:
        Examples in the order of their prediction times, without ``purchase`` and with two labels of zeros and
        ones: ``click`` (a click or detail view follows in the session) and ``click_and_purchase`` (one does,
        and a purchase after it).

    Raises:
        InputError: If the log is none, or no click follows any prediction time, or no purchase any click.

    Example:
        >>> log = pd.DataFrame({"user_id": "ann", "session_id": "s", "item_id": "7",
        ...     "event_type": ["click", "click", "purchase"],
        ...     "timestamp": pd.to_datetime([0, 60, 90], unit="s", utc=True)})
        >>> funnel_table(log)[["events", "click", "click_and_purchase"]].values.tolist()
        [[1, 1, 1], [2, 0, 0]]
    """
    check_log(log)
    examples = prepare_examples(log).examples.sort_values("prediction_time", kind="stable", ignore_index=True)
    later = later_events(log, examples)["event_type"]
    clicked = later.map(_clicks)
    converted = later.map(
        lambda kinds: "purchase" in kinds and _clicks(kinds[: len(kinds) - kinds[::-1].index("purchase")])
    )
    table = examples.drop(columns="purchase").assign(
        **{CLICK: clicked.astype(np.int64), BOTH: converted.astype(np.int64)}
    )
    for label, what in ((CLICK, "click"), (BOTH, "purchase after a click")):
        if not table[label].any():
            raise InputError(
                f"no {what} follows any of {len(table)} prediction times", expected="at least one"
            )
    return table


def _clicks(kinds: list[str]) -> bool:
    return any(kind in _CLICKS for kind in kinds)
