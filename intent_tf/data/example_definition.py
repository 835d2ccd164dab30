"""What an example is: sessions, prediction times, history and labels, as SQL that every engine runs."""

from dataclasses import dataclass, replace
from typing import Literal, get_args

from intent_tf.data.engines.dialect import Dialect
from intent_tf.data.log_survey import LogSurvey
from intent_tf.data.prediction_times import PredictionTimes
from intent_tf.data.session_rules import (
    FEWEST_OF_BOT,
    HISTORY,
    MICROS,
    NUMBERS,
    SHORTEST,
    TEXTS,
    SessionRules,
)
from intent_tf.data.session_sql import (
    HISTORIES,
    VISITED,
    in_micros,
    owners,
    session_names,
    with_event_index,
    with_running_counts,
    without_duplicates,
)
from intent_tf.errors import InputError
from intent_tf.options.checked import Checked, Count, Natural, NotNegative, Positive, ShareToOne

#: Level of the strongest action after the prediction time.
ACTION_LEVELS = {"none": 0.0, "click": 1 / 3, "cart": 2 / 3, "purchase": 1.0}
SEQUENCES = ("event_type", "elapsed", "item_id", *TEXTS, *NUMBERS)

Label = Literal["purchase", "next_action", "action_level"]
"""What may be predicted of a session."""
LABELS: tuple[Label, ...] = get_args(Label)


@dataclass(frozen=True)
class ExampleDefinition(Checked):
    """How an event log becomes examples.

    Args:
        session_gap: The pause that ends a session, in seconds; used if the log has no session_id.
        prediction_times: When to predict: ``every`` event, ``every:K``, prefix lengths such as ``1,2,3``,
            ``last`` (looks ahead to the session's end), or ``at:TIME``; never between the lines of an order.
        min_events: Fewest visible events of an example.
        max_events: Most visible events kept of an example, the last ones.
        cut: The event from which on a session is cut off: the first ``cart`` (or purchase), the first
            ``purchase``, or ``none``.
        label: What to predict: ``purchase`` (0 or 1), ``next_action`` (the type of the next event, or
            ``end``) or ``action_level`` (of the strongest later action: none 0, click 1/3, cart 2/3, purchase
            1).
        horizon: Seconds after the prediction time within which a purchase counts, in any session; by default
            it counts until the session's end. Examples whose horizon passes the log's end are excluded.
            Few events that come long after all others do not count for the end.
        double_fire_window: An event within so many seconds of an equal one (of the same type, item,
            texts and price) is removed, in seconds.
        bot_events: From more visible events on a session is a bot's and makes no examples; 0 for no limit.
        bot_speed: With at least 10 events at more events a second it is a bot's, too; 0 for no limit. The
            lines of an order count as one event, and a second, or the clock's tick if longer, as the least.
        negative_rate: Share of the negative examples that are kept, by session; the column ``weight`` then
            holds 1/share for them, so that a model trained with these weights stays calibrated.
        sampling_seed: Decides which negative examples are kept.

    Raises:
        InputError: If a value is out of its range.

    Example:
        >>> ExampleDefinition(prediction_times="every:2", cut="purchase").parsed_prediction_times.step
        2
    """

    session_gap: Positive = 1800.0
    prediction_times: str = "1,2,3,5,8,13,21"
    min_events: Count = 1
    max_events: Count = 200
    cut: Literal["cart", "purchase", "none"] = "cart"
    label: Label = "purchase"
    horizon: Positive | None = None
    double_fire_window: NotNegative = 1.0
    bot_events: Natural = 1000
    bot_speed: NotNegative = 5.0
    negative_rate: ShareToOne = 1.0
    sampling_seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.label != "purchase" and (self.horizon or self.negative_rate < 1):
            raise InputError(
                f"label is {self.label!r}", expected="'purchase', with a horizon or a negative_rate below 1"
            )
        _ = self.parsed_prediction_times

    @property
    def parsed_prediction_times(self) -> PredictionTimes:
        """The prediction times, parsed."""
        return PredictionTimes.parse(self.prediction_times)

    def following(self, learnt: SessionRules) -> "ExampleDefinition":
        """Make the sessions as long, and their duplicates those, as in the log that a model learnt from."""
        return replace(self, max_events=learnt.max_events, double_fire_window=learnt.double_fire_window)

    def steps(
        self, dialect: Dialect, *, given_sessions: bool, quantity: bool, survey: LogSurvey
    ) -> dict[str, str]:
        """Write SQL that turns the relation ``events`` (usable rows of `LogFormat.steps`) into ``examples``.

        Args:
            dialect: The engine's spelling.
            given_sessions: Whether the log has a ``session_id``.
            quantity: Whether the log has a ``quantity``.
            survey: What is known of the log's events.

        Returns:
            By name, each SELECT reading from those before it. ``sessions`` has one row a session, bots'
            included (``is_bot``, at their ends); ``examples`` is the example table, with the prediction
            time's ``day`` (UTC).
        """
        fields = [each for each in SEQUENCES if each != "elapsed" and (quantity or each != "quantity")]
        shared, gap = bool(survey.shared_sessions), in_micros(self.session_gap)
        named: dict[str, str] = {}
        if not given_sessions:
            own = "user_id"
        else:
            named, own = session_names(gap, bool(survey.without_session)), "visitor, session"
        return {
            **({"owners": owners(self.session_gap)} if shared else {}),
            "visited": VISITED if shared else "SELECT *, user_id AS visitor FROM events",
            "clean": without_duplicates(in_micros(self.double_fire_window), given_sessions),
            **named,
            "indexed": with_event_index("called" if given_sessions else "clean", own, gap, given_sessions),
            "numbered": with_running_counts(own, given_sessions, shared, self.horizon is not None),
            "histories": HISTORIES,
            "sessions": self._sessions(dialect, fields, survey),
            "lists": self._lists(dialect, fields),
            "prefixes": self._prefixes(dialect, survey),
            "labelled": self._labelled(dialect, survey.end),
            "examples": self._examples(dialect, fields),
        }

    def _sessions(self, dialect: Dialect, fields: list[str], survey: LogSurvey) -> str:
        firsts = ", ".join(f"max(CASE WHEN starts = 1 THEN {each} END) AS {each}" for each in _KNOWN)
        final = ", ".join(
            f"max(CASE WHEN event_type IN ({types}) THEN event_index END) AS final_{action}"
            for action, types in _ACTIONS.items()
        )
        lines = "max(order_lines) - min(order_lines)"
        is_bot = self._is_bot("count(*)", f"count(*) - ({lines})", "max(micros) - min(micros)", survey.tick)
        return (
            "SELECT visitor AS user_id, session AS session_id, min(micros) AS start, count(*) AS size,\n"
            f"  {firsts},\n  {final},\n"
            f"  count(CASE WHEN micros <= {self.parsed_prediction_times.micros} THEN 1 END) AS reached,\n"
            f"  {is_bot} AS is_bot,\n"
            f"  {dialect.collect([*fields, *self._instants], 'event_index')} AS log\n"
            "FROM histories GROUP BY visitor, session"
        )

    def _is_bot(self, events: str, acts: str, micros: str, tick: int) -> str:
        """Write whether so many events in so many microseconds are a bot's."""
        seconds = f"greatest(({micros} + {tick if tick > MICROS else 0}) / 1e6, {_double(SHORTEST)})"
        tests = [f"{events} > {self.bot_events}"] * bool(self.bot_events)
        if self.bot_speed:
            tests.append(f"{acts} >= {FEWEST_OF_BOT} AND {acts} - 1 > {_double(self.bot_speed)} * {seconds}")
        return f"({' OR '.join(tests)})" if tests else "(1 = 0)"

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
            "FROM sessions"
        )

    def _prefixes(self, dialect: Dialect, survey: LogSurvey) -> str:
        prediction_times = self.parsed_prediction_times
        lines = " - ".join(dialect.item("order_lines", each) for each in ("n", "1"))
        since = f"{dialect.item('micros', 'n')} - start"
        is_bot = self._is_bot("n", f"n - ({lines})", since, survey.tick)
        # Between the lines of an order nothing is predicted: they are one act.
        so_far, more = (dialect.item("order_lines", each) for each in ("n", "n + 1"))
        condition = (
            f"n BETWEEN {self.min_events} AND visible AND coalesce({more}, 0) <= {so_far} AND NOT {is_bot}"
        )
        match prediction_times.kind:
            case "prefixes":
                n = dialect.row_for_each(prediction_times.prefixes)
            case "every":
                n = dialect.row_for_each_multiple(prediction_times.step, "visible")
            case "last":
                n = "visible"
            case "at":
                n = "reached"
                earliest = prediction_times.micros - in_micros(self.session_gap)
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
                horizon = in_micros(self.horizon)
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
        return ["micros", "event_index", "order_lines", *["next_purchase"] * (self.horizon is not None)]


_KNOWN = ("previous_sessions", "previous_events", "previous_purchases", "last_event", "last_purchase")
_ACTIONS = {"click": "'click', 'detail'", "cart": "'cart'", "purchase": "'purchase'"}
_CUTS = {"cart": ("cart", "purchase"), "purchase": ("purchase",), "none": ()}


def _double(number: float) -> str:
    # A plain literal would be a decimal, of another precision in each engine.
    return f"CAST('{number!r}' AS DOUBLE)"


def _days(since: str) -> str:
    return f"coalesce((start - {since}) / 864e8, CAST('NaN' AS DOUBLE))"
