"""One number or name where several may be given."""

from collections.abc import Iterable
from numbers import Integral
from typing import Any, TypeVar

T = TypeVar("T", int, str)


def as_tuple(values: T | Iterable[T]) -> tuple[T, ...]:
    """Take several values as a tuple, and a single integer or text as a tuple of itself.

    Example:
        >>> as_tuple(3), as_tuple([2, 3]), as_tuple("month")
        ((3,), (2, 3), ('month',))
    """
    several: Any = (values,) if isinstance(values, Integral | str) else values
    return tuple(several)
