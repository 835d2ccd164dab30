"""How several values stand in one cell, and which ones there are."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class SetFormat:
    """How sets are written; `intent_tf.layers.SetMembers` reads them by it.

    Args:
        separator: What stands between two members.
        members: The members that are told apart, the commonest first.

    Example:
        >>> SetFormat(";", ("red", "blue")).described
        "several between ';': red, blue"
    """

    #: The decimal mark of members that are numbers in a typed file.
    decimal: ClassVar[str] = "."
    separator: str = ","
    members: tuple[str, ...] = ()

    @property
    def described(self) -> str:
        """The separator and some members."""
        more = ", …" if len(self.members) > 3 else ""
        return f"several between {self.separator!r}: {', '.join(self.members[:3])}{more}"
