"""The steps of SQL that cut a log's events into sessions, by the rules of a session."""

from intent_tf.data.session_rules import EQUAL, MICROS, ORDER, ORDER_LINE, SAME_ACT, USERS_OF_A_SESSION

# Of a session that a user logged into, equal events may be of two ids.
_ORDER = ", ".join((*ORDER, "user_id"))


# What is known when a session begins: only events strictly before it, whatever their session does later.
HISTORIES = """SELECT *, count(*) OVER past AS previous_events,
  coalesce(sum(visits) OVER past, 0) AS previous_sessions,
  coalesce(sum(CASE WHEN event_type = 'purchase' THEN 1 ELSE 0 END) OVER past, 0) AS previous_purchases,
  max(micros) OVER past AS last_event,
  max(CASE WHEN event_type = 'purchase' THEN micros END) OVER past AS last_purchase
FROM numbered
WINDOW past AS (PARTITION BY user_id ORDER BY micros RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"""


VISITED = """SELECT events.*, coalesce(owners.owner, events.user_id) AS visitor
FROM events LEFT JOIN owners ON owners.session_id = events.session_id AND owners.user_id = events.user_id"""


def owners(gap: float) -> str:
    """Write SQL that tells whose session it is that a user's events are in, as those after a login.

    Args:
        gap: The pause that ends a session, in seconds.
    """
    return f"""SELECT session_id, user_id, owner FROM (
  SELECT *, row_number() OVER (PARTITION BY session_id ORDER BY micros, user_id) AS place FROM (
    SELECT session_id, user_id, micros, lag(micros) OVER session AS before,
      first_value(user_id) OVER session AS owner,
      row_number() OVER (PARTITION BY session_id, user_id ORDER BY micros) AS number
    FROM events WHERE session_id IN (SELECT session_id FROM events WHERE session_id <> ''
      GROUP BY session_id HAVING min(user_id) <> max(user_id))
    WINDOW session AS (PARTITION BY session_id ORDER BY micros, user_id)) AS numbered
  WHERE number = 1) AS arrivals
WHERE place BETWEEN 2 AND {USERS_OF_A_SESSION} AND micros - before <= {in_micros(gap)}"""


def without_duplicates(window: int, given_sessions: bool) -> str:
    """Write SQL that removes an event within a window (in microseconds) of an equal one."""
    own = "visitor, session_id" if given_sessions else "visitor"
    return f"""SELECT * FROM (
  SELECT *, micros - lag(micros) OVER (PARTITION BY {own}, {", ".join(EQUAL)} ORDER BY {_ORDER}
  ) AS since_equal FROM visited) AS compared
WHERE since_equal IS NULL OR since_equal > {window}"""


def session_names(gap: int, some_missing: bool) -> dict[str, str]:
    """Name the session of each event; without a session id it is the last one of the visit that goes on."""
    if not some_missing:
        return {"called": "SELECT *, session_id AS session FROM clean"}
    return {
        "paused": f"""SELECT *, CASE WHEN micros - lag(micros) OVER own <= {gap} THEN 0 ELSE 1 END AS pause
FROM clean WINDOW own AS (PARTITION BY visitor ORDER BY {_ORDER})""",
        "stretched": f"""SELECT *, sum(pause) OVER own AS stretch,
  count(nullif(session_id, '')) OVER own AS id_number
FROM paused WINDOW own AS (PARTITION BY visitor ORDER BY {_ORDER} ROWS UNBOUNDED PRECEDING)""",
        "called": """SELECT *, coalesce(nullif(session_id, ''),
  max(nullif(session_id, '')) OVER (PARTITION BY visitor, stretch, id_number),
  concat(visitor, '-', CAST(stretch AS STRING))) AS session FROM stretched""",
    }


def with_event_index(source: str, own: str, gap: int, given_sessions: bool) -> str:
    """Write SQL that numbers the events of a session (or a user) and marks where a session starts."""
    before = "lag(micros) OVER sequence"
    return f"""SELECT *, row_number() OVER sequence AS event_index,
  CASE WHEN {"row_number() OVER sequence > 1" if given_sessions else f"micros - {before} <= {gap}"}
    THEN 0 ELSE 1 END AS starts,
  CASE WHEN event_type = '{ORDER_LINE}' AND lag(event_type) OVER sequence = '{ORDER_LINE}'
    AND micros - {before} <= {SAME_ACT} THEN 1 ELSE 0 END AS order_line
FROM {source} WINDOW sequence AS (PARTITION BY {own} ORDER BY {_ORDER})"""


def with_running_counts(own: str, given_sessions: bool, shared: bool, horizon: bool) -> str:
    """Write SQL that counts an order's lines so far, and names sessions that pauses tell apart."""
    so_far = f"OVER (PARTITION BY {own} ORDER BY event_index ROWS UNBOUNDED PRECEDING)"
    columns = ["*", f"sum(order_line) {so_far} AS order_lines"]
    if not given_sessions:
        columns.append(f"concat(user_id, '-', CAST(sum(starts) {so_far} AS STRING)) AS session")
    visits = "starts"
    if shared:
        first = f"row_number() OVER (PARTITION BY {own}, user_id ORDER BY event_index)"
        visits = f"CASE WHEN {first} = 1 THEN 1 ELSE 0 END"
    columns.append(f"{visits} AS visits")
    if horizon:
        columns.append(
            f"min(CASE WHEN event_type = '{ORDER_LINE}' THEN micros END) OVER (PARTITION BY user_id "
            f"ORDER BY {_ORDER} ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS next_purchase"
        )
    return f"SELECT {', '.join(columns)} FROM indexed"


def in_micros(seconds: float) -> int:
    """Round seconds to microseconds."""
    return round(seconds * MICROS)
