"""Taobao UserBehavior.csv: no header line, times in seconds."""

from __future__ import annotations

from intent_tf.data.adapters.adapter import Adapter
from intent_tf.data.event_log import LogFormat

TAOBAO = Adapter(
    "taobao",
    "Taobao (UserBehavior.csv: user, item, category, behaviour, time)",
    LogFormat(
        columns={"text": "category_id", "event_type": "behavior_type"},
        event_types={"pv": "detail", "fav": "favourite", "buy": "purchase"},
    ),
    names=("user_id", "item_id", "category_id", "behavior_type", "timestamp"),
)
