"""Instacart: orders with a weekday, an hour and the days since the last one; products in other files."""

from collections.abc import Sequence
from pathlib import Path

from intent_tf.data.adapters.adapter import Adapter, csv_table
from intent_tf.errors import InputError

_ORDERS = ("id", "user_id", "part", "number", "weekday", "hour", "days")
_LINES = ("id", "product", "place", "reordered")
_PRODUCTS = ("product", "product_name", "aisle", "department")


def _convert(paths: Sequence[Path]) -> str:
    orders, lines, products = (
        [path for path in paths if path.name.startswith(name)]
        for name in ("orders.", "order_products", "products.")
    )
    if not orders or not lines:
        names = ", ".join(path.name for path in paths)
        raise InputError(f"found {names}", expected="orders.csv and order_products__prior.csv")
    named = (
        csv_table(products, _PRODUCTS, header=True)
        if products
        else "(SELECT '' AS product, '' AS product_name)"
    )
    # Dates are not told: the first order of each user is in the first week of 2017, on its weekday.
    return f"""
WITH orders AS (
  SELECT id, user_id, TIMESTAMPTZ '2017-01-01 00:00:00+00' + to_hours(CAST(hour AS INT)) + to_days(CAST(
    first_value(CAST(weekday AS INT)) OVER own + coalesce(sum(try_cast(days AS DOUBLE)) OVER own, 0) AS INT
  )) AS timestamp
  FROM {csv_table(orders, _ORDERS, header=True)}
  WINDOW own AS (PARTITION BY user_id ORDER BY CAST(number AS INT) ROWS UNBOUNDED PRECEDING)
)
SELECT user_id, timestamp, 'purchase' AS event_type, product AS item_id, product_name AS text,
  try_cast(place AS DOUBLE) AS row_order
FROM orders LEFT JOIN {csv_table(lines, _LINES, header=True)} AS lines USING (id)
LEFT JOIN {named} AS names USING (product)"""


INSTACART = Adapter(
    "instacart", "Instacart (a folder with orders.csv and order_products__*.csv)", convert=_convert
)
