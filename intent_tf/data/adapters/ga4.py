"""Google Analytics 4: the events of its BigQuery export, as JSON lines, a JSON array, or Parquet."""

from collections.abc import Iterator

from intent_tf.data.adapters.adapter import Adapter
from intent_tf.data.event_log import LogFormat
from intent_tf.data.log_json import Record


def _value(values: Record) -> str:
    """Read the one of ``string_value``, ``int_value``, … that is there."""
    return next((str(value) for value in values.values() if value is not None), "")


def _rows(event: Record) -> Iterator[Record]:
    """Make a row of each item of a purchase, which is one act of so many lines; of other events, one row."""
    parameters = {each["key"]: _value(each["value"] or {}) for each in event.get("event_params") or []}
    items = event.get("items") or [{}]
    for item in items if event["event_name"] == "purchase" else items[:1]:
        words = (item.get(key) for key in ("item_name", "item_brand", "item_category"))
        yield {
            "user_id": event.get("user_pseudo_id"),
            "session_id": parameters.get("ga_session_id"),
            "timestamp": event["event_timestamp"],
            "event_type": event["event_name"],
            "item_id": item.get("item_id"),
            "text": " ".join(filter(None, words)) or parameters.get("page_title"),
            "query": parameters.get("search_term"),
            "price": item.get("price"),
            "quantity": item.get("quantity"),
        }


GA4 = Adapter(
    "ga4",
    "Google Analytics 4 (its BigQuery export as JSON lines, a JSON array or Parquet)",
    LogFormat(
        usual_types={
            "page_view": "browse",
            "view_item_list": "browse",
            "view_search_results": "search",
            "select_item": "click",
            "view_item": "detail",
            "add_to_cart": "cart",
        },
        own_sessions=True,  # session ids are times: those of several users may be alike
    ),
    unfold=_rows,
)
