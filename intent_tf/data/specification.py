"""Which columns the model takes, of what kind, and which one is the label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from intent_tf.errors import InputError
from intent_tf.nearest import nearest
from intent_tf.options.source import Kind

ValueType = Literal["string", "float"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_VALUES: Mapping[Kind, tuple[ValueType, ...]] = {
    "number": ("float",),
    "category": ("string", "float"),
    "text": ("string",),
    "sequence": ("string", "float"),
}


@dataclass(frozen=True)
class Column:
    """One raw column of the model's input.

    Args:
        name: Its name in the table and in the SavedModel's signature.
        kind: ``number``, ``category``, ``text`` or ``sequence`` (a list a row, one entry an event).
        values: The type of its values in tensors: ``"string"`` or ``"float"`` (float32). Numbers are
            floats, texts strings; a category of coded integers and a sequence of numbers are floats too.

    Raises:
        InputError: If the kind is unknown, or does not go with the type of the values.
    """

    name: str
    kind: Kind
    values: ValueType

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(
                f"unknown kind {self.kind!r}", column=self.name, expected=f"one of {', '.join(KINDS)}"
            )
        if self.values not in get_args(ValueType):
            raise InputError(
                f"unknown type of values {self.values!r}",
                column=self.name,
                expected="string, float",
            )
        if self.values not in _VALUES[self.kind]:
            raise InputError(f"a {self.kind} cannot hold {self.values} values", column=self.name)

    @property
    def is_list(self) -> bool:
        """Whether a row holds a list, so that tensors are ``(batch, entries)``."""
        return self.kind == "sequence"


@dataclass(frozen=True)
class FeatureSpecification:
    """The columns that a model takes, and its label.

    Args:
        columns: The raw input columns, in the order of the table.
        label: The label column; empty for a specification that only predicts.
        positive: The label's value that counts as a purchase (as text); None where labels are 0 and 1.
        excluded: Columns of the table that are no features, each with the reason.

    Raises:
        InputError: If the label is among the features, a name is used twice, or no column is left.

    Example:
        >>> specification = FeatureSpecification(
        ...     (Column("price", "number", "float"), Column("title", "text", "string")), "bought")
        >>> specification.of_kind("text")
        ('title',)
    """

    columns: tuple[Column, ...]
    label: str = ""
    positive: str | None = None
    excluded: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if self.label in names:
            raise InputError(
                "the label is also a feature", column=self.label, remedy="leave it out of the features"
            )
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise InputError("the column occurs twice", column=sorted(twice)[0])
        if not names:
            reasons = "; ".join(f"{name}: {reason}" for name, reason in self.excluded.items())
            raise InputError(
                f"no column is left for the model to learn from ({reasons or 'the table has none'})",
                expected="at least one number, category, text or sequence column",
                remedy="give a column's kind with --kinds NAME=KIND",
            )

    def of_kind(self, kind: Kind) -> tuple[str, ...]:
        """Names of the columns of one kind, in order."""
        return tuple(column.name for column in self.columns if column.kind == kind)

    def __getitem__(self, name: str) -> Column:
        """Return the column of this name.

        Raises:
            InputError: If there is none; the message names the nearest.
        """
        for column in self.columns:
            if column.name == name:
                return column
        names = [column.name for column in self.columns]
        raise InputError(f"no feature column {name!r}{nearest(name, names)}", expected=", ".join(names))

    def rows(self) -> list[dict[str, str]]:
        """Tell what each column of the table is: ``column``, ``kind`` and ``values`` (or the reason)."""
        rows: list[tuple[str, str, str]] = [(each.name, each.kind, each.values) for each in self.columns]
        rows += [(name, "excluded", reason) for name, reason in self.excluded.items()]
        if self.label:
            rows.append((self.label, "label", f"purchase = {self.positive or 1}"))
        return [dict(zip(("column", "kind", "values"), row, strict=True)) for row in rows]

    def describe(self) -> str:
        """Write the specification as a plain-text table, one column a line."""
        rows = [("column", "kind", "values"), *(tuple(row.values()) for row in self.rows())]
        widths = [max(len(row[index]) for row in rows) for index in range(3)]
        padded = (map(str.ljust, row, widths) for row in rows)
        return "\n".join("  " + "  ".join(cells).rstrip() for cells in padded)

    def get_config(self) -> dict[str, Any]:
        """Plain values, for Keras configurations and JSON."""
        return {**asdict(self), "columns": [asdict(column) for column in self.columns]}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> FeatureSpecification:
        """Return what `get_config` described."""
        return cls(**{**config, "columns": tuple(Column(**column) for column in config["columns"])})
