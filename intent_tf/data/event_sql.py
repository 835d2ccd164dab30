"""The expressions of SQL that read the columns of an event log."""

import time
from collections.abc import Mapping, Sequence
from typing import Literal

from intent_tf.data.engines.dialect import Dialect
from intent_tf.data.session_rules import (
    DAY,
    DIGITS,
    EARLIEST,
    EVENT_TYPES,
    EXCEL_1970,
    FACTORS,
    FOLDED,
    ISO_TIME,
    LONGEST_ID,
    MICROS,
    MISSING,
    NO_YEAR,
    NUMBER,
    Numbers,
)
from intent_tf.options.log_reading import LogColumns

ColumnType = Literal["text", "number", "time"]

#: Columns of the relation ``raw`` beside the log's own: why a row could not be read, and where it came from.
PROBLEM, FILE, LINE, RECORD = "_intent_problem", "_intent_file", "_intent_line", "_intent_record"

_INFINITE = "CAST('Infinity' AS DOUBLE)"
_ZONE = r"(Z|UTC|:\d{2}[+-]\d{2}(:?\d{2})?|[.]\d{1,9}[+-]\d{2}(:?\d{2})?)$"
_LONGEST_MARK = max(map(len, MISSING))


def micros_sql(
    log_format: LogColumns,
    parts: list[str],
    types: Mapping[str, ColumnType],
    names: Mapping[str, str],
    dialect: Dialect,
    numbers: Numbers,
) -> str:
    """Write SQL that reads a timestamp as microseconds since 1970-01-01 UTC, or NULL."""
    if len(parts) == 1 and types[parts[0]] == "time":
        return dialect.micros_of_time(names[parts[0]])
    text = text_sql(parts, names, dialect)
    if log_format.time_format:
        if "%Y" in log_format.time_format or "%y" in log_format.time_format:
            return dialect.micros_of_pattern(text, log_format.time_format)
        return dialect.micros_of_pattern(f"concat('{NO_YEAR} ', {text})", f"%Y {log_format.time_format}")
    digits = "".join(
        f"\n    WHEN {dialect.matches(text, pattern)} THEN {dialect.micros_of_pattern(text, form)}"
        for pattern, form in (DIGITS if numbers in ("any", "epoch") else {}).items()
    )
    number = f"CASE WHEN {dialect.matches(text, NUMBER)} THEN try_cast({text} AS DOUBLE) END"
    is_iso = dialect.matches(text, ISO_TIME)
    text = f"replace(replace({text}, ' +', '+'), ' -', '-')"  # an offset from a column of its own
    zoned = f"CASE WHEN {dialect.matches(text, _ZONE)} THEN {dialect.micros_of_text(text)}"
    iso = f"{zoned} ELSE {dialect.micros_of_local(text)} END"
    if log_format.timezone == "UTC":
        iso = dialect.micros_of_text(text)
    return f"CASE WHEN {is_iso} THEN {iso}{digits}\n    ELSE {_scaled(number, numbers)} END"


def text_sql(
    parts: Sequence[str], names: Mapping[str, str], dialect: Dialect, further: Sequence[str] = ()
) -> str:
    """Write SQL that reads columns as one text, which is empty where nothing is there."""
    marks = ", ".join(map(dialect.literal, MISSING))
    others = f" OR {{0}} IN ({', '.join(map(dialect.literal, further))})" if further else ""
    texts = [f"trim(CAST({names[part]} AS STRING))" for part in parts]
    missing = f"(length({{0}}) <= {_LONGEST_MARK} AND lower({{0}}) IN ({marks}){others})"
    if len(texts) == 1:
        return f"CASE WHEN {texts[0]} IS NULL OR {missing.format(texts[0])} THEN '' ELSE {texts[0]} END"
    present = (f"CASE WHEN NOT {missing.format(text)} THEN {text} END" for text in texts)
    return f"concat_ws(' ', {', '.join(present)})"


def whole_sql(number: str) -> str:
    """Write SQL that gives a whole number as a text without a point: ids that are numbers may be floats."""
    is_whole = f"{number} = floor({number}) AND abs({number}) < 1e15"
    whole = f"CAST(try_cast({number} AS BIGINT) AS STRING)"
    return f"CASE WHEN {is_whole} THEN {whole} ELSE CAST({number} AS STRING) END"


def folded_sql(text: str) -> str:
    """Write SQL that folds the case of a text, as `fold` does."""
    folded = f"lower({text})"
    for given, plain in FOLDED.items():
        folded = f"replace({folded}, '{given}', '{plain}')"
    return folded


def _scaled(number: str, numbers: Numbers) -> str:
    """Write SQL that finds microseconds of a number."""
    if numbers == "excel":
        return f"try_cast(round(({number} - {EXCEL_1970}) * 864e5) * 1000 AS BIGINT)"
    factors = list(FACTORS.items())
    cases = " ".join(f"WHEN abs({number}) < {below:e} THEN {factor:e}" for below, factor in factors[:-1])
    return f"try_cast(round({number} * CASE {cases} ELSE {factors[-1][1]:e} END) AS BIGINT)"


def number_sql(
    parts: Sequence[str], types: Mapping[str, ColumnType], names: Mapping[str, str], dialect: Dialect
) -> str:
    """Write SQL that reads a number; NULL if there is none, or an infinite one."""
    if not parts:
        return "CAST(NULL AS DOUBLE)"
    if [types[part] for part in parts] == ["number"]:
        number = f"CAST({names[parts[0]]} AS DOUBLE)"
    else:
        text = text_sql(parts, names, dialect)
        number = f"CASE WHEN {dialect.matches(text, NUMBER)} THEN try_cast({text} AS DOUBLE) END"
    return f"nullif(nullif({number}, {_INFINITE}), -{_INFINITE})"


def rank_sql() -> str:
    """Write SQL that ranks event types as far as a shopper usually gets first."""
    cases = "".join(f" WHEN '{each}' THEN {rank}" for rank, each in enumerate(EVENT_TYPES))
    return f"CASE event{cases} ELSE {len(EVENT_TYPES)} END"


def reason_sql(numbers: Numbers, time_format: str, *, typed: bool) -> str:
    """Write SQL that says why an event is of no use, or NULL; times that are typed may be early ones."""
    latest = round(time.time() * MICROS) + DAY
    counted_anew = typed or numbers == "relative" or (time_format and "%y" not in time_format.lower())
    tests = {
        "own_id = ''": "no user_id",
        f"length(own_id) > {LONGEST_ID}": f"user_id longer than {LONGEST_ID} characters",
        "timestamp = ''": "no timestamp",
        "micros IS NULL": "timestamp is no time",
        f"micros > {latest}": "timestamp in the future",
        f"micros < {0 if counted_anew else EARLIEST}": f"timestamp before {1970 if counted_anew else 1990}",
        "event = ''": "no event_type",
    }
    cases = "".join(f"\n    WHEN {test} THEN '{reason}'" for test, reason in tests.items())
    return f"CASE WHEN {PROBLEM} IS NOT NULL THEN {PROBLEM}{cases} END"
