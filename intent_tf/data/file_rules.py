"""How a text file of a table is written: learnt when a model is trained, kept with it, checked later."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FileRules:
    """What must be known of a text file before its cells can be.

    Args:
        encoding: Its encoding, such as ``"utf-8"`` or ``"cp1252"``.
        separator: The character between the fields of a CSV file; empty for other formats.
        missing: Words that mean "missing" in every column, beside the empty cell.
    """

    encoding: str = "utf-8"
    separator: str = ""
    missing: tuple[str, ...] = ()
