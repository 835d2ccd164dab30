"""The few SQL expressions that DuckDB and Spark spell differently."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Dialect:
    """How an engine spells what the shared SQL needs; each field makes SQL from SQL.

    Between reading and writing, times are microseconds since 1970-01-01 UTC (``BIGINT``), so that both
    engines compute with integers and agree to the last bit. Lists are indexed from 1.

    Args:
        name: A column's name, quoted.
        literal: A text (not SQL), quoted.
        micros_of_text: Microseconds of an ISO 8601 text with a time zone (or in UTC), or NULL.
        micros_of_local: Microseconds of one in the engine's time zone; the first of a repeated hour, or NULL.
        micros_of_pattern: Microseconds of a text written in a `strptime` pattern, or NULL.
        micros_of_time: Microseconds of a column that already holds times.
        time: A time with UTC as its zone, from microseconds.
        matches: Whether a regular expression (not SQL, a plain text) matches somewhere in a text.
        struct: A struct, from its fields' names and SQL.
        json: JSON text, for people to read, at most 2,000 characters, from names (not SQL) and SQL.
        collect: Aggregate: a list of structs with these fields, in the order of an integer that occurs once.
        each: A list with an expression of each struct ``e`` of a list.
        part: The entries of a list from one position to another, both included.
        item: The entry of a list at a position; NULL beyond its end.
        row_for_each: In a SELECT: a row for each number.
        row_for_each_multiple: In a SELECT: a row for each of ``step, 2 * step, ...`` up to a stop, included.
    """

    name: Callable[[str], str]
    literal: Callable[[str], str]
    micros_of_text: Callable[[str], str]
    micros_of_local: Callable[[str], str]
    micros_of_pattern: Callable[[str, str], str]
    micros_of_time: Callable[[str], str]
    time: Callable[[str], str]
    matches: Callable[[str, str], str]
    struct: Callable[[Mapping[str, str]], str]
    json: Callable[[Mapping[str, str]], str]
    collect: Callable[[Sequence[str], str], str]
    each: Callable[[str, str], str]
    part: Callable[[str, str, str], str]
    item: Callable[[str, str], str]
    row_for_each: Callable[[Sequence[int]], str]
    row_for_each_multiple: Callable[[int, str], str]


def quoted(text: object) -> str:
    """Write a text as a literal of standard SQL.

    Example:
        >>> quoted("O'Neill")
        "'O''Neill'"
    """
    return "'" + str(text).replace("'", "''") + "'"
