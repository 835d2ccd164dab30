"""REES46: eCommerce behaviour data from a multi-category shop (and others of the same publisher)."""

from __future__ import annotations

from intent_tf.data.adapters.adapter import Adapter
from intent_tf.data.event_log import LogFormat

REES46 = Adapter(
    "rees46",
    "REES46 (event_time, event_type, product_id, ..., user_session)",
    LogFormat(
        columns={
            "user_id": "user_id",
            "session_id": "user_session",
            "timestamp": "event_time",
            "item_id": "product_id",
            "text": "category_code+brand",
        },
        event_types={"view": "detail"},
    ),
)
