"""The kinds of columns that there are: the one place that lists them."""

from intent_tf.columns.kinds.category import Category
from intent_tf.columns.kinds.column_kind import ColumnKind
from intent_tf.columns.kinds.date import Date
from intent_tf.columns.kinds.number import Number
from intent_tf.columns.kinds.sequence import SequenceColumns
from intent_tf.columns.kinds.set import Set
from intent_tf.columns.kinds.text import Text
from intent_tf.data.specification import FeatureSpecification
from intent_tf.errors import InputError
from intent_tf.nearest import nearest

#: By name, in the order in which features stand side by side.
KINDS: dict[str, ColumnKind] = {
    kind.name: kind for kind in (Number(), Category(), Date(), Set(), Text(), SequenceColumns())
}
#: In this order they are asked whether a column is of their kind.
_CLAIMS = ["sequence", "date", "number", "set", "text", "category"]


def register(kind: ColumnKind) -> None:
    """Add a kind, which is asked first whether a column is its own.

    Args:
        kind: One object of its class. One that has the name of another takes its place.
    """
    KINDS[kind.name] = kind
    _CLAIMS[:] = [kind.name, *(name for name in _CLAIMS if name != kind.name)]


def kind_of(name: str, column: str | None = None) -> ColumnKind:
    """Return the kind of this name.

    Args:
        name: Such as ``"number"``.
        column: Whose kind it is, for messages.

    Raises:
        InputError: If there is none.

    Example:
        >>> kind_of("text").values
        ('string',)
    """
    if name not in KINDS:
        raise InputError(
            f"unknown kind {name!r}{nearest(name, KINDS)}",
            column=column,
            expected=f"one of {', '.join(KINDS)}",
        )
    return KINDS[name]


def asked_in_turn() -> list[ColumnKind]:
    """List the kinds in the order in which they claim columns."""
    return [KINDS[name] for name in _CLAIMS]


def prose(specification: FeatureSpecification) -> tuple[str, ...]:
    """Name the columns of sentences."""
    return tuple(each.name for each in specification.columns if kind_of(each.kind, each.name).prose)
