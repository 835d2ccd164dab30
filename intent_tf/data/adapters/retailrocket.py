"""RetailRocket: events.csv, with times in milliseconds."""

from __future__ import annotations

from intent_tf.data.adapters.adapter import Adapter
from intent_tf.data.event_log import LogFormat

RETAILROCKET = Adapter(
    "retailrocket",
    "RetailRocket (events.csv: timestamp, visitorid, event, itemid, transactionid)",
    LogFormat(
        columns={"user_id": "visitorid", "event_type": "event", "item_id": "itemid"},
        event_types={"view": "detail", "addtocart": "cart", "transaction": "purchase"},
    ),
)
