"""How the entries of a list stand in one cell of text."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class ListFormat:
    """How lists are written that are neither JSON nor Python's; `intent_tf.data.sequences` reads them by it.

    Args:
        separator: What stands between two entries; ``" "`` is any white space.

    Example:
        >>> ListFormat(">").entries("home > search > basket"), ListFormat(" ").entries("[1.5  2.]")
        (['home', 'search', 'basket'], ['1.5', '2.'])
    """

    #: The decimal mark of entries that are numbers in a typed file.
    decimal: ClassVar[str] = "."
    separator: str

    @property
    def described(self) -> str:
        """The separator."""
        return f"a list between {self.separator!r}"

    def entries(self, cell: str) -> list[str]:
        """Cut a cell; white space around entries, and brackets around the cell, are none of theirs."""
        cell = cell.strip().removeprefix("[").removesuffix("]").strip()
        if self.separator == " ":
            return cell.split()
        return [entry.strip() for entry in cell.split(self.separator)] if cell else []
