"""What a verb tells of its input: one block of facts in a fixed form, and below it warnings."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from intent_tf.errors import InputWarning


@dataclass
class Facts:
    """Facts and warnings, in the order in which they were told; `print` writes the block.

    Args:
        lines: Pairs of a name and what was found.
        columns: What each column was taken for, as `FeatureSpecification.describe` writes it.
        warnings: Sentences, each of which says what to do.

    Example:
        >>> facts = Facts()
        >>> facts.tell("rows", 1200)
        >>> facts.tell("rows excluded: without a label", 3)
        >>> facts.warn("the column 'id' looks like an identifier: --drop id")
        >>> print(facts)
        input
          rows: 1,200
          rows excluded: without a label: 3
        warnings
          ! the column 'id' looks like an identifier: --drop id
    """

    lines: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    columns: str = ""

    def tell(self, name: str, found: object) -> None:
        """Add a fact, once; whole numbers get their thousands marked."""
        line = name, f"{found:,}" if isinstance(found, int) else str(found)
        if line not in self.lines:
            self.lines.append(line)

    def warn(self, warning: str) -> None:
        """Add a warning, once."""
        if warning not in self.warnings:
            self.warnings.append(warning)

    @contextmanager
    def taking_warnings(self) -> Iterator[None]:
        """Take the warnings of input that are issued in a block."""
        with warnings.catch_warnings(record=True) as issued:
            warnings.simplefilter("always", InputWarning)
            yield
        for each in issued:
            if issubclass(each.category, InputWarning):
                self.warn(str(each.message))
            else:
                warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)

    def written(self) -> str:
        """Write the block; a heading without lines is left out."""
        blocks = {
            "input": [f"  {name}: {found}" for name, found in self.lines],
            "feature specification": self.columns.splitlines(),
            "warnings": [f"  ! {warning}" for warning in self.warnings],
        }
        return "\n".join(line for heading, lines in blocks.items() if lines for line in (heading, *lines))

    def __str__(self) -> str:
        return self.written()
