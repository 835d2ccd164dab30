"""What training rows had in a column: what later rows are held against."""

from dataclasses import dataclass

#: Categories of a column that a model tells of itself at most.
MOST_CATEGORIES = 1000


@dataclass(frozen=True)
class Seen:
    """What training rows had in a column.

    Args:
        missing: Share of the rows without a value, in [0, 1].
        unknown: Of a category, share of the other rows whose category was too rare to be learnt.
        categories: Of a category, those that were learnt; empty if they are more than `MOST_CATEGORIES`.
    """

    missing: float = 0.0
    unknown: float = 0.0
    categories: tuple[str, ...] = ()
