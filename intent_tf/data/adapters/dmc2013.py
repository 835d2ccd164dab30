"""Data Mining Cup 2013: the state of a session after each event; the orders are in a file of their own."""

from collections.abc import Sequence
from pathlib import Path

from intent_tf.data.adapters.adapter import Adapter, csv_table
from intent_tf.data.event_sql import FILE, LINE, PROBLEM, RECORD
from intent_tf.errors import InputError

_STATES = (
    "sessionNo",
    "startHour",
    "startWeekday",
    "duration",
    "cCount",
    "cMinPrice",
    "cMaxPrice",
    "cSumPrice",
    "bCount",
    "bMinPrice",
    "bMaxPrice",
    "bSumPrice",
    "bStep",
    "onlineStatus",
    "availability",
    "customerNo",
    "maxVal",
    "customerScore",
    "accountLifetime",
    "payments",
    "age",
    "address",
    "lastOrder",
)


def _convert(paths: Sequence[Path]) -> str:
    states, orders = ([path for path in paths if path.name.startswith(kind)] for kind in ("transact", "real"))
    if not states or not orders:
        names = ", ".join(path.name for path in paths)
        raise InputError(f"found {names}", expected="transact_class.txt and realclass_t1.txt")
    return f"""
WITH states AS (
  SELECT *, CAST(sessionNo AS INT) AS number, try_cast(duration AS DOUBLE) AS seconds,
    coalesce(try_cast(cCount AS INT), 0) AS clicks, coalesce(try_cast(bCount AS INT), 0) AS basket,
    coalesce(try_cast(cSumPrice AS DOUBLE), 0) AS seen, coalesce(try_cast(bSumPrice AS DOUBLE), 0) AS held
  FROM {csv_table(states, _STATES, "|", header=True)}
), sessions AS (
  SELECT number, any_value(CAST(startHour AS INT)) AS hour, any_value(startWeekday) AS weekday,
    max(seconds) AS seconds, any_value(nullif(customerNo, '?')) AS customer,
    bool_or(lastOrder IS NULL) AS is_cut
  FROM states GROUP BY number
), numbered AS (
  SELECT *, CASE WHEN weekday <> lag(weekday) OVER (ORDER BY number) THEN 1 ELSE 0 END AS next_day
  FROM sessions
), begun AS (
  -- Hours and weekdays are known, dates are not: the first day is made up, the others follow.
  SELECT *, TIMESTAMPTZ '2013-01-06 00:00:00+00' + to_hours(hour)
    + to_days(CAST(sum(next_day) OVER (ORDER BY number) AS INT)) AS begin FROM numbered
), changes AS (
  SELECT *, clicks - coalesce(lag(clicks) OVER session, 0) AS more_clicks,
    basket - coalesce(lag(basket) OVER session, 0) AS more_basket,
    seen - coalesce(lag(seen) OVER session, 0) AS seen_more,
    held - coalesce(lag(held) OVER session, 0) AS held_more
  FROM states WINDOW session AS (PARTITION BY number ORDER BY seconds, clicks)
), events AS (
  SELECT number, seconds,
    CASE WHEN more_basket > 0 THEN 'cart' WHEN more_clicks > 0 THEN 'detail'
      WHEN bStep <> '?' THEN 'checkout' ELSE 'browse' END AS event_type,
    CASE WHEN more_basket > 0 AND held_more > 0 THEN held_more / more_basket
      WHEN more_clicks > 0 AND seen_more > 0 THEN seen_more / more_clicks END AS price,
    nullif(availability, '?') AS text
  FROM changes
  UNION ALL
  SELECT number, seconds + 0.001, 'purchase', NULL, ''
  FROM {csv_table(orders, ("session", "bought"), "|", header=True)}
  JOIN begun ON number = CAST(session AS INT) WHERE bought = '1'
)
SELECT coalesce(customer, 'session ' || number) AS user_id, CAST(number AS VARCHAR) AS session_id,
  begin + to_microseconds(CAST(round(events.seconds * 1e6) AS BIGINT)) AS timestamp, event_type, price, text,
  CASE WHEN is_cut THEN 'the session is cut in the middle of a row' END AS {PROBLEM},
  'transact_class.txt' AS {FILE}, CAST(NULL AS BIGINT) AS {LINE}, CAST(NULL AS VARCHAR) AS {RECORD}
FROM events JOIN begun USING (number)"""


DMC2013 = Adapter(
    "dmc2013",
    "Data Mining Cup 2013 (a folder with transact_class.txt and realclass_t1.txt)",
    convert=_convert,
)
