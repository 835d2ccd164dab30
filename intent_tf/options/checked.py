"""Types of options that say which values are allowed, and the configurations that check them."""

from collections.abc import Callable
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from intent_tf.errors import InputError
from intent_tf.nearest import nearest


@dataclass(frozen=True)
class Range:
    """What a number must be.

    Args:
        expected: The range in words, for messages.
        holds: Whether a number is in the range.
    """

    expected: str
    holds: Callable[[float], bool]


Count = Annotated[int, Range("at least 1", lambda number: number >= 1)]
Natural = Annotated[int, Range("0 or more", lambda number: number >= 0)]
Several = Annotated[int, Range("at least 2", lambda number: number >= 2)]
Positive = Annotated[float, Range("a positive number", lambda number: number > 0)]
NotNegative = Annotated[float, Range("0 or more", lambda number: number >= 0)]
Share = Annotated[float, Range("a share in (0, 1)", lambda number: 0 < number < 1)]
ShareFromZero = Annotated[float, Range("a share in [0, 1)", lambda number: 0 <= number < 1)]
ShareToOne = Annotated[float, Range("a share in (0, 1]", lambda number: 0 < number <= 1)]


class Checked:
    """A dataclass whose fields hold what their types say: a number in its range, or one of several texts.

    Raises:
        InputError: If one does not.

    Example:
        >>> @dataclass(frozen=True)
        ... class Baking(Checked):
        ...     minutes: Count = 40
        >>> Baking(minutes=0)
        Traceback (most recent call last):
        ...
        intent_tf.errors.InputError: minutes is 0; expected at least 1
    """

    def __post_init__(self) -> None:
        for name, hint in get_type_hints(type(self), include_extras=True).items():
            value, kind = getattr(self, name), without_none(hint)
            if value is None:
                continue
            if get_origin(kind) is Literal and value not in get_args(kind):
                near = nearest(str(value), get_args(kind))
                raise InputError(f"{name} is {value!r}{near}", expected=" or ".join(get_args(kind)))
            for each in getattr(kind, "__metadata__", ()):
                if not each.holds(value):
                    raise InputError(f"{name} is {value}", expected=each.expected)


def without_none(kind: Any) -> Any:
    """Return the type of the values of a field that may be None, and any other type as it is."""
    if get_origin(kind) in (Union, UnionType):
        return next(each for each in get_args(kind) if each is not type(None))
    return kind
