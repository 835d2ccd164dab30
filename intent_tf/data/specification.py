"""Which columns the model takes, of what kind, and which one is the label."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from intent_tf.data.date_format import DateFormat
from intent_tf.data.file_rules import FileRules
from intent_tf.data.list_format import ListFormat
from intent_tf.data.number_format import NumberFormat
from intent_tf.data.seen import Seen
from intent_tf.data.sequence_roles import named_role
from intent_tf.data.session_rules import SessionRules
from intent_tf.data.set_format import SetFormat
from intent_tf.errors import InputError
from intent_tf.nearest import nearest
from intent_tf.options.as_tuple import as_tuple

ValueType = Literal["string", "float"]
PositiveLabel = str | tuple[str, ...] | None
"""Label values that count as a purchase, as text, or a comparison such as ``">0"``; None for 0 and 1."""
Spelling = Literal["", "integer", "boolean", "date", "characters"]
"""How the categories of a column are spelt: the graph brings every cell to it."""
Written = NumberFormat | DateFormat | SetFormat | ListFormat
"""How cells are written that come as text and are no categories."""


@dataclass(frozen=True)
class Column:
    """One raw column of the model's input.

    Args:
        name: Its name in the table and in the SavedModel's signature.
        kind: Such as ``number``, ``category``, ``text`` or ``sequence``; `intent_tf.columns.kinds` has them.
        values: The type of its values in tensors: ``"string"`` or ``"float"`` (float32). Numbers are
            floats, unless the graph reads them out of texts, and so are sequences of numbers.
        group: Of a column of lists, the sequence group that it belongs to: lists of a group are equally long
            in every row. Default: the values are no lists.
        spelling: Of a category, how it is spelt: ``integer`` (1, 1.0 and "1" are alike), ``boolean``,
            ``date``, else ``characters``, the cell's own. Default: as it comes.
        written: Of a number, a date, a set or a list that comes as text, how it is written.
        missing: Of a number or a date, the cells of training rows that are none, such as ``"-"``: they are
            missing.
        role: Of a column of lists, what it tells of events; see `intent_tf.data.sequence_roles`. Default:
            that of its name.

    Raises:
        InputError: If the type of the values is unknown.
    """

    name: str
    kind: str
    values: ValueType
    group: str = ""
    spelling: Spelling = ""
    written: Written | None = None
    missing: tuple[str, ...] = ()
    role: str = ""

    def __post_init__(self) -> None:
        if self.values not in get_args(ValueType):
            raise InputError(
                f"unknown type of values {self.values!r}",
                column=self.name,
                expected="string, float",
            )
        if self.is_list and not self.role:
            object.__setattr__(self, "role", named_role(self.name, self.values))

    @property
    def is_list(self) -> bool:
        """Whether a row holds a list, so that tensors are ``(batch, entries)``."""
        return bool(self.group)

    @property
    def described(self) -> str:
        """The type of its values, and how they are spelt or written, or which role they have."""
        plain = " ".join((self.values, self.spelling or self.role)).rstrip()
        return plain if self.written is None else f"{plain} as {self.written.described}"

    @property
    def length_name(self) -> str:
        """Name of the input that tells how many entries of each row are real."""
        return f"{self.group}_length"

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "Column":
        """Return what `dataclasses.asdict` made plain values of."""
        written = config.get("written")
        forms = {"order": DateFormat, "members": SetFormat, "separator": ListFormat}
        form = next((form for name, form in forms.items() if written and name in written), NumberFormat)
        return cls(**_with_tuples({**config, "written": written and form(**_with_tuples(written))}))


def _with_tuples(config: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(each) if isinstance(each, list) else each for name, each in config.items()}


@dataclass(frozen=True)
class FeatureSpecification:
    """The columns that a model takes, and its label.

    Args:
        columns: The raw input columns, in the order of the table.
        label: The label column; empty for a specification that only predicts.
        positive: The label's value or values that count as a purchase (as text), or a comparison such as
            ``">0"``; None where labels are 0 and 1.
        negative: The label's values that count as none; None for all others.
        excluded: Columns of the table that are no features, each with the reason.
        file: How the training table's text file was written; None if it was none.
        weight: The training table's column of sample weights; None if its rows count alike.
        seen: What training rows had in each column.
        session: How the event log was read that the examples were made from; None if they were not.

    Raises:
        InputError: If the label is among the features, a name is used twice, a column has the name of a
            group's length, or no column is left.

    Example:
        >>> specification = FeatureSpecification(
        ...     (Column("price", "number", "float"), Column("title", "text", "string")), "bought")
        >>> specification.of_kind("text")
        ('title',)
    """

    columns: tuple[Column, ...]
    label: str = ""
    positive: PositiveLabel = None
    excluded: Mapping[str, str] = field(default_factory=dict)
    file: FileRules | None = None
    weight: str | None = None
    seen: Mapping[str, Seen] = field(default_factory=dict)
    negative: tuple[str, ...] | None = None
    session: SessionRules | None = None

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if self.label and self.label in names:
            raise InputError(
                "the label is also a feature", column=self.label, remedy="leave it out of the features"
            )
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise InputError("the column occurs twice", column=sorted(twice)[0])
        taken = set(self.lengths) & {*names, self.label, *self.excluded}
        if taken:
            raise InputError(
                "the name is that of a sequence group's length in the model's signature",
                column=sorted(taken)[0],
                remedy="rename the column, or the group: --groups COLUMN=NAME",
            )
        if not names:
            reasons = "; ".join(f"{name}: {reason}" for name, reason in self.excluded.items())
            raise InputError(
                f"no column is left for the model to learn from ({reasons or 'the table has none'})",
                expected="at least one number, category, text or sequence column",
                remedy="give a column's kind with --kinds NAME=KIND",
            )

    @property
    def lengths(self) -> dict[str, tuple[str, ...]]:
        """Of each sequence group, the name of its length and its columns."""
        found: dict[str, tuple[str, ...]] = {}
        for column in self.columns:
            if column.is_list:
                found[column.length_name] = (*found.get(column.length_name, ()), column.name)
        return found

    def of_kind(self, kind: str) -> tuple[str, ...]:
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
        rows: list[tuple[str, str, str]] = [(each.name, each.kind, each.described) for each in self.columns]
        rows += [(name, "excluded", reason) for name, reason in self.excluded.items()]
        if self.label:
            words = " or ".join(as_tuple(self.positive or "1"))
            rows.append((self.label, "label", f"purchase {'' if words[0] in '<>' else '= '}{words}"))
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
    def from_config(cls, config: Mapping[str, Any]) -> "FeatureSpecification":
        """Return what `get_config` described."""
        columns = tuple(map(Column.from_config, config["columns"]))
        file, session = config.get("file"), config.get("session")
        words = _with_tuples({name: config.get(name) for name in ("positive", "negative")})
        rules = {
            "file": file and FileRules(**_with_tuples(file)),
            "seen": {name: Seen(**_with_tuples(each)) for name, each in config.get("seen", {}).items()},
            "session": session and SessionRules(**session),
        }
        return cls(**{**config, **words, "columns": columns, **rules})
