"""How the numbers of a column are written, where they need more than Python's `float`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NumberFormat:
    """How numbers are written; `intent_tf.layers.ParsedNumbers` reads them by it.

    Args:
        decimal: The decimal mark, ``"."`` or ``","``. Of points, commas, spaces and apostrophes, the others
            may stand between groups of three digits.
        affixes: What may stand before or behind a number: units, currencies, ``%``.

    Example:
        >>> NumberFormat(",", ("€",))  # reads 1.234,56 €
        NumberFormat(decimal=',', affixes=('€',))
    """

    decimal: str = "."
    affixes: tuple[str, ...] = ()

    @property
    def described(self) -> str:
        """An example."""
        return f"1{self.decimal}5" + (f" with {', '.join(self.affixes)}" if self.affixes else "")
