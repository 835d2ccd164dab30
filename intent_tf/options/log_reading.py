"""How an event log is read: the same options for every verb that reads one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from intent_tf.options.input_file import ENCODING

AdapterName = Literal["dmc2013", "ga4", "instacart", "otto", "rees46", "retailrocket", "taobao", "yoochoose"]
"""Publishers of event logs, which `intent_tf.data.adapters` reads."""


@dataclass(frozen=True)
class LogColumns:
    """What an event log's columns mean.

    Args:
        columns: Event log: column of the log for each field, by our names (user_id, session_id, timestamp,
            event_type, item_id, text, query, price, quantity, and row_order for events of the same instant),
            such as user_id=visitor,text=title+brand (joined with a space), item_id=properties.sku (nested in
            JSON). A column that has our name need not be given; session_id= (nothing) ignores the log's own.
        event_types: Event log: what its event types mean, such as view=detail,transaction=purchase; the
            canonical ones are search, browse, click, detail, cart, purchase, and others stay as they are.
        time_format: Event log: strptime pattern of the timestamps; by default ISO 8601 texts, dates written
            in digits, or numbers since 1970-01-01 UTC in seconds, milli-, micro- or nanoseconds (told apart
            by their size), or as Excel counts days.
        timezone: Event log: time zone of timestamps that name none.
        event_type: Event log: what rows without an event type are, such as purchase.
        identity: Event log: table with two columns, an id and the user whose id it is, such as those of a
            shopper before a login.
        own_sessions: Event log: session ids are each user's own, such as 1, 2, 3: equal ones of two users are
            two sessions.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    event_types: Mapping[str, str] = field(default_factory=dict)
    time_format: str = ""
    timezone: str = "UTC"
    event_type: str = ""
    identity: str = ""
    own_sessions: bool = False


@dataclass(frozen=True)
class LogReading(LogColumns):
    """How the files of an event log are read.

    Args:
        adapter: Event log: its known publisher.
        names: Event log: columns of a CSV file without a header line.
        encoding: Encoding of text files, such as cp1252; that of the model's table, or found, unless given.
        purchases: Event log: file, folder or pattern of purchases that lie beside it, with the same columns.
    """

    adapter: AdapterName | None = None
    names: tuple[str, ...] = ()
    encoding: str | None = field(default=None, metadata=ENCODING)
    purchases: str = ""
