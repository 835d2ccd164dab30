"""How a CSV file is laid out: separator, quoting, and the line that names the columns."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

#: The longest field, in characters: what is longer is a quote that nobody closed.
_LONGEST = 1 << 20
_SEPARATORS = ",;\t|"
#: Share of the rows that must have as many fields as the header, for a separator to be the file's.
_FITTING = 0.8
_LINES_ABOVE = 10
#: The first line by which Excel is told the separator.
_SAID = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_NO_WORD = re.compile(r"[\W\d_]*")


@dataclass(frozen=True)
class Record:
    """A row of a file; it may stand on several lines.

    Args:
        fields: The fields; none of a blank line.
        text: As it is written.
        unclosed: Whether a quote in it is never closed: it is then one line, up to where that can be told.
    """

    fields: list[str]
    text: str
    unclosed: bool = False


@dataclass(frozen=True)
class Layout:
    """How a CSV file is laid out.

    Args:
        separator: The character between fields.
        blanks: Whether blanks before a quote are no part of the field.
        escapes: Whether a backslash stands before characters that are meant as they are.
        above: Number of records above the header.
        names: The columns of the header; the first is empty where it names rows.
    """

    separator: str
    blanks: bool = False
    escapes: bool = False
    above: int = 0
    names: tuple[str, ...] = ()

    def parse(self, lines: Iterable[str], strict: bool = False) -> Iterator[Record]:
        """Cut lines, each with its line end, into records.

        A quote that is never closed costs its own line only: those behind it are read again.

        Args:
            lines: The lines.
            strict: Take a quote that is followed by anything but a separator for one that is never closed.
        """
        csv.field_size_limit(max(csv.field_size_limit(), _LONGEST))
        source = iter(lines)
        again: list[str] = []
        taken: list[str] = []
        at_end = False

        def feed() -> Iterator[str]:
            nonlocal at_end
            while (line := again.pop() if again else next(source, None)) is not None:
                taken.append(line)
                yield line
            at_end = True

        reader = self._reader(feed(), strict)
        while True:
            try:
                fields = next(reader, None)
                unclosed = at_end and fields is not None
            except csv.Error:
                fields, unclosed = [], True
            if fields is None:
                return
            if unclosed:
                again.extend(reversed(taken[1:]))
                line, at_end = taken[0].rstrip("\r\n"), False
                fields = next(self._reader([line])) if len(line) < _LONGEST else [line]
                yield Record(fields, self.separator.join(fields), True)
                reader = self._reader(feed(), strict)
            else:
                yield Record(fields, "".join(taken))
            taken.clear()

    def _reader(self, lines: Iterable[str], strict: bool = False) -> Iterator[list[str]]:
        return csv.reader(
            lines,
            delimiter=self.separator,
            skipinitialspace=self.blanks,
            escapechar="\\" if self.escapes else None,
            strict=strict,
        )


def find_layout(lines: Sequence[str], separator: str = "") -> Layout:
    r"""Find the layout under which most rows of a file have the fields that its header names.

    Args:
        lines: The beginning of the file, each with its line end.
        separator: The separator of other files like it, taken if it fits.

    Returns:
        The layout; without names if there is no line.

    Example:
        >>> find_layout(["Visits of May\n", "page; title\n", '3; "red; blue"\n'])
        Layout(separator=';', blanks=True, escapes=False, above=1, names=('page', 'title'))
    """
    said = _SAID.fullmatch(lines[0]) if lines else None
    separators = said.group(1) if said else separator + _SEPARATORS.replace(separator or "\0", "")
    best, best_rank = Layout(separators[0]), (False, False, 0, 0.0)
    for mark, (escapes, blanks) in product(separators, product((False, True), repeat=2)):
        layout, number, fit = _with_header(Layout(mark, blanks, escapes), lines, said is not None)
        several = number > 1
        rank = (several, several and fit >= _FITTING, len(layout.names), fit)
        given = separator and best.separator == separator != mark and best_rank[1]
        if rank > best_rank and not given:
            best, best_rank = layout, rank
    return best


def _with_header(layout: Layout, lines: Sequence[str], said: bool) -> tuple[Layout, int, float]:
    """Find the header under a layout, its number of fields, and the share of rows with those it names."""
    records = list(layout.parse(lines, strict=True))
    above = _above(records[said:]) + said
    if above >= len(records):
        return layout, 0, 0.0
    names = _without_blanks(records[above].fields)
    rows = [record for record in records[above + 1 :] if record.fields]
    if len(rows) > 1 and _counts_rows(names, [record.fields for record in rows]):
        names = ["", *names]
    fitting = sum(
        fits(record.fields, len(names)) is not None
        and not record.unclosed
        and not any(field.startswith(" ") and field.lstrip().startswith('"') for field in record.fields)
        for record in rows
    )
    number = len(records[above].fields)
    return replace(layout, above=above, names=tuple(names)), number, fitting / max(1, len(rows))


def fits(fields: list[str], number: int) -> list[str] | None:
    """Return as many fields as columns, if what is behind them is blank; else nothing."""
    if len(fields) == number:
        return fields
    return fields[:number] if len(fields) > number and not any(fields[number:]) else None


def _above(records: Sequence[Record]) -> int:
    """Count the records above the header: blank ones, and titles, which have far fewer fields than it."""
    filled = [_without_blanks(record.fields) for record in records]
    first = next((index for index, fields in enumerate(filled) if fields), 0)
    longest = 0
    for index, fields in enumerate(filled[: first + _LINES_ABOVE]):
        below = [record.fields for record in records[index + 1 :] if record.fields]
        if index > first and longest <= max(1, len(fields) - 2) and _is_header(fields, below):
            return index
        longest = max(longest, len(fields))
    return first


def _is_header(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether a line beneath titles names columns: different words, above rows that hold others."""
    if len(names) < 2 or len(set(names)) < len(names) or any(map(_NO_WORD.fullmatch, names)) or not rows:
        return False
    alike = [row for row in rows if len(_without_blanks(row)) <= len(names) <= len(row)]
    return len(alike) >= max(1, 0.9 * len(rows) - 1) and any(
        _NO_WORD.fullmatch(field) for row in alike for field in row
    )


def _counts_rows(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether rows begin with their number, which the header has no name for."""
    if any(len(row) != len(names) + 1 for row in rows) or not any(row[-1] for row in rows):
        return False
    first = rows[0][0]
    return first in ("0", "1") and all(row[0] == str(int(first) + index) for index, row in enumerate(rows))


def _without_blanks(fields: Sequence[str]) -> list[str]:
    last = max((index for index, field in enumerate(fields) if field.strip()), default=-1)
    return list(fields[: last + 1])
