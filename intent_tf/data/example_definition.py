"""What an example is: sessions, prediction times, history and labels, as SQL that every engine runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from intent_tf.data.engines.dialect import Dialect
from intent_tf.data.prediction_times import PredictionTimes
from intent_tf.errors import InputError

#: Level of the strongest action after the prediction time.
ACTION_LEVELS = {"none": 0.0, "click": 1 / 3, "cart": 2 / 3, "purchase": 1.0}
SEQUENCES = ("event_type", "elapsed", "item_id", "text", "query", "price", "quantity")
HISTORY = (
    "previous_sessions",
    "previous_events",
    "previous_purchases",
    "days_since_last_session",
    "days_since_last_purchase",
)

_ORDER = "micros, type_rank, item_id, text, query, price, quantity"
_FEWEST_OF_BOT = 10


@dataclass(frozen=True)
class ExampleDefinition:
    """How an event log becomes examples.

    Args:
        session_gap: The pause that ends a session, in seconds; used if the log has no session_id.
        prediction_times: When to predict: ``every`` event, ``every:K``, prefix lengths such as ``1,2,3``,
            ``last`` (looks ahead to the session's end), or ``at:TIME``.
        min_events: Fewest visible events of an example.
        max_events: Most visible events kept of an example, the last ones.
        cut: The event from which on a session is cut off: the first ``cart`` (or purchase), the first
            ``purchase``, or ``none``.
        label: What to predict: ``purchase`` (0 or 1), ``next_action`` (the type of the next event, or
            ``end``) or ``action_level`` (of the strongest later action: none 0, click 1/3, cart 2/3, purchase
            1).
        horizon: Seconds after the prediction time within which a purchase counts, in any session; by default
            it counts until the session's end. Examples whose horizon passes the log's end are excluded.
        double_fire_window: An event within so many seconds of an equal one (of the same type, item,
            texts and price) is removed, in seconds.
        bot_events: A session of more events is a bot's and makes no examples.
        bot_speed: A session of at least 10 events at more events a second is a bot's too.
        negative_rate: Share of the negative examples that are kept, by session; the column ``weight`` then
            holds 1/share for them, so that a model trained with these weights stays calibrated.
        sampling_seed: Decides which negative examples are kept.

    Raises:
        InputError: If a value is out of its range.

    Example:
        >>> ExampleDefinition(prediction_times="every:2", cut="purchase").parsed_prediction_times.step
        2
    """

    session_gap: float = 1800.0
    prediction_times: str = "1,2,3,5,8,13,21"
    min_events: int = 1
    max_events: int = 200
    cut: Literal["cart", "purchase", "none"] = "cart"
    label: Literal["purchase", "next_action", "action_level"] = "purchase"
    horizon: float | None = None
    double_fire_window: float = 1.0
    bot_events: int = 1000
    bot_speed: float = 5.0
    negative_rate: float = 1.0
    sampling_seed: int = 0

    def __post_init__(self) -> None:
        for name in ("session_gap", "min_events", "max_events", "horizon", "bot_events", "bot_speed"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise InputError(f"{name} is {value}", expected="more than 0")
        if not self.double_fire_window >= 0:
            raise InputError(f"double_fire_window is {self.double_fire_window}", expected="0 or more seconds")
        if not 0 < self.negative_rate <= 1:
            raise InputError(f"negative_rate is {self.negative_rate}", expected="more than 0, at most 1")
        if self.label != "purchase" and (self.horizon or self.negative_rate < 1):
            raise InputError(
                f"label is {self.label!r}", expected="'purchase', with a horizon or a negative_rate below 1"
            )
        _ = self.parsed_prediction_times

    @property
    def parsed_prediction_times(self) -> PredictionTimes:
        """The prediction times, parsed."""
        return PredictionTimes.parse(self.prediction_times)

    def steps(
        self, dialect: Dialect, *, given_sessions: bool, quantity: bool, log_end: int
    ) -> dict[str, str]:
        """Write SQL that turns the relation ``events`` (usable rows of `LogFormat.steps`) into ``examples``.

        Args:
            dialect: The engine's spelling.
            given_sessions: Whether the log has a ``session_id``.
            quantity: Whether the log has a ``quantity``.
            log_end: The log's last event, in microseconds.

        Returns:
            By name, each SELECT reading from those before it. ``sessions`` has one row a session,
            bots' included (``is_bot``); ``examples`` is the example table, with the prediction time's ``day``
            (UTC).
        """
        fields = [each for each in SEQUENCES if each != "elapsed" and (quantity or each != "quantity")]
        return {
            "clean": _clean(_micros(self.double_fire_window)),
            "indexed": _with_event_index(_micros(self.session_gap), given_sessions),
            "numbered": _numbered(given_sessions, self.horizon is not None),
            "histories": _HISTORIES,
            "sessions": self._sessions(dialect, fields),
            "lists": self._lists(dialect, fields),
            "prefixes": self._prefixes(dialect),
            "labelled": self._labelled(dialect, log_end),
            "examples": self._examples(dialect, fields),
        }

    def _sessions(self, dialect: Dialect, fields: list[str]) -> str:
        firsts = ", ".join(f"max(CASE WHEN starts = 1 THEN {each} END) AS {each}" for each in _KNOWN)
        final = ", ".join(
            f"max(CASE WHEN event_type IN ({types}) THEN event_index END) AS final_{action}"
            for action, types in _ACTIONS.items()
        )
        fastest = f"{_double(self.bot_speed)} * (max(micros) - min(micros)) / 1e6"
        return (
            "SELECT user_id, session AS session_id, min(micros) AS start, count(*) AS size,\n"
            f"  {firsts},\n  {final},\n"
            f"  count(CASE WHEN micros <= {self.parsed_prediction_times.micros} THEN 1 END) AS reached,\n"
            f"  count(*) > {self.bot_events}\n"
            f"    OR count(*) >= {_FEWEST_OF_BOT} AND count(*) - 1 > {fastest} AS is_bot,\n"
            f"  {dialect.collect([*fields, *self._instants], 'event_index')} AS log\n"
            "FROM histories GROUP BY user_id, session"
        )

    def _lists(self, dialect: Dialect, fields: list[str]) -> str:
        lists = {each: dialect.each("log", f"e.{each}") for each in [*fields, *self._instants]}
        lists["elapsed"] = dialect.each("log", "(e.micros - start) / 1e6")
        first = [
            f"coalesce(nullif(array_position({lists['event_type']}, '{each}'), 0) - 1, size)"
            for each in _CUTS[self.cut]
        ]
        visible = f"least({', '.join(first)})" if first else "size"
        columns = ", ".join(f"{sql} AS {each}" for each, sql in lists.items())
        others = ", ".join([*_KNOWN, *(f"final_{action}" for action in _ACTIONS)])
        return (
            f"SELECT user_id, session_id, start, reached, {others}, {visible} AS visible,\n  {columns}\n"
            "FROM sessions WHERE NOT is_bot"
        )

    def _prefixes(self, dialect: Dialect) -> str:
        prediction_times = self.parsed_prediction_times
        condition = f"n BETWEEN {self.min_events} AND visible"
        match prediction_times.kind:
            case "prefixes":
                n = dialect.row_for_each(prediction_times.prefixes)
            case "every":
                n = dialect.row_for_each_multiple(prediction_times.step, "visible")
            case "last":
                n = "visible"
            case "at":
                n = "reached"
                earliest = prediction_times.micros - _micros(self.session_gap)
                condition += f" AND {dialect.item('micros', 'n')} >= {earliest}"
        return (
            f"SELECT *, {dialect.item('micros', 'n')} AS prediction_time,\n"
            f"  {dialect.item('event_index', 'n')} AS prediction_index,\n"
            f"  greatest(1, n - {self.max_events - 1}) AS first\n"
            f"FROM (SELECT *, {n} AS n FROM lists) AS exploded WHERE {condition}"
        )

    def _labelled(self, dialect: Dialect, log_end: int) -> str:
        where = ""
        if self.label == "next_action":
            label = f"coalesce({dialect.item('event_type', 'n + 1')}, 'end')"
        elif self.label == "action_level":
            cases = " ".join(
                f"WHEN final_{action} > prediction_index THEN {_double(ACTION_LEVELS[action])}"
                for action in reversed(_ACTIONS)
            )
            label = f"CASE {cases} ELSE 0e0 END"
        else:
            came = "final_purchase > prediction_index"
            if self.horizon is not None:
                horizon = _micros(self.horizon)
                came = f"{dialect.item('next_purchase', 'n')} <= prediction_time + {horizon}"
                where = f" WHERE prediction_time + {horizon} <= {log_end}"
            label = f"CASE WHEN {came} THEN 1 ELSE 0 END"
        return f"SELECT *, {label} AS {self.label} FROM prefixes{where}"

    def _examples(self, dialect: Dialect, fields: list[str]) -> str:
        columns = {
            "user_id": "user_id",
            "session_id": "session_id",
            "prediction_time": dialect.time("prediction_time"),
            "events": "CAST(n AS INT)",
            **{each: dialect.part(each, "first", "n") for each in SEQUENCES if each in [*fields, "elapsed"]},
            **{each: f"CAST({each} AS INT)" for each in HISTORY[:3]},
            "days_since_last_session": _days("last_event"),
            "days_since_last_purchase": _days("last_purchase"),
            self.label: self.label,
        }
        where = ""
        if self.negative_rate < 1:
            # The first digits of a hash, compared as text, are a share that both engines agree on.
            share = f"substr(md5(concat('{self.sampling_seed} ', user_id, ' ', session_id)), 1, 8)"
            where = f" WHERE purchase = 1 OR {share} <= '{int(self.negative_rate * (16**8 - 1)):08x}'"
            columns["weight"] = f"CASE WHEN purchase = 1 THEN 1e0 ELSE {_double(1 / self.negative_rate)} END"
        columns["day"] = f"CAST({dialect.time('prediction_time')} AS DATE)"
        return (
            "SELECT "
            + ",\n  ".join(f"{sql} AS {each}" for each, sql in columns.items())
            + f"\nFROM labelled{where}"
        )

    @property
    def _instants(self) -> list[str]:
        """What is known of each event beside its own columns."""
        return ["micros", "event_index"] + (["next_purchase"] if self.horizon is not None else [])


_KNOWN = ("previous_sessions", "previous_events", "previous_purchases", "last_event", "last_purchase")
_ACTIONS = {"click": "'click', 'detail'", "cart": "'cart'", "purchase": "'purchase'"}
_CUTS = {"cart": ("cart", "purchase"), "purchase": ("purchase",), "none": ()}

# What is known when a session begins: only events strictly before it, whatever their session does later.
_HISTORIES = """SELECT *, count(*) OVER past AS previous_events,
  coalesce(sum(starts) OVER past, 0) AS previous_sessions,
  coalesce(sum(CASE WHEN event_type = 'purchase' THEN 1 ELSE 0 END) OVER past, 0) AS previous_purchases,
  max(micros) OVER past AS last_event,
  max(CASE WHEN event_type = 'purchase' THEN micros END) OVER past AS last_purchase
FROM numbered
WINDOW past AS (PARTITION BY user_id ORDER BY micros RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"""


def _clean(window: int) -> str:
    return f"""SELECT * FROM (
  SELECT *, micros - lag(micros) OVER (
    PARTITION BY user_id, session_id, event_type, item_id, text, query, price ORDER BY micros, quantity
  ) AS since_equal FROM events) AS compared
WHERE since_equal IS NULL OR since_equal > {window}"""


def _with_event_index(gap: int, given_sessions: bool) -> str:
    partition = "user_id, session_id" if given_sessions else "user_id"
    before = "lag(micros) OVER sequence"
    return f"""SELECT *, row_number() OVER sequence AS event_index,
  CASE WHEN {"row_number() OVER sequence > 1" if given_sessions else f"micros - {before} <= {gap}"}
    THEN 0 ELSE 1 END AS starts
FROM clean WINDOW sequence AS (PARTITION BY {partition} ORDER BY {_ORDER})"""


def _numbered(given_sessions: bool, horizon: bool) -> str:
    number = "sum(starts) OVER (PARTITION BY user_id ORDER BY event_index ROWS UNBOUNDED PRECEDING)"
    session = "session_id" if given_sessions else f"concat(user_id, '-', CAST({number} AS STRING))"
    columns = ["*", f"{session} AS session"]
    if horizon:
        columns.append(
            "min(CASE WHEN event_type = 'purchase' THEN micros END) OVER (PARTITION BY user_id "
            f"ORDER BY {_ORDER} ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS next_purchase"
        )
    return f"SELECT {', '.join(columns)} FROM indexed"


def _micros(seconds: float) -> int:
    return round(seconds * 1_000_000)


def _double(number: float) -> str:
    # A plain literal would be a decimal, of another precision in each engine.
    return f"CAST('{number!r}' AS DOUBLE)"


def _days(since: str) -> str:
    return f"coalesce((start - {since}) / 864e8, CAST('NaN' AS DOUBLE))"
