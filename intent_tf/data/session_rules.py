"""What a session is, as data: the SQL of both engines and the live reducer are made from these rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

#: In the order in which events of the same instant are taken to have happened.
EVENT_TYPES = ("search", "browse", "click", "detail", "cart", "purchase")
IDS, TEXTS, NUMBERS = ("user_id", "session_id", "item_id"), ("text", "query"), ("price", "quantity")
#: What an event may have, by our names; ``row_order`` is the log's own order of events of the same instant.
EVENT_COLUMNS = ("user_id", "session_id", "timestamp", "event_type", "item_id", *TEXTS, *NUMBERS, "row_order")

#: A total order of the events of a session: events alike in all of this are alike in their examples, too.
ORDER = ("micros", "row_order", "type_rank", "event_type", "item_id", *TEXTS, *NUMBERS)
#: An event within the window of an earlier one that is alike in this is a duplicate.
EQUAL = ("event_type", "item_id", *TEXTS, "price")

#: Words that mean that nothing is there, in any column, whatever their case.
MISSING = ("", "null", "none", "nan", "na", "n/a", "#n/a", "\\n", "(not set)", "undefined", "<null>", "<na>")
#: What means so where an id is expected, beside them.
NO_IDS = ("-", "-1", "00000000-0000-0000-0000-000000000000", "0" * 32)
LONGEST_ID = 256

#: After lower case: letters that alphabets write differently at a word's end or without case.
FOLDED = {"ς": "σ", "i\u0307": "i", "ı": "i"}

MICROS = 1_000_000
DAY = 86_400 * MICROS
#: Earliest time of an event, 1990-01-01; latest is tomorrow.
EARLIEST = 631_152_000 * MICROS
ISO_TIME = r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}([.]\d{1,9})?)?( ?(Z|UTC)| ?[+-]\d{2}(:?\d{2})?)?)?$"
NUMBER = r"^[+-]?(\d+([.]\d*)?|[.]\d+)([eE][+-]?\d{1,3})?$"
_DATE = r"(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"
#: Dates that are written as digits only, with their `strptime` pattern.
DIGITS = {
    rf"^{_DATE}$": "%Y%m%d",
    rf"^{_DATE}([01]\d|2[0-3])[0-5]\d$": "%Y%m%d%H%M",
    rf"^{_DATE}([01]\d|2[0-3])[0-5]\d[0-5]\d$": "%Y%m%d%H%M%S",
}
#: Month and day without a year.
MONTH_DAY = r"^(0?[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$"
#: Numbers below the first are seconds, below the others milli-, micro- and else nanoseconds since 1970.
FACTORS = {1e11: 1e6, 1e14: 1e3, 1e17: 1.0, float("inf"): 1e-3}
#: Below this, seconds are counted from a beginning of the log's own.
RELATIVE = 1e8
#: Days since 1899-12-30, as Excel counts them: of the years from 1990 to 2099.
EXCEL, EXCEL_1970 = (32_874, 73_051), 25_569
#: The year of a time whose format names none: one with a 29th of February.
NO_YEAR = 1972

Numbers = Literal["any", "epoch", "relative", "excel"]
"""What the numbers of a timestamp count: by their size since 1970 (``any`` if the log had none, so that small
ones may be relative), seconds since some time, or Excel's days."""

#: Fewest events that show a bot's speed, and the shortest time in seconds that a speed is measured over.
FEWEST_OF_BOT, SHORTEST = 10, 1.0
#: Lines of an order: such an event so shortly after another one, in microseconds, is the same act.
ORDER_LINE, SAME_ACT = "purchase", MICROS
#: Clocks that tick slowly, in microseconds.
TICKS = {DAY: "days", 3600 * MICROS: "hours", 60 * MICROS: "minutes"}

#: So many user ids may share a given session, one before and one after a login, with no longer pause between
#: them than ends a session. All others that come have a session of that name of their own.
USERS_OF_A_SESSION = 2

#: What is known of the shopper when a session begins.
HISTORY = (
    "previous_sessions",
    "previous_events",
    "previous_purchases",
    "days_since_last_session",
    "days_since_last_purchase",
)


@dataclass(frozen=True)
class SessionRules:
    """How the log that a model learnt from was read; its live sessions are read likewise.

    Args:
        event_types: What each event type of the log became, by its folded name.
        numbers: What the numbers of its timestamps count.
        time_format: The `strptime` pattern of the timestamps, if they have one.
        timezone: The time zone of timestamps that name none.
        max_events: Events kept of a session, the last ones.
        double_fire_window: Seconds within which an equal event is a duplicate.

    Example:
        >>> SessionRules({"view": "detail"}).meant("View")
        'detail'
    """

    event_types: Mapping[str, str] = field(default_factory=dict)
    numbers: Numbers = "any"
    time_format: str = ""
    timezone: str = "UTC"
    max_events: int = 200
    double_fire_window: float = 1.0

    def meant(self, given: str) -> str | None:
        """Tell what an event type of the log means; None if the log had none of this name."""
        folded = fold(given)
        known = self.event_types
        if folded in known:
            return known[folded]
        return folded if folded in known.values() or (not known and folded in EVENT_TYPES) else None


def fold(text: str) -> str:
    """Fold the case of a text, alike in every alphabet; the engines' SQL does the same.

    Example:
        >>> fold("İNCELE") == fold("incele"), fold("ΑΓΟΡΑΣ") == fold("αγορας")
        (True, True)
    """
    folded = text.lower()
    for given, plain in FOLDED.items():
        folded = folded.replace(given, plain)
    return folded
