"""Event logs as they come: which columns mean what, how times are written, and which rows are unusable."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from intent_tf.data.engines.dialect import Dialect
from intent_tf.data.event_sql import (
    FILE,
    LINE,
    PROBLEM,
    RECORD,
    ColumnType,
    folded_sql,
    micros_sql,
    number_sql,
    rank_sql,
    reason_sql,
    text_sql,
    whole_sql,
)
from intent_tf.data.session_rules import (
    DIGITS,
    EVENT_COLUMNS,
    EVENT_TYPES,
    EXCEL,
    IDS,
    LONGEST_ID,
    MONTH_DAY,
    NO_IDS,
    NUMBER,
    NUMBERS,
    RELATIVE,
    Numbers,
    SessionRules,
    fold,
)
from intent_tf.errors import InputError
from intent_tf.nearest import nearest
from intent_tf.options.log_reading import LogColumns

#: What a user may do about rows that are rejected, by the beginning of the reason.
REMEDIES = {
    "timestamp is no time": "--time-format, such as '%Y/%m/%d %H:%M'",
    "timestamp": "--time-format, --timezone",
    "no user_id": "--columns user_id=COLUMN",
    "no timestamp": "--columns timestamp=COLUMN",
    "no event_type": "--columns event_type=COLUMN, or --event-type TYPE for all rows",
}

_NAN = "CAST('NaN' AS DOUBLE)"


@dataclass(frozen=True)
class LogFormat(LogColumns):
    """How to read an event log; the arguments of `LogColumns`, and one more.

    Args:
        usual_types: What a publisher's event types mean; unlike those of ``event_types``, a log need not have
            them all.

    Raises:
        InputError: If ``columns`` names something that an event does not have, an event type is not known, or
            there is no such zone.
    """

    usual_types: Mapping[str, str] = field(default_factory=dict, metadata={"option": False})

    @classmethod
    def of(cls, options: LogColumns) -> "LogFormat":
        """Take what the options of a verb say."""
        return cls(**{each.name: getattr(options, each.name) for each in fields(LogColumns)})

    def __post_init__(self) -> None:
        for column in self.columns:
            if column not in EVENT_COLUMNS:
                raise InputError(
                    f"unknown name {column!r} in the mapping of columns{nearest(column, EVENT_COLUMNS)}",
                    expected=", ".join(EVENT_COLUMNS),
                )
        for meant in (*self.event_types.values(), *filter(None, [self.event_type])):
            near = nearest(meant, EVENT_TYPES, likeness=0.75)
            if near and meant not in EVENT_TYPES:
                raise InputError(
                    f"unknown event type {meant!r}{near}",
                    expected=f"{', '.join(EVENT_TYPES)}, or a name of your own that is not like one of them",
                )
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            expected = "one such as UTC or Europe/Berlin"
            raise InputError(f"no time zone {self.timezone!r}", expected=expected) from error

    def following(self, learnt: SessionRules) -> "LogFormat":
        """Take event types and times, where nothing else is said, as in the log that a model learnt from."""
        return replace(
            self,
            usual_types={**learnt.event_types, **self.usual_types},
            time_format=self.time_format or learnt.time_format,
            timezone=learnt.timezone if self.timezone == "UTC" else self.timezone,
        )

    def sources(self, types: Mapping[str, ColumnType], file: object = None) -> dict[str, list[str]]:
        """Find the log's columns that make up each column of an event.

        Args:
            types: The log's columns and their types.
            file: Where the log came from, for error messages.

        Raises:
            InputError: If a column of the mapping is not in the log, or a column that is needed is missing.
        """
        sources = {}
        for column in EVENT_COLUMNS:
            given = self.columns.get(column, column if column in types else "")
            if not given:
                continue
            sources[column] = [given] if given in types else [part.strip() for part in given.split("+")]
            for part in sources[column]:
                if part not in types:
                    raise InputError(
                        f"no such column{nearest(part, types)}; found {', '.join(types)}",
                        column=part,
                        file=file,
                    )
        for needed in ("timestamp", "event_type"):
            if needed not in sources and not (needed == "event_type" and self.event_type):
                raise _missing(needed, types, file)
        if "user_id" not in sources:
            if "session_id" not in sources:
                raise _missing("user_id", types, file)
            sources["user_id"] = sources["session_id"]
        return sources

    def numbers_query(
        self, types: Mapping[str, ColumnType], names: Mapping[str, str], dialect: Dialect, file: object = None
    ) -> str | None:
        """Write the query that tells what the numbers of the timestamps may count; None if there are none."""
        parts = self.sources(types, file)["timestamp"]
        if self.time_format or len(parts) > 1 or types[parts[0]] == "time":
            return None
        text = text_sql(parts, names, dialect)
        is_date = " OR ".join(dialect.matches("t", pattern) for pattern in DIGITS)
        return (
            "SELECT count(n), min(n), max(n), min(length(t)), max(length(t)),\n"
            f"  sum(CASE WHEN n <= 1231 AND {dialect.matches('t', MONTH_DAY)} THEN 1 ELSE 0 END),\n"
            f"  sum(CASE WHEN {is_date} THEN 1 ELSE 0 END)\n"
            f"FROM (SELECT t, CASE WHEN {dialect.matches('t', NUMBER)} THEN try_cast(t AS DOUBLE) END AS n\n"
            f"  FROM (SELECT {text} AS t FROM raw) AS texts) AS numbers WHERE n IS NOT NULL"
        )

    def numbers_of(self, found: Sequence[Any], file: object = None) -> Numbers:
        """Tell what the numbers of the timestamps count, by what `numbers_query` found.

        Raises:
            InputError: If they may be months and days.
        """
        count, least, most, shortest, longest, months, dates = found
        if not count:
            return "any"
        if dates == count:
            return "epoch"
        if months == count and (least // 100 != most // 100 or shortest == longest == 4):
            raise InputError(
                f"the numbers from {least:g} to {most:g} may be months and days, or seconds",
                file=file,
                column="timestamp",
                remedy="say which: --time-format %m%d, or map a column that names the year",
            )
        if EXCEL[0] <= least and most < EXCEL[1]:
            return "excel"
        return "relative" if most < RELATIVE else "epoch"

    def steps(
        self,
        types: Mapping[str, ColumnType],
        names: Mapping[str, str],
        dialect: Dialect,
        numbers: Numbers = "any",
        file: object = None,
    ) -> dict[str, str]:
        """Write SQL that turns the relation ``raw`` into ``typed``: events, each with a ``reason`` or NULL.

        Args:
            types: The log's columns and their types.
            names: How ``raw`` calls them, as SQL.
            dialect: The engine's spelling.
            numbers: What the numbers of the timestamps count.
            file: Where the log came from, for error messages.

        Returns:
            By name, each SELECT reading from those before it. ``typed`` has ``user_id, session_id`` (empty
            if there is none), ``micros, row_order, given_type, event_type, type_rank, item_id, text, query,
            price, quantity``, of the numbers those that are none (``price_unread``), ``reason, value, file,
            line, record``.
        """
        sources = self.sources(types, file)
        ids = {name: whole_sql(sql) if types[name] == "number" else sql for name, sql in names.items()}
        read = {
            column: text_sql(parts, ids if column in IDS else names, dialect, NO_IDS if column in IDS else ())
            for column, parts in sources.items()
        }
        if self.event_type:
            own = f"nullif({read.get('event_type', _NOTHING)}, '')"
            read["event_type"] = f"coalesce({own}, {dialect.literal(self.event_type)})"
        texts = ",\n  ".join(f"{read.get(column, _NOTHING)} AS {column}" for column in EVENT_COLUMNS)
        typed = [types[part] for part in sources["timestamp"]] == ["time"]
        micros = micros_sql(self, sources["timestamp"], types, names, dialect, numbers)
        values = ",\n  ".join(
            f"{number_sql(sources.get(column, []), types, names, dialect)} AS {column}_number"
            for column in (*NUMBERS, "row_order")
        )
        keys = [f"f{index}" for index in range(len(types))]
        fields = dialect.struct(dict(zip(keys, (names[column] for column in types), strict=True)))
        record = dialect.json({column: f"fields.{key}" for column, key in zip(types, keys, strict=True)})
        user = "user_id"
        if "session_id" in sources:
            user = "CASE WHEN user_id = '' THEN session ELSE user_id END"
        given = "meant" if not self.identity else "identified"
        steps = {
            "texts": f"SELECT {texts},\n  {micros} AS micros,\n  {values},\n"
            f"  {PROBLEM}, {FILE}, {LINE}, {RECORD}, {fields} AS fields\nFROM raw",
            "folded": f"SELECT *, {folded_sql('event_type')} AS given_type,\n"
            f"  CASE WHEN length(session_id) > {LONGEST_ID} THEN '' ELSE session_id END AS session\n"
            "FROM texts",
            "meant": f"SELECT *, {self._event_type(dialect)} AS event, {user} AS own_id FROM folded",
            "identified": "SELECT meant.*, coalesce(identity.known, own_id) AS known_id\n"
            "FROM meant LEFT JOIN identity ON identity.id = own_id",
        }
        if not self.identity:
            del steps["identified"]
        return steps | {
            "reasons": f"SELECT *,\n  {'known_id' if self.identity else 'own_id'} AS shopper,\n"
            f"  {reason_sql(numbers, self.time_format, typed=typed)} AS reason\nFROM {given}",
            "typed": (
                "SELECT shopper AS user_id, session AS session_id, micros,\n"
                "  coalesce(row_order_number, 0e0) AS row_order, given_type, event AS event_type,\n"
                f"  {rank_sql()} AS type_rank, item_id, text, query,\n"
                + "".join(
                    f"  CASE WHEN {name}_number >= 0 THEN abs({name}_number) ELSE {_NAN} END AS {name},\n"
                    f"  CASE WHEN {name} <> '' AND coalesce({name}_number, -1) < 0 THEN {name} END"
                    f" AS {name}_unread,\n"
                    for name in NUMBERS
                )
                + "  reason, CASE WHEN reason LIKE 'timestamp%' THEN timestamp\n"
                "    WHEN reason LIKE 'user_id%' THEN substr(own_id, 1, 80) END AS value,\n"
                f"  CASE WHEN reason IS NOT NULL THEN {FILE} END AS file,\n"
                f"  CASE WHEN reason IS NOT NULL THEN {LINE} END AS line,\n"
                f"  CASE WHEN reason IS NOT NULL THEN coalesce({RECORD}, {record}) END AS record\n"
                "FROM reasons"
            ),
        }

    def _event_type(self, dialect: Dialect) -> str:
        cases = "".join(
            f" WHEN {dialect.literal(fold(given))} THEN {dialect.literal(meant)}"
            for given, meant in {**self.usual_types, **self.event_types}.items()
        )
        return f"CASE given_type{cases} ELSE given_type END" if cases else "given_type"


_NOTHING = "''"


def _missing(column: str, types: Mapping[str, ColumnType], file: object) -> InputError:
    constant = ", or what all rows are: --event-type purchase" if column == "event_type" else ""
    return InputError(
        f"the log has no column {column!r}; found {', '.join(types)}",
        file=file,
        remedy=f"say which one it is: --columns {column}=...{constant}",
    )
