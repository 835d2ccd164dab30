"""Publishers whose logs need no more than names: REES46 (and its others), RetailRocket, Taobao."""

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
        usual_types={"view": "detail"},
    ),
)


RETAILROCKET = Adapter(
    "retailrocket",
    "RetailRocket (events.csv: timestamp, visitorid, event, itemid, transactionid)",
    LogFormat(
        columns={"user_id": "visitorid", "event_type": "event", "item_id": "itemid"},
        usual_types={"view": "detail", "addtocart": "cart", "transaction": "purchase"},
    ),
)


TAOBAO = Adapter(
    "taobao",
    "Taobao (UserBehavior.csv: user, item, category, behaviour, time)",
    LogFormat(
        columns={"text": "category_id", "event_type": "behavior_type"},
        usual_types={"pv": "detail", "fav": "favourite", "buy": "purchase"},
    ),
    names=("user_id", "item_id", "category_id", "behavior_type", "timestamp"),
)
