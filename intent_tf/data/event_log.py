"""Event logs as they come: which columns mean what, how times are written, and which rows are unusable."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from intent_tf.data.engines.dialect import Dialect
from intent_tf.errors import InputError
from intent_tf.nearest import nearest

ColumnType = Literal["text", "number", "time"]

#: What an event may have, by our names.
EVENT_COLUMNS = (
    "user_id",
    "session_id",
    "timestamp",
    "event_type",
    "item_id",
    "text",
    "query",
    "price",
    "quantity",
)
#: In the order in which events of the same instant are taken to have happened.
EVENT_TYPES = ("search", "browse", "click", "detail", "cart", "purchase")
LONGEST_ID = 256
#: Columns of the relation ``raw`` beside the log's own: why a row could not be read, and where it came from.
PROBLEM, FILE = "_problem", "_file"

_DAY = 86_400_000_000
_FACTORS = {"1e11": "1e6", "1e14": "1e3", "1e17": "1e0"}
_ISO_TIME = r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}([.]\d{1,9})?)?( ?(Z|UTC)|[+-]\d{2}(:?\d{2})?)?)?$"
_NUMBER = r"^[+-]?(\d+([.]\d*)?|[.]\d+)([eE][+-]?\d{1,3})?$"
_NOTHING = "''"
_INFINITE = "CAST('Infinity' AS DOUBLE)"
_MISSING_NUMBER = "('', 'nan', 'NaN', 'NA', 'null', 'NULL', 'None')"


@dataclass(frozen=True)
class LogFormat:
    """How to read an event log.

    Args:
        columns: Which column of the log holds what, by our names (``user_id, session_id, timestamp,
            event_type, item_id, text, query, price, quantity``); several columns joined with a space are
            written ``category+brand``. A column that already has our name need not be given.
        event_types: What the log's event types mean, such as ``view=detail,transaction=purchase``; the
            canonical ones are ``search, browse, click, detail, cart, purchase``, and others stay as they are.
        time_format: The `strptime` pattern of the timestamps; by default ISO 8601 texts, or numbers since
            1970-01-01 UTC in seconds, milli-, micro- or nanoseconds (told apart by their size).
        timezone: The time zone of timestamps that name none.

    Raises:
        InputError: If ``columns`` names something that an event does not have, or there is no such zone.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    event_types: Mapping[str, str] = field(default_factory=dict)
    time_format: str = ""
    timezone: str = "UTC"

    def __post_init__(self) -> None:
        for column in self.columns:
            if column not in EVENT_COLUMNS:
                raise InputError(
                    f"unknown name {column!r} in the mapping of columns{nearest(column, EVENT_COLUMNS)}",
                    expected=", ".join(EVENT_COLUMNS),
                )
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            expected = "one such as UTC or Europe/Berlin"
            raise InputError(f"no time zone {self.timezone!r}", expected=expected) from error

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
            given = self.columns.get(column)
            if given is None and column not in types:
                continue
            sources[column] = [part.strip() for part in given.split("+")] if given else [column]
            for part in sources[column]:
                if part not in types:
                    raise InputError(
                        f"no such column{nearest(part, types)}; found {', '.join(types)}",
                        column=part,
                        file=file,
                    )
        for needed in ("timestamp", "event_type"):
            if needed not in sources:
                raise _missing(needed, types, file)
        if "user_id" not in sources:
            if "session_id" not in sources:
                raise _missing("user_id", types, file)
            sources["user_id"] = sources["session_id"]
        return sources

    def steps(self, types: Mapping[str, ColumnType], dialect: Dialect, file: object = None) -> dict[str, str]:
        """Write SQL that turns the relation ``raw`` into ``typed``: events, each with a ``reason`` or NULL.

        Returns:
            By name, each SELECT reading from those before it. ``typed`` has ``user_id, session_id`` (NULL
            if the log has none), ``micros, event_type, type_rank, item_id, text, query, price, quantity,
            reason, file, record``.
        """
        sources = self.sources(types, file)
        read = {column: _text(parts, types, dialect) for column, parts in sources.items()}
        texts = ",\n  ".join(f"{read.get(column, _NOTHING)} AS {column}" for column in EVENT_COLUMNS)
        micros = self._micros(sources["timestamp"], types, dialect)
        price, quantity = (_number(column, sources, types, dialect) for column in ("price", "quantity"))
        session = "session_id" if "session_id" in sources else "CAST(NULL AS STRING)"
        fields = dialect.struct([dialect.name(column) for column in types])
        return {
            "texts": f"SELECT {texts},\n  {micros} AS micros,\n  {price} AS price_number,\n"
            f"  {quantity} AS quantity_number,\n  {PROBLEM}, {FILE}, {fields} AS fields\nFROM raw",
            "meanings": f"SELECT *, {self._event_type(dialect)} AS event FROM texts",
            "reasons": f"SELECT *,\n  {_reason(session != 'session_id')} AS reason\nFROM meanings",
            "typed": (
                f"SELECT user_id, {session} AS session_id, micros, event AS event_type,\n"
                f"  {_rank()} AS type_rank, item_id, text, query,\n"
                "  coalesce(price_number, CAST('NaN' AS DOUBLE)) AS price,\n"
                "  coalesce(quantity_number, CAST('NaN' AS DOUBLE)) AS quantity, reason,\n"
                f"  CASE WHEN reason IS NOT NULL THEN {FILE} END AS file,\n"
                f"  CASE WHEN reason IS NOT NULL THEN {dialect.json('fields')} END AS record\nFROM reasons"
            ),
        }

    def _micros(self, parts: list[str], types: Mapping[str, ColumnType], dialect: Dialect) -> str:
        if len(parts) == 1 and types[parts[0]] == "time":
            return dialect.micros_of_time(dialect.name(parts[0]))
        text = _text(parts, types, dialect)
        if self.time_format:
            return dialect.micros_of_pattern(text, self.time_format)
        number = f"CASE WHEN {dialect.matches(text, _NUMBER)} THEN try_cast({text} AS DOUBLE) END"
        if len(parts) == 1 and types[parts[0]] == "number":
            return _scaled(f"CAST({dialect.name(parts[0])} AS DOUBLE)")
        iso = f"CASE WHEN {dialect.matches(text, _ISO_TIME)} THEN {dialect.micros_of_text(text)} END"
        return f"coalesce({iso}, {_scaled(number)})"

    def _event_type(self, dialect: Dialect) -> str:
        cases = "".join(
            f" WHEN lower(event_type) = {dialect.literal(given.lower())} THEN {dialect.literal(meant)}"
            for given, meant in self.event_types.items()
        )
        return f"CASE{cases} ELSE lower(event_type) END" if cases else "lower(event_type)"


def _missing(column: str, types: Mapping[str, ColumnType], file: object) -> InputError:
    return InputError(
        f"the log has no column {column!r}; found {', '.join(types)}",
        file=file,
        remedy=f"say which one it is: --columns {column}=...",
    )


def _text(parts: list[str], types: Mapping[str, ColumnType], dialect: Dialect) -> str:
    texts = [f"trim(CAST({dialect.name(part)} AS STRING))" for part in parts]
    if len(texts) == 1:
        return f"coalesce({texts[0]}, '')"
    return f"concat_ws(' ', {', '.join(f'''nullif({text}, '')''' for text in texts)})"


def _scaled(number: str) -> str:
    """Find microseconds of seconds (below 1e11), milli- (1e14), micro- (1e17) or nanoseconds."""
    factor = " ".join(f"WHEN abs({number}) < {below} THEN {factor}" for below, factor in _FACTORS.items())
    return f"try_cast(round({number} * CASE {factor} ELSE 1e-3 END) AS BIGINT)"


def _number(
    column: str, sources: Mapping[str, list[str]], types: Mapping[str, ColumnType], dialect: Dialect
) -> str:
    """Read a number; NULL if there is none, or an infinite one."""
    if column not in sources:
        return "CAST(NULL AS DOUBLE)"
    parts = sources[column]
    if [types[part] for part in parts] == ["number"]:
        number = f"CAST({dialect.name(parts[0])} AS DOUBLE)"
    else:
        text = _text(parts, types, dialect)
        number = f"CASE WHEN {dialect.matches(text, _NUMBER)} THEN try_cast({text} AS DOUBLE) END"
    return f"nullif(nullif({number}, {_INFINITE}), -{_INFINITE})"


def _rank() -> str:
    cases = "".join(f" WHEN '{each}' THEN {rank}" for rank, each in enumerate(EVENT_TYPES))
    return f"CASE event{cases} ELSE {len(EVENT_TYPES)} END"


def _reason(without_session: bool) -> str:
    latest = round(time.time() * 1_000_000) + _DAY
    tests = {
        "user_id = ''": "no user_id",
        f"length(user_id) > {LONGEST_ID}": f"user_id longer than {LONGEST_ID} characters",
        "session_id = ''": "no session_id",
        f"length(session_id) > {LONGEST_ID}": f"session_id longer than {LONGEST_ID} characters",
        "timestamp = ''": "no timestamp",
        "micros IS NULL": "timestamp is no time",
        f"micros > {latest}": "timestamp in the future",
        "event = ''": "no event_type",
        f"price_number IS NULL AND price NOT IN {_MISSING_NUMBER}": "price is no number",
        "price_number < 0": "negative price",
        f"quantity_number IS NULL AND quantity NOT IN {_MISSING_NUMBER}": "quantity is no number",
        "quantity_number < 0": "negative quantity",
    }
    cases = "".join(
        f"\n    WHEN {test} THEN '{reason}'"
        for test, reason in tests.items()
        if not (without_session and "session_id" in test)
    )
    return f"CASE WHEN {PROBLEM} IS NOT NULL THEN {PROBLEM}{cases} END"
