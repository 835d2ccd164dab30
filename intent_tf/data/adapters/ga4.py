"""Google Analytics 4: the events of its BigQuery export, as JSON lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from intent_tf.data.adapters.adapter import Adapter, json_lines
from intent_tf.data.event_log import PROBLEM, LogFormat


def _parameter(key: str, kind: str = "string_value") -> str:
    """Read one of the key-value pairs of ``event_params``."""
    pairs = (
        """from_json(record -> '$.event_params', """
        """'[{"key": "VARCHAR", "value": {"string_value": "VARCHAR", "int_value": "VARCHAR"}}]')"""
    )
    return f"list_filter({pairs}, lambda pair: pair.key = '{key}')[1].value.{kind}"


def _convert(paths: Sequence[Path]) -> str:
    item = "record -> '$.items[0]'"
    words = ", ".join(f"{item} ->> '$.{key}'" for key in ("item_name", "item_brand", "item_category"))
    session = _parameter("ga_session_id", "int_value")
    return f"""
SELECT record ->> '$.user_pseudo_id' AS user_id,
  coalesce({session}, '') AS session_id,
  record ->> '$.event_timestamp' AS timestamp,
  record ->> '$.event_name' AS event_type,
  {item} ->> '$.item_id' AS item_id,
  coalesce(nullif(concat_ws(' ', {words}), ''), {_parameter("page_title")}) AS text,
  {_parameter("search_term")} AS query,
  {item} ->> '$.price' AS price,
  {item} ->> '$.quantity' AS quantity,
  CASE WHEN record IS NULL THEN line END AS line,
  CASE WHEN record IS NULL THEN 'not JSON' END AS {PROBLEM}
FROM {json_lines(paths)}"""


GA4 = Adapter(
    "ga4",
    "Google Analytics 4 (its BigQuery export as JSON lines)",
    LogFormat(
        event_types={
            "page_view": "browse",
            "view_item_list": "browse",
            "view_search_results": "search",
            "select_item": "click",
            "view_item": "detail",
            "add_to_cart": "cart",
        }
    ),
    convert=_convert,
)
